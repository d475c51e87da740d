internal import Gaffer
internal import GafferModel
internal import GafferSystemd
internal import Logging

/// Where gafferd tells what it does and what happens to jobs: as lines, as records of the journal, or both.
struct DaemonLog: Sendable {
    /// For everything that has no kind of its own.
    let logger: Logger
    private let lines: Logger?
    private let journal: JournalWriter?

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - lines: where lines go; nil where that is the journal, which would have everything twice.
    ///   - journal: where records go.
    init(level: Logger.Level, lines: LogWriter?, journal: JournalWriter?) {
        self.journal = journal
        let text = lines.map { TextLogHandler(label: "gafferd", level: level, writer: $0) }
        let records = journal.map { JournalLogHandler(level: level, writer: $0) }
        self.lines = text.map { text in Logger(label: "gafferd") { _ in text } }
        logger = Logger(label: "gafferd") { _ in
            switch (text, records) {
            case (let text?, let records?): MultiplexLogHandler([text, records])
            case (let text?, nil): text
            case (nil, let records?): records
            case (nil, nil): SwiftLogNoOpLogHandler()
            }
        }
    }

    /// Tells what happened to a job.
    func tell(_ event: Event) {
        tell(event.logEntry) { JournalEvent(event) }
    }

    /// Tells what gafferd does.
    func tell(_ notice: DaemonNotice) {
        tell(notice.logEntry) { notice.journalEvent }
    }

    private func tell(_ entry: LogEntry, _ event: () -> JournalEvent) {
        guard logger.logLevel <= entry.level else { return }
        lines?.log(level: entry.level, entry.message, metadata: entry.metadata)
        journal?.send(JournalRecord(event()))
    }
}

/// What is handed to a logger.
struct LogEntry {
    var level: Logger.Level
    var message: Logger.Message
    var metadata: Logger.Metadata = [:]
}
