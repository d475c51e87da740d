package import GafferSystem
internal import Glibc

/// Makes a record of each line that a process writes into one of its streams.
///
/// | field | value |
/// |---|---|
/// | MESSAGE | the line, made printable: see GAFFER_RAW |
/// | PRIORITY | 6, for `stderr` 4; or what a `<n>` at the line's beginning says, which is taken off |
/// | SYSLOG_IDENTIFIER | `session.job` |
/// | SYSLOG_PID, OBJECT_PID | the os pid; OBJECT_PID only from root, whom alone journald believes it |
/// | SYSLOG_FACILITY | 3 |
/// | GAFFER_SESSION, GAFFER_JOB, GAFFER_PID, GAFFER_INSTANCE, GAFFER_STREAM | whose line it is |
/// | GAFFER_RAW | the bytes of the line, where MESSAGE is not the same: escape sequences are left out there, and other control characters and what is not UTF-8 stand as `\x1b` |
/// | GAFFER_LINE_BREAK | `line-max`: the line is longer than 48 KiB and goes on in the next record; `eof`: the stream ended without a newline; `dropped`: the rest of the line was dropped |
package final class JournalOutput: OutputObserver {
    /// Whether this process is root.
    package static let isRoot = geteuid() == 0

    private let writer: JournalWriter
    private let source: JournalSource

    /// Makes an observer for one stream of one process.
    ///
    /// - Parameters:
    ///   - pid: gaffer's own number of the process.
    ///   - osPid: the kernel's number of it.
    ///   - label: of the stream, as `stdout`.
    ///   - namesObject: whether OBJECT_PID is added.
    package init(
        writer: JournalWriter,
        session: String,
        job: String,
        pid: Int,
        osPid: Int32,
        instance: Int,
        label: String,
        namesObject: Bool = JournalOutput.isRoot
    ) {
        self.writer = writer
        let name = JournalStreamName(session: session, job: job, label: label)
        var fields = JournalRecord()
        fields.add(.syslogIdentifier, name.identifier)
        fields.add(.syslogPID, osPid)
        fields.add(.syslogFacility, JournalRecord.daemonFacility)
        if namesObject { fields.add(.objectPID, osPid) }
        fields.add(.session, session)
        fields.add(.job, job)
        fields.add(.pid, pid)
        fields.add(.instance, instance)
        fields.add(.stream, label)
        source = JournalSource(name: name, fields: fields, priority: label == "stderr" ? .warning : .info)
    }

    package func received(_ bytes: ByteView, at offset: UInt64) {
        writer.add(bytes, of: source)
    }

    package func ended() {
        writer.end(source)
    }
}
