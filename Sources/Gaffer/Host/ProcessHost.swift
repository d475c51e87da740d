package import GafferModel
package import GafferSystem

/// What a ``JobActor`` needs from the machine: processes, trees, timers.
///
/// Everything is called on the executor of the jobs, and reports come back on it; the fake of the tests implements the
/// same.
package protocol ProcessHost: AnyObject, Sendable {
    /// The time on a clock that only runs forward.
    var now: Duration { get }
    /// The wall clock's time, in seconds since 1970.
    var time: Double { get }

    /// Starts a process, off the executor; ``LaunchOrder/report`` tells what came of it.
    func launch(_ order: LaunchOrder)
    /// Does not start it, where that has not happened yet.
    func cancelLaunch(_ pid: Int)
    /// Takes over a process that an earlier gafferd started; false where it has ended since.
    func adopt(_ process: AdoptedProcess) -> Bool
    /// Sends a signal, and SIGCONT, to the whole trees of these processes.
    func stop(_ pids: [Int], with signal: Signal)
    /// Sends SIGKILL to the whole trees of these processes.
    func kill(_ pids: [Int])
    /// Sends a signal to these processes themselves.
    func signal(_ pids: [Int], _ signal: Signal)
    /// The configuration of a job is another: limits that hold for its processes together are changed.
    func limit(_ name: JobName, to config: JobConfig)
    /// A job was unloaded and nothing is left of it.
    func forget(_ name: JobName)

    /// Calls `body` on the executor after `delay`.
    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> HostTimer
    /// Disarms a timer; one that has fired is ignored.
    func cancel(_ timer: HostTimer)
    /// A wait, shortened or lengthened a little at random, so that what died together does not start together.
    func jittered(_ delay: Duration) -> Duration
}

/// Names an armed timer of a ``ProcessHost``.
package struct HostTimer: Hashable, Sendable {
    package let number: UInt64

    package init(number: UInt64) {
        self.number = number
    }
}

/// A process to be started.
package struct LaunchOrder: Sendable {
    package var pid: Int
    package var name: JobName
    package var config: JobConfig
    package var instance: Int
    package var isCommit: Bool
    /// Variables of a commit, which win over the job's.
    package var env: [String: String]
    /// How long what is left of its tree may take to leave.
    package var gracefulTimeout: Duration
    package var report: @Sendable (ProcessReport) -> Void
}

/// A process that an earlier gafferd started and that runs on.
package struct AdoptedProcess: Sendable {
    package var pid: Int
    package var osPid: Int32
    package var startTime: UInt64
    package var name: JobName
    package var instance: Int
    package var config: JobConfig
    /// When it was started, in seconds since 1970.
    package var time: Double
    package var report: @Sendable (ProcessReport) -> Void
}

/// What becomes of a process, in this order: one of the first three; after `launched`, `exited`; then remnants.
package enum ProcessReport: Sendable {
    case launched(LaunchedProcess)
    /// The reason is a sentence; a shortage is the machine's fault, not the job's.
    case failed(reason: String, isShortage: Bool)
    case cancelled
    case exited(ExitStatus, hasRemnant: Bool)
    /// Something of an ended process's tree was found later.
    case remnantFound(osPids: [Int32])
    case remnantEnded
}

/// What is known of a process that was started.
package struct LaunchedProcess: Sendable {
    package var osPid: Int32
    package var arguments: [String]
    package var program: String
    package var uid: UInt32?
    package var gid: UInt32?
    package var output: ProcessOutput
    /// Its own cgroup, where it has one.
    package var cgroup: ProcessCgroup?

    package init(
        osPid: Int32,
        program: String,
        arguments: [String],
        uid: UInt32?,
        gid: UInt32?,
        output: ProcessOutput,
        cgroup: ProcessCgroup? = nil
    ) {
        self.osPid = osPid
        self.program = program
        self.arguments = arguments
        self.uid = uid
        self.gid = gid
        self.output = output
        self.cgroup = cgroup
    }
}
