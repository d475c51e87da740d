package import Logging

/// Writes what swift-log is given as records.
///
/// | of the log | in the record |
/// |---|---|
/// | trace, debug | PRIORITY 7; info 6, notice 5, warning 4, error 3, critical 2 |
/// | message and metadata | MESSAGE: `process exited shop.web pid=7 status="exit code 1"`, since journalctl shows nothing else |
/// | `session`, `job`, `pid`, `instance`, any other key | GAFFER_SESSION, …: the key in capital letters |
/// | `os_pid` | OBJECT_PID where this process is root, and GAFFER_OS_PID |
/// | `message_id` | MESSAGE_ID, and not in MESSAGE |
/// | label of the logger | SYSLOG_IDENTIFIER |
package struct JournalLogHandler: LogHandler {
    /// The word before gafferd's own messages.
    package static let identifier = "gafferd"
    /// The metadata whose value is a ``MessageID``.
    package static let messageIDKey = "message_id"

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let writer: JournalWriter
    private let namesObject: Bool

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: the word before the message.
    ///   - namesObject: whether OBJECT_PID is added.
    package init(
        label: String = JournalLogHandler.identifier,
        level: Logger.Level = .info,
        writer: JournalWriter,
        namesObject: Bool = JournalOutput.isRoot
    ) {
        self.label = label
        logLevel = level
        self.writer = writer
        self.namesObject = namesObject
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = .string("\(error)") }
        let values = all.mapValues(\.description)

        var record = JournalRecord()
        record.add(.message, JournalLogHandler.text(event.message.description, values))
        record.add(event.level.journalPriority)
        record.add(.syslogIdentifier, label)
        record.add(.syslogFacility, JournalRecord.daemonFacility)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if key == JournalLogHandler.messageIDKey {
                record.add(.messageID, value)
                continue
            }
            record.add(JournalField(gaffer: key), value)
            if key == "os_pid", namesObject { record.add(.objectPID, value) }
        }
        writer.send(record)
    }

    /// The message, the job's full name, and the other metadata in the order of their names.
    private static func text(_ message: String, _ values: [String: String]) -> String {
        var values = values
        values[messageIDKey] = nil
        var text = message
        if let session = values["session"], let job = values["job"] {
            text += " \(session).\(job)"
            values["session"] = nil
            values["job"] = nil
        }
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(quoted(value))" }
        return JournalText.printable(text)
    }

    /// A value as it stands in MESSAGE: in quotes where it would not be seen where it ends.
    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.isEmpty || value.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D || $0 == 0x5C }
        guard needsQuotes else { return value }
        var text = "\""
        for character in value.unicodeScalars {
            if character == "\"" || character == "\\" { text.append("\\") }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }
}

extension Logger.Level {
    /// The level as syslog has it.
    fileprivate var journalPriority: JournalPriority {
        switch self {
        case .trace, .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
