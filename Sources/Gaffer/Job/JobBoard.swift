internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// The state of one job where others can read it without waiting for the job's actor.
///
/// Only ``JobActor`` writes: it decides under the lock and acts after it.
final class JobBoard: Sendable {
    struct Content {
        var machine: JobMachine
        /// What is known of the processes beyond what the machine needs, by pid.
        var processes: [Int: LaunchedProcess] = [:]
        /// Variables of commits, by pid.
        var commitEnv: [Int: [String: String]] = [:]
        /// What the last ended process of each instance wrote; an instance's next end replaces it.
        var ended: [Int: (pid: Int, output: ProcessOutput)] = [:]
    }

    private let content: Mutex<Content>

    private let now: @Sendable () -> Duration

    /// - Parameter now: the clock of the machine's events.
    init(machine: JobMachine, now: @escaping @Sendable () -> Duration) {
        content = Mutex(Content(machine: machine))
        self.now = now
    }

    func withContent<Value>(_ body: (inout Content) -> Value) -> Value {
        content.withLock { body(&$0) }
    }

    func withMachine<Value>(_ body: (inout JobMachine) -> Value) -> Value {
        content.withLock { body(&$0.machine) }
    }
}

extension JobBoard {
    /// The ended processes whose output is kept.
    var endedPIDs: [Int] {
        withContent { $0.ended.values.map(\.pid) }
    }

    /// What a process wrote and writes, also of an ended one where that is kept.
    func output(of pid: Int) -> ProcessOutput? {
        withContent { content in
            content.processes[pid]?.output ?? content.ended.values.first { $0.pid == pid }?.output
        }
    }

    /// Whether a process is being started.
    func isStarting(_ pid: Int) -> Bool {
        withMachine { machine in machine.processes.contains { $0.pid == pid && $0.state == .starting } }
    }

    func info() -> JobInfo {
        let now = now()
        return withMachine { $0.info(at: now) }
    }

    /// The processes that run, for a look at what they use.
    func running() -> [StatsSampler.Subject] {
        withContent { content in
            content.machine.processes.filter { $0.osPid > 0 }.map {
                StatsSampler.Subject(
                    pid: $0.pid,
                    osPid: $0.osPid,
                    cgroup: content.processes[$0.pid]?.cgroup?.directory
                )
            }
        }
    }

    func process(_ pid: Int) -> ProcessInfo? {
        withContent { content in
            guard let index = content.machine.index(of: pid) else { return nil }
            let process = content.machine.processes[index]
            let launched = content.processes[pid]
            let config = content.machine.config
            return ProcessInfo(
                pid: pid,
                osPid: process.osPid,
                name: content.machine.name,
                state: process.state,
                instance: process.instance,
                isCommit: process.isCommit,
                createTime: process.createTime,
                cmd: launched?.program ?? config.cmd,
                args: launched?.arguments ?? config.args,
                env: config.env.merging(content.commitEnv[pid] ?? [:]) { _, commit in commit },
                uid: launched?.uid,
                gid: launched?.gid,
                redirectOutput: config.outputLabels,
                redirectInput: config.redirectInput,
                customStreams: config.customStreams,
                cgroup: launched?.cgroup?.path
            )
        }
    }

    /// The outputs of the job's processes, and of the last ended one of each instance that has none, by pid.
    func outputs() -> [(pid: Int, output: ProcessOutput)] {
        withContent { content in
            let alive = Set(content.machine.processes.map(\.instance))
            let ended = content.ended.filter { !alive.contains($0.key) }.values
            let running = content.processes.map { (pid: $0.key, output: $0.value.output) }
            return (ended + running).sorted { $0.pid < $1.pid }
        }
    }
}
