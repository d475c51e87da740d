/// Whose lines they are: one output of all processes of a job, or gafferd's own records.
package struct JournalStreamName: Sendable, Hashable {
    /// The session of the job; empty for gafferd's own.
    package let session: String
    /// The job's own name; empty for gafferd's own.
    package let job: String
    /// The label of the stream, as `stdout`.
    package let label: String

    /// Names a stream.
    package init(session: String, job: String, label: String) {
        self.session = session
        self.job = job
        self.label = label
    }

    /// What gafferd says itself.
    package static let daemon = JournalStreamName(session: "", job: "", label: "")

    /// The word before the message: `session.job`, or `gafferd`.
    package var identifier: String {
        job.isEmpty ? JournalLogHandler.identifier : "\(session).\(job)"
    }
}
