package import GafferModel

/// Something that happened, as a record tells it: a sentence, and fields to look for.
package struct JournalEvent: Sendable, Hashable {
    /// What kind of message it is.
    package var id: MessageID
    package var priority: JournalPriority
    /// The word before the message.
    package var identifier: String
    /// One sentence that says it all.
    package var message: String
    /// What else is in the record.
    package var fields: [Field]

    /// A field of a record.
    package struct Field: Sendable, Hashable {
        package var name: JournalField
        package var value: String

        package init(_ name: JournalField, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Makes an event of gafferd's own.
    package init(
        _ id: MessageID,
        _ priority: JournalPriority,
        _ message: String,
        identifier: String = JournalLogHandler.identifier,
        fields: [Field] = []
    ) {
        self.id = id
        self.priority = priority
        self.identifier = identifier
        self.message = message
        self.fields = fields
    }
}

// What happens to gafferd itself.
extension JournalEvent {
    /// The endpoints listen, and the configured jobs were started.
    package static func ready(jobs: Int, processes: Int) -> JournalEvent {
        JournalEvent(.ready, .notice, "gafferd is ready: jobs: \(jobs), processes: \(processes)")
    }

    /// gafferd was told to stop; `reason` is the signal or who asked for it.
    package static func stopping(reason: String) -> JournalEvent {
        JournalEvent(.stopping, .notice, "gafferd stops its jobs: \(reason)", fields: [Field(.reason, reason)])
    }

    /// All jobs are stopped.
    package static func stopped() -> JournalEvent {
        JournalEvent(.stopped, .notice, "gafferd has stopped")
    }

    /// A new configuration is in force.
    package static func reloaded(added: Int, changed: Int, removed: Int, unchanged: Int) -> JournalEvent {
        JournalEvent(
            .reloaded,
            .notice,
            "the configuration was reloaded: jobs added: \(added), changed: \(changed), removed: \(removed), "
                + "unchanged: \(unchanged)"
        )
    }

    /// A configuration was refused; the reasons name file, line, key and value.
    package static func configurationRefused(_ reasons: [String]) -> JournalEvent {
        JournalEvent(
            .configurationRefused,
            .error,
            "the configuration is wrong and nothing was changed: " + reasons.joined(separator: "; "),
            fields: reasons.map { Field(.reason, $0) }
        )
    }

    /// A job runs without limits that it asks for, or without a cgroup; the notice is a sentence that names it.
    package static func limitsUnavailable(_ job: JobName, _ notice: String) -> JournalEvent {
        JournalEvent(
            .limitsUnavailable,
            .warning,
            notice,
            fields: [Field(.session, job.session), Field(.job, job.job), Field(.reason, notice)]
        )
    }

    /// Somebody changed something through the API, or tried to.
    ///
    /// - Parameters:
    ///   - actor: `uid:1000`, or `key:` and the key's id.
    ///   - action: as `POST /jobs/shop/web/state`.
    ///   - status: the HTTP status of the answer.
    package static func changed(actor: String, action: String, status: Int) -> JournalEvent {
        JournalEvent(
            .changed,
            .info,
            "\(actor): \(action): \(status)",
            fields: [Field(.actor, actor), Field(.action, action), Field(.status, "\(status)")]
        )
    }

    /// Lines found no room.
    package init(_ report: DropReport) {
        let milliseconds = report.duration / .milliseconds(1)
        let seconds = (milliseconds / 100).rounded() / 10
        let what =
            report.lines == 1
            ? "1 \(report.name.job.isEmpty ? "record" : "line")"
            : "\(report.lines) \(report.name.job.isEmpty ? "records" : "lines")"
        let source = report.name.job.isEmpty ? "gafferd's log" : "\(report.name.label) of \(report.name.identifier)"
        self.init(
            .dropped,
            .warning,
            "\(what) of \(source) dropped within \(seconds) s, since the journal did not take them fast enough",
            identifier: report.name.identifier,
            fields: [
                Field(.dropped, "\(report.lines)"), Field(.droppedBytes, "\(report.bytes)"),
                Field(.droppedSeconds, "\(seconds)"),
            ]
        )
        guard !report.name.job.isEmpty else { return }
        fields += [
            Field(.session, report.name.session), Field(.job, report.name.job), Field(.stream, report.name.label),
        ]
    }
}

extension JournalRecord {
    /// syslog's number for daemons.
    static let daemonFacility = 3

    /// Makes the record of an event.
    package init(_ event: JournalEvent) {
        self.init()
        add(.message, JournalText.printable(event.message))
        add(event.priority)
        add(.messageID, event.id.rawValue)
        add(.syslogIdentifier, event.identifier)
        add(.syslogFacility, JournalRecord.daemonFacility)
        for field in event.fields { add(field.name, field.value) }
    }
}
