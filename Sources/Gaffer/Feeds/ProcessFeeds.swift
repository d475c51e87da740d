public import GafferModel
package import GafferSystem

/// What of jobs and processes can be watched and talked to, for those who serve it to others, so that they can be tested
/// on a fake.
package protocol ProcessFeeds: Sendable {
    /// What happens to jobs and processes.
    var events: EventBus { get }
    /// The job of a process, also of one that ended and whose output is still kept; or `not_found`.
    func job(of pid: Int) throws(GafferError) -> JobName
    /// The streams that can be read of a process, or of one that ended and whose output is still kept: stdout and stderr as
    /// they are labelled, then the custom streams; or `not_found`.
    ///
    /// A detached process, and one that an earlier gafferd started, has none.
    func streams(of pid: Int) throws(GafferError) -> [OutputStream]
    /// Returns when a process that is being started is there, or could not be started; for any other at once.
    ///
    /// The pid of a one-off is told before it is there, and its streams are only then.
    func untilStarted(_ pid: Int) async
    /// Writes to a process, all of it in one piece between the writes of others.
    ///
    /// Writes are taken in the order of the calls. One that the process does not take in time leaves what was taken
    /// where it is; the rest is dropped, and the next write goes on.
    ///
    /// - Parameters:
    ///   - bytes: at most ``ProcessInput/limit`` of them.
    ///   - label: `stdin`, or a custom stream.
    ///   - timeout: how long the process may take to read it.
    /// - Throws: `not_found` for an unknown process or stream and for one that ended, `forbidden` where stdin is not
    ///   redirected or the stream can only be read, `too_large` for a write that could never wait, `busy` where too
    ///   much waits already, `timed_out` where the process does not read in time, `failed` where it ends or closes
    ///   the stream meanwhile; the last two say how many bytes were taken.
    func write(_ bytes: [UInt8], to label: String, of pid: Int, within timeout: Duration) async throws(GafferError)
    /// Closes our end of a stream for writing, after what was written before: the process reads an end of file.
    ///
    /// It can't be opened again; closing it twice is no error.
    ///
    /// - Throws: `not_found` and `forbidden` as ``write(_:to:of:within:)``.
    func closeInput(_ label: String, of pid: Int) async throws(GafferError)
    /// What processes use, looked at in the given interval as long as the sequence is read; at once for the first time.
    ///
    /// Only what changes is told: children and cgroup are left out. A reader that falls behind gets the newest look.
    ///
    /// - Parameter interval: 0.1 s at the least; smaller ones are taken as that.
    func stats(of target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]>
    /// What the cgroups of jobs count, of those that have one.
    func cgroupUsage(of jobs: [JobName]) async -> [JobName: CgroupUsage]
    /// How many bytes the processes of jobs have written since the jobs were loaded, by the labels of their streams.
    func outputBytes(of jobs: [JobName]) -> [JobName: [String: UInt64]]
}

extension ProcessFeeds {
    /// No job has a cgroup, as where gafferd has none to give.
    package func cgroupUsage(of jobs: [JobName]) async -> [JobName: CgroupUsage] { [:] }

    /// Nothing is counted.
    package func outputBytes(of jobs: [JobName]) -> [JobName: [String: UInt64]] { [:] }
}

extension ProcessFeeds {
    /// Writes to a process that has the usual time to read it.
    package func write(_ bytes: [UInt8], to label: String, of pid: Int) async throws(GafferError) {
        try await write(bytes, to: label, of: pid, within: ProcessInput.timeout)
    }
}

/// The bounds of what is written to processes.
package enum ProcessInput {
    /// How many bytes may wait for one stream of a process.
    package static let limit = 1 << 20
    /// How long a process may take to read a write.
    package static let timeout = Duration.seconds(5)
}

/// Whose stats are watched.
public enum StatsTarget: Sendable, Hashable {
    /// One process; the sequence ends with it.
    case process(Int)
    /// All processes of a job, also those that it gets later; the sequence ends when it is unloaded.
    case job(JobName)
    /// All processes.
    case everything
}
