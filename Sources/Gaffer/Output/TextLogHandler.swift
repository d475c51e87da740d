internal import GafferSystem
package import Logging

/// Writes what swift-log is given as ``LogLine``s.
package struct TextLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let writer: LogWriter
    private let now: @Sendable () -> Double

    /// Makes a handler; `label` is the word before the colon.
    package init(
        label: String,
        level: Logger.Level = .info,
        writer: LogWriter,
        now: @escaping @Sendable () -> Double = wallNow
    ) {
        self.label = label
        logLevel = level
        self.writer = writer
        self.now = now
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
        let line = LogLine(
            time: now(),
            level: event.level.rawValue,
            label: label,
            message: event.message.description,
            metadata: all.map { ($0.key, $0.value.description) }
        )
        writer.write(line.text)
    }
}
