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
    func streams(of pid: Int) throws(GafferError) -> [OutputStream]
    /// Writes to a process, all of it in one piece between the writes of others.
    ///
    /// - Parameter label: `stdin`, or a custom stream.
    /// - Throws: `not_found` for an unknown process or stream, `forbidden` where stdin is not redirected, `timed_out`
    ///   where the process does not read (it says how many bytes it took), `failed` where it ends meanwhile.
    func write(_ bytes: [UInt8], to label: String, of pid: Int) async throws(GafferError)
    /// What processes use, looked at in the given interval as long as the sequence is read; at once for the first time.
    ///
    /// - Parameter interval: 0.1 s at the least; smaller ones are taken as that.
    func stats(of target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]>
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
