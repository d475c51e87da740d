public import GafferModel

/// What is asked of a manager by those who serve it to others (the API), so that they can be tested on a fake.
///
/// Reading functions answer from what was last published and never wait; changing ones return a ``Change`` as soon as
/// the change is decided, and who wants to know when it is done awaits that.
public protocol Supervisor: Sendable {
    /// The names of all sessions, in the order of loading.
    func sessionNames() -> [String]
    /// The names of all jobs, or of one session's, in the order of loading.
    ///
    /// - Throws: ``GafferError`` (`not_found`) where the session does not exist.
    func jobNames(in session: String?) throws(GafferError) -> [JobName]
    /// What is known of a job, or `not_found`.
    func info(of job: JobName) throws(GafferError) -> JobInfo
    /// Whether a job has a process, one-offs included, or `not_found`.
    func isActive(_ job: JobName) throws(GafferError) -> Bool
    /// How many processes of a job are wanted, or `not_found`.
    func wanted(of job: JobName) throws(GafferError) -> Int
    /// gaffer's numbers of a job's processes, one-offs included, or `not_found`; of all jobs where it is nil.
    func pids(of job: JobName?) throws(GafferError) -> [Int]
    /// What is known of a process, or `not_found`.
    func process(_ pid: Int) throws(GafferError) -> ProcessInfo
    /// The last lines of a job's outputs, from the rings of its processes; `label` selects one stream.
    func tail(of job: JobName, lines: Int, label: String?) throws(GafferError) -> [OutputTail]
    /// What a job's processes use, or `not_found`.
    func stats(of job: JobName) async throws(GafferError) -> JobStats
    /// What a process uses, or `not_found`.
    func stats(of pid: Int) async throws(GafferError) -> ProcessStats

    /// Loads a job, and starts it unless its configuration says `start: false`.
    ///
    /// - Throws: `conflict` where the name is taken, `bad_value` where a value can't be used.
    func load(_ config: JobConfig, as job: JobName) async throws(GafferError) -> Change
    /// Replaces a job's configuration; where it says `start`, its processes are replaced (or started), else the job
    /// is left stopped or idle, or keeps its processes until the next restart.
    func update(_ config: JobConfig, of job: JobName) async throws(GafferError) -> Change
    /// Stops a job and forgets it.
    func unload(_ job: JobName) async throws(GafferError) -> Change
    /// Starts, stops, restarts or reloads a job, a session or everything.
    func command(_ command: JobCommand, on target: Target) async throws(GafferError) -> Change
    /// Changes the number of processes, and tells the new one.
    func scale(_ job: JobName, _ operation: ScaleOperation) async throws(GafferError) -> (wanted: Int, change: Change)
    /// Starts a one-off, with variables that win over the job's; its number is given at once.
    func commit(
        _ job: JobName,
        env: [String: String],
        gracefulTimeout: Duration?
    ) async throws(GafferError) -> (pid: Int, change: Change)
    /// Sends a signal to every process of a job, a session or everything.
    func signal(_ signal: Signal, to target: Target) async throws(GafferError)
    /// Sends a signal to one process, or `not_found`.
    func signal(_ signal: Signal, to pid: Int) async throws(GafferError)
    /// Stops one process, gracefully; a supervised one is replaced. `not_found` where there is none.
    func stopProcess(_ pid: Int) async throws(GafferError) -> Change
}

/// What can be asked of a job, a session or everything.
public enum JobCommand: String, Sendable, CaseIterable {
    /// Start what is not running.
    case start
    /// Stop all processes.
    case stop
    /// Stop the processes, and start new ones as they end.
    case restart
    /// Start new processes, and stop the old ones once the new ones are there.
    case reload
}

/// What a command is meant for.
public enum Target: Sendable, Hashable {
    /// One job.
    case job(JobName)
    /// All jobs of a session.
    case session(String)
    /// All jobs.
    case everything
}

/// A change that was decided and is under way.
public struct Change: Sendable {
    private let wait: @Sendable (Duration?) async throws(GafferError) -> Void

    /// Makes a change; `wait` returns when it is done and throws `timed_out` when the time is over first.
    public init(wait: @escaping @Sendable (_ timeout: Duration?) async throws(GafferError) -> Void) {
        self.wait = wait
    }

    /// Waits until the change is done.
    ///
    /// - Parameter timeout: in seconds; nil waits as long as it takes.
    /// - Throws: ``GafferError``: `timed_out`, with who is waited for; `failed`, with what could not be started.
    public func settled(within timeout: Duration? = nil) async throws(GafferError) {
        try await wait(timeout)
    }
}

/// The end of what a process wrote to one stream.
public struct OutputTail: Sendable, Hashable {
    /// gaffer's number of the process.
    public var pid: Int
    /// The stream's label.
    public var label: String
    /// The bytes, whole lines unless the stream's last line has no end yet.
    public var bytes: [UInt8]

    /// Makes a tail.
    public init(pid: Int, label: String, bytes: [UInt8]) {
        self.pid = pid
        self.label = label
        self.bytes = bytes
    }
}
