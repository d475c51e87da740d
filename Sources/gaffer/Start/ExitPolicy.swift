internal import GafferModel

/// Decides when `gaffer start` ends, and with which exit code; pure.
///
/// | what happens | what follows | exit code |
/// |---|---|---|
/// | a process ends that is not started again, and whose type may not end alone | all are stopped | its own; 128 + n for a signal |
/// | one can't be started, likewise | all are stopped | 127: there is no such program; 126 |
/// | all have ended that may end alone, or with success under `--restart on-failure` | the end | of the first that failed, else 0 |
/// | SIGINT, SIGTERM, SIGHUP | all are stopped | 128 + n, unless one of the above came first |
/// | a second SIGINT, or SIGQUIT | all are killed | the same |
/// | nobody reads the output any more | all are stopped | 141, as of a program that SIGPIPE ends |
/// | the output can't be written | all are stopped | 1 |
struct ExitPolicy: Sendable {
    /// What happens.
    enum Input: Sendable, Hashable {
        case started(pid: Int, name: String)
        /// A process was told to leave.
        case asked(pid: Int)
        case exited(pid: Int, type: String, ExitStatus)
        /// A process could not be started; whether there is no such program.
        case failedToStart(type: String, name: String, isMissing: Bool)
        /// No process of a type is left, and none is to come.
        case finished(type: String)
        /// A type whose processes had all ended is started again.
        case restarted(type: String)
        case signal(Int32)
        /// The errno of writing.
        case outputFailed(Int32)
        /// A type can't be run as it is configured.
        case refused
        /// What was to be stopped is gone.
        case stopped
    }

    /// What is to be done, in order.
    enum Action: Sendable, Hashable {
        case say(String)
        case stopAll
        case killAll
        case end(code: Int32)
    }

    private enum Phase: Hashable {
        case running
        case stopping
        case killing
        case ended
    }

    private static let interrupt: Int32 = 2
    private static let quit: Int32 = 3
    private static let brokenPipe: Int32 = 32
    private static let inputOutput: Int32 = 5

    private let restart: ForegroundPlan.Restart
    private let mayEnd: Set<String>
    /// Whether a change of a file may start what has ended.
    private let isWatching: Bool
    private var phase = Phase.running
    private var code: Int32?
    private var firstFailure: Int32?
    private var unfinished: Set<String>
    private var running: [Int: String] = [:]
    private var asked: Set<Int> = []

    init(restart: ForegroundPlan.Restart, mayEnd: Set<String>, types: [String], isWatching: Bool = false) {
        self.restart = restart
        self.mayEnd = mayEnd
        self.isWatching = isWatching
        unfinished = Set(types)
    }

    /// Who is waited for, in the order of starting.
    var remaining: [String] { running.sorted { $0.key < $1.key }.map(\.value) }

    /// Whether all are told to leave.
    var isStopping: Bool { phase != .running }

    mutating func take(_ input: Input) -> [Action] {
        switch input {
        case .started(let pid, let name):
            running[pid] = name
            return []
        case .asked(let pid):
            asked.insert(pid)
            return []
        case .exited(let pid, let type, let status):
            let name = running.removeValue(forKey: pid) ?? type
            guard asked.remove(pid) == nil else { return [] }
            return ended(type: type, name: name, code: Self.code(of: status), how: "\(status)")
        case .failedToStart(let type, let name, let isMissing):
            return ended(type: type, name: name, code: isMissing ? 127 : 126, how: nil)
        case .finished(let type):
            unfinished.remove(type)
            guard unfinished.isEmpty, phase == .running else { return [] }
            guard !isWatching else { return [.say("all processes have ended; waiting for a file to change")] }
            // What failed and was started again has not failed in the end.
            return stop(code: restart == .never ? firstFailure ?? 0 : 0)
        case .restarted(let type):
            unfinished.insert(type)
            return []
        case .signal(let number):
            return signalled(number)
        case .outputFailed(let error):
            guard phase == .running else { return [] }
            // A terminal that is gone answers so.
            let isGone = error == Self.brokenPipe || error == Self.inputOutput
            return stop(code: isGone ? 141 : 1)
        case .refused:
            return phase == .running ? stop(code: 1) : []
        case .stopped:
            guard phase != .ended else { return [] }
            phase = .ended
            return [.end(code: code ?? 0)]
        }
    }

    private mutating func ended(type: String, name: String, code: Int32, how: String?) -> [Action] {
        if code != 0, firstFailure == nil { firstFailure = code }
        guard phase == .running, restart == .never, !mayEnd.contains(type) else { return [] }
        let others = running.isEmpty ? "" : ": stopping the others"
        let text = how.map { "\(name) has ended with \($0)\(others)" } ?? "\(name) could not be started\(others)"
        return [.say(text)] + stop(code: code)
    }

    private mutating func signalled(_ number: Int32) -> [Action] {
        switch (phase, number) {
        case (.ended, _), (.killing, _):
            return []
        case (_, Self.quit):
            return kill(number)
        case (.running, _):
            let names = remaining.joined(separator: ", ")
            let actions = stop(code: 128 + number)
            guard !names.isEmpty else { return actions }
            return actions + [.say("waiting for \(names); Ctrl-C again kills them")]
        case (.stopping, Self.interrupt):
            return kill(number)
        case (.stopping, _):
            return []
        }
    }

    private mutating func kill(_ number: Int32) -> [Action] {
        let names = remaining.joined(separator: ", ")
        let actions: [Action] = phase == .running ? stop(code: 128 + number) : []
        phase = .killing
        return (names.isEmpty ? [] : [.say("killing \(names)")]) + actions + [.killAll]
    }

    private mutating func stop(code: Int32) -> [Action] {
        phase = .stopping
        if self.code == nil { self.code = code }
        return [.stopAll]
    }

    /// As a shell tells it.
    static func code(of status: ExitStatus) -> Int32 {
        switch status {
        case .code(let code): code
        case .signal(let signal): 128 + signal.rawValue
        case .outOfMemory: 128 + Signal.kill.rawValue
        case .unknown: 1
        }
    }
}
