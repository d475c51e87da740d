internal import GafferModel

@testable internal import Gaffer

/// One job on a machine that is only pretended: launches wait to be completed, processes to be ended, timers to fire.
///
/// It does what ``JobMachine`` tells it and writes down what a real host could not do: a signal to a process that is
/// not there, a timer that is armed twice, a number that is given again.
struct JobSimulation {
    /// A process that was started and has not ended.
    struct Alive: Equatable {
        var instance: Int
        var isCommit: Bool
        var isTold = false
        var isKilled = false
    }

    var machine: JobMachine
    var now: Duration = .seconds(1000)
    /// In the order they were asked for.
    private(set) var launching: [Int] = []
    private(set) var cancelled: Set<Int> = []
    private(set) var alive: [Int: Alive] = [:]
    private(set) var remnants: Set<Int> = []
    private(set) var timers: [JobMachine.Timer: Duration] = [:]
    /// Everything since it was last taken.
    private(set) var actions: [JobMachine.Action] = []
    /// What should never happen, in sentences.
    private(set) var faults: [String] = []
    /// How each process that was launched ended; nil: not yet.
    private(set) var ends: [Int: String?] = [:]

    private var orders: [Int: Alive] = [:]
    private var launchedEnv: [Int: [String: String]] = [:]

    init(_ config: JobConfig) {
        let numbers = Numbers()
        machine = JobMachine(name: .web, config: config) { numbers.next() }
    }

    /// A job of that many processes, all running.
    static func running(_ number: Int = 1, _ change: (inout JobConfig) -> Void = { _ in }) -> JobSimulation {
        var config = JobConfig(cmd: "web")
        config.numprocesses = number
        change(&config)
        var simulation = JobSimulation(config)
        simulation.run { $0.start() }
        simulation.completeAll()
        simulation.forget()
        return simulation
    }

    // MARK: Commands and events

    mutating func run(_ command: (inout JobMachine) -> [JobMachine.Action]) {
        perform(command(&machine))
    }

    mutating func scale(_ operation: ScaleOperation) {
        run { machine in (try? machine.scale(operation)) ?? [] }
    }

    /// Gives its pid, or 0 where it is refused.
    @discardableResult
    mutating func commit(env: [String: String] = [:], gracefulTimeout: Duration? = nil) -> Int {
        guard let commit = try? machine.commit(env: env, gracefulTimeout: gracefulTimeout) else { return 0 }
        perform(commit.actions)
        return commit.pid
    }

    /// The kernel has started it; its os pid is its pid and 10,000.
    mutating func complete(_ pid: Int) {
        guard takeLaunch(pid), let order = orders[pid] else { return }
        alive[pid] = order
        perform(machine.spawned(pid, osPid: osPid(pid), at: now, time: time))
    }

    mutating func completeAll() {
        while let pid = launching.first { complete(pid) }
    }

    mutating func fail(_ pid: Int, isShortage: Bool = false) {
        guard takeLaunch(pid) else { return }
        end(pid, "failed")
        perform(machine.spawnFailed(pid, reason: "web: can't be started.", isShortage: isShortage, at: now))
    }

    /// The cancellation came in time.
    mutating func cancel(_ pid: Int) {
        guard takeLaunch(pid) else { return }
        end(pid, "cancelled")
        perform(machine.launchCancelled(pid))
    }

    mutating func exit(_ pid: Int, _ status: ExitStatus = .code(1), leaving hasRemnant: Bool = false) {
        guard alive.removeValue(forKey: pid) != nil else { return }
        end(pid, "exited")
        if hasRemnant { remnants.insert(pid) }
        perform(machine.exited(pid, status: status, hasRemnant: hasRemnant, at: now, time: time))
    }

    mutating func endRemnant(_ pid: Int) {
        guard remnants.remove(pid) != nil else { return }
        perform(machine.remnantEnded(pid))
    }

    mutating func findRemnant(_ pid: Int) {
        remnants.insert(pid)
        perform(machine.remnantFound(pid))
    }

    /// Lets time pass, and every timer fire that is due meanwhile, in order.
    mutating func advance(by duration: Duration) {
        let end = now + duration
        while let next = nextTimer, next.due <= end {
            now = max(now, next.due)
            timers[next.timer] = nil
            perform(machine.timerFired(next.timer))
        }
        now = end
    }

    /// Whoever was told to leave leaves, and whatever is asked for is started, until nothing is left to do.
    mutating func settle() {
        while true {
            if let pid = launching.first {
                if cancelled.contains(pid) { cancel(pid) } else { complete(pid) }
            } else if let pid = told.first {
                exit(pid, .signal(.terminate))
            } else if let pid = remnants.min() {
                endRemnant(pid)
            } else {
                return
            }
        }
    }

    // MARK: Looking

    /// What was done since the last look, in words; see ``words(_:)``.
    mutating func take() -> [String] {
        defer { actions = [] }
        return actions.map(Self.words)
    }

    mutating func forget() {
        actions = []
    }

    /// The words of the events since the last look.
    mutating func takeEvents() -> [String] {
        defer { actions = [] }
        return actions.compactMap { action in
            if case .publish(let kind) = action { kind.word } else { nil }
        }
    }

    /// Supervised processes that live, the oldest first.
    var pids: [Int] {
        alive.filter { !$0.value.isCommit }.keys.sorted()
    }

    /// Supervised ones that live and nobody has told to leave.
    var untold: [Int] {
        alive.filter { !$0.value.isCommit && !$0.value.isTold && !$0.value.isKilled }.keys.sorted()
    }

    /// Those that were told to leave, or killed.
    var told: [Int] {
        alive.filter { $0.value.isTold || $0.value.isKilled }.keys.sorted()
    }

    var commits: [Int] {
        alive.filter(\.value.isCommit).keys.sorted()
    }

    var nextTimer: (timer: JobMachine.Timer, due: Duration)? {
        timers.min { Self.rank($0.key, $0.value) < Self.rank($1.key, $1.value) }.map { ($0.key, $0.value) }
    }

    func instance(of pid: Int) -> Int? { orders[pid]?.instance }
    func env(of pid: Int) -> [String: String]? { launchedEnv[pid] }
    func osPid(_ pid: Int) -> Int32 { Int32(pid) + 10_000 }
    var time: Double { 1_700_000_000 + now / .seconds(1) }

    // MARK: Doing

    private mutating func takeLaunch(_ pid: Int) -> Bool {
        guard let index = launching.firstIndex(of: pid) else { return false }
        launching.remove(at: index)
        cancelled.remove(pid)
        return true
    }

    private mutating func end(_ pid: Int, _ how: String) {
        if case .some(.some(let before)) = ends[pid] { faults.append("\(pid) \(before), and then \(how)") }
        ends[pid] = how
    }

    private mutating func perform(_ actions: [JobMachine.Action]) {
        for action in actions { perform(action) }
        self.actions += actions
    }

    private mutating func perform(_ action: JobMachine.Action) {
        switch action {
        case .launch(let pid, let instance, let isCommit, let env):
            if pid <= ends.keys.max() ?? 0 { faults.append("\(pid) is no new number") }
            if isCommit == false, machine.wish != .running { faults.append("\(pid) is launched while nobody wants it") }
            ends.updateValue(nil, forKey: pid)
            launching.append(pid)
            orders[pid] = Alive(instance: instance, isCommit: isCommit)
            launchedEnv[pid] = env
        case .cancelLaunch(let pid):
            if !launching.contains(pid) { faults.append("\(pid) is cancelled, and is not being launched") }
            cancelled.insert(pid)
        case .stop(let pids):
            for pid in pids {
                if alive[pid] == nil { faults.append("\(pid) is told to leave, and is not there") }
                if alive[pid]?.isTold == true { faults.append("\(pid) is told twice to leave") }
                alive[pid]?.isTold = true
            }
        case .kill(let pids):
            for pid in pids {
                if alive[pid] == nil, !remnants.contains(pid) { faults.append("\(pid) is killed, and is not there") }
                alive[pid]?.isKilled = true
            }
        case .arm(let timer, let delay):
            if timers[timer] != nil { faults.append("\(timer) is armed twice") }
            timers[timer] = now + delay
        case .disarm(let timer):
            timers[timer] = nil
        case .publish:
            break
        }
    }

    /// Timers of the same moment fire in a fixed order.
    private static func rank(_ timer: JobMachine.Timer, _ due: Duration) -> (Duration, Int, Int) {
        switch timer {
        case .grace(let pid): (due, 0, pid)
        case .respawn(let instance): (due, 1, instance)
        case .retry: (due, 2, 0)
        }
    }

    /// As `launch 3 as 1`, `launch 4 once`, `cancel 3`, `stop 1 2`, `kill 1`, `arm retry 7.0 seconds`, `(spawn)`.
    static func words(_ action: JobMachine.Action) -> String {
        func list(_ pids: [Int]) -> String { pids.map(String.init).joined(separator: " ") }
        func name(_ timer: JobMachine.Timer) -> String {
            switch timer {
            case .grace(let pid): "grace of \(pid)"
            case .respawn(let instance): "respawn of \(instance)"
            case .retry: "retry"
            }
        }
        return switch action {
        case .launch(let pid, _, true, _): "launch \(pid) once"
        case .launch(let pid, let instance, false, _): "launch \(pid) as \(instance)"
        case .cancelLaunch(let pid): "cancel \(pid)"
        case .stop(let pids): "stop \(list(pids))"
        case .kill(let pids): "kill \(list(pids))"
        case .arm(let timer, let delay): "arm \(name(timer)): \(delay)"
        case .disarm(let timer): "disarm \(name(timer))"
        case .publish(let kind): "(\(kind.word))"
        }
    }
}

extension JobSimulation {
    /// Counts pids; only ever used by one simulation and its copies, on one thread.
    private final class Numbers: @unchecked Sendable {
        // @unchecked: a simulation is never shared between threads.
        private var last = 0

        func next() -> Int {
            last += 1
            return last
        }
    }
}

extension JobName {
    /// The job of most tests.
    static var web: JobName { named("shop.web") }

    /// A name that is known to be valid.
    static func named(_ text: String) -> JobName {
        do {
            return try JobName(parsing: text)
        } catch {
            preconditionFailure("\(text) is no name: \(error)")
        }
    }
}
