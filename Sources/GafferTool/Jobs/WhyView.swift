package import GafferClient
package import GafferModel

/// What `gafferctl why` tells of a job.
package struct WhyView {
    package let job: JobStatus
    /// What happened to it, the oldest first.
    package let events: [JSON]
    /// Its last lines.
    package let tail: TailAnswer
    /// The seconds since 1970.
    package let now: Double

    /// How many events are shown.
    private static let eventCount = 8
    /// How many streams are shown.
    private static let streamCount = 4
    /// The settings that limit what a process may use.
    private static let limitNames = [
        "memory_max", "memory_high", "cpu_max", "cpu_weight", "tasks_max", "nice", "oom_score_adj",
    ]

    package init(job: JobStatus, events: [JSON], tail: TailAnswer, now: Double) {
        self.job = job
        self.events = events
        self.tail = tail
        self.now = now
    }

    private var reason: JobReason { JobReason(job: job, events: events, now: now) }
    private var shownEvents: ArraySlice<JSON> { events.suffix(Self.eventCount) }

    /// The settings that limit it, as gafferd tells them.
    private var limits: [JSON.Member] {
        (job.json["config"]?.objectValue ?? []).filter {
            Self.limitNames.contains($0.name) || $0.name.hasPrefix("rlimit_")
        }
    }

    /// The document of `--json`.
    package var json: JSON {
        [
            "name": .string("\(job.name)"), "state": .string(job.state), "reason": .string(reason.sentence),
            "hints": .array(reason.hints.map(JSON.string)), "running": .integer(Int64(job.supervised)),
            "wanted": .integer(Int64(job.wanted)), "restarts": .integer(Int64(job.restarts)),
            "retry_in": job.retryIn.map(JSON.double) ?? .null, "last_exit": job.json["last_exit"] ?? .null,
            "last_error": job.lastError.map(JSON.string) ?? .null, "limits": .object(limits),
            "events": .array(Array(shownEvents)), "tail": .array(tail.parts.map(\.json)), "job": job.json,
        ]
    }

    /// The lines for people.
    ///
    /// - Parameters:
    ///   - width: the columns of the terminal; nil: it is none.
    ///   - isColored: whether styles become colours.
    package func lines(width: Int?, isColored: Bool) -> [String] {
        func shown(_ text: String, _ style: Style) -> String { isColored ? style.applied(to: text) : text }
        let wrap = min(width ?? Help.width, Help.width)
        var lines = ["\(job.name): \(shown(job.state.escaped, Style(state: job.state)))"]
        for text in [reason.sentence] + reason.hints {
            lines += Help.wrapped(text.escaped, indent: 2, width: wrap).split(separator: "\n").enumerated().map {
                $0.offset == 0 ? "  \($0.element)" : String($0.element)
            }
        }
        lines.append("")
        lines += facts
        if !shownEvents.isEmpty {
            lines += ["", shown("What happened last:", .heading)]
            lines += shownEvents.map { event in
                let word = JobEvent.word(of: event).escaped
                let padding = String(repeating: " ", count: max(1, 13 - word.columns))
                let details = JobEvent.details(of: event).escaped
                let line = "  \(Clock.timeOfDay(event["time"]?.doubleValue ?? 0))  \(word)\(padding)\(details)"
                return cut(line, width).trimmedAtEnd
            }
        }
        // The screen is one: those of the process that ended last come first.
        let filled = tail.parts.filter { !$0.bytes.isEmpty }
        let last = job.json["last_exit"]?["pid"]?.intValue
        let parts = (filled.filter { $0.pid == last } + filled.filter { $0.pid != last }).prefix(Self.streamCount)
        for part in parts {
            lines += ["", shown("What process \(part.pid) wrote last to \(part.stream.escaped):", .heading)]
            var pieces = part.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if pieces.last?.isEmpty == true { pieces.removeLast() }
            lines += pieces.map { piece in
                let whole = piece.last == UInt8(ascii: "\r") ? piece.dropLast() : piece
                return "  " + String(decoding: TerminalFilter.line(whole, keepsColors: isColored), as: UTF8.self)
            }
        }
        if filled.count > parts.count {
            lines += ["", "\(filled.count - parts.count) more streams: 'gafferctl logs \(job.name)' shows them."]
        }
        if parts.isEmpty { lines += ["", "It wrote nothing that is remembered."] }
        return lines
    }

    private var facts: [String] {
        let view = JobView(job: job, now: now)
        let config = job.json["config"]
        let args = config?["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let cmd = config?["cmd"]?.stringValue.map { ([$0] + args).joined(separator: " ") }
        let flapping = config?["flapping"].flatMap { rule -> String? in
            guard let attempts = rule["attempts"]?.intValue, let window = rule["window"]?.doubleValue else {
                return nil
            }
            let retry = rule["retry_in"]?.doubleValue.map { ", a rest of \(Human.duration($0))" } ?? ""
            let most = rule["max_retry"]?.intValue.map { $0 < 0 ? "" : ", \($0) times at most" } ?? ""
            return "\(attempts) exits within \(Human.duration(window))\(retry)\(most)"
        }
        let facts: [(String, String?)] = [
            ("Command", cmd), ("Processes", view.count), ("Restarts", "\(job.restarts)"),
            ("Last exit", view.lastExit), ("Last error", job.lastError), ("Next", view.retry), ("Flapping", flapping),
            (
                "Limits",
                limits.isEmpty ? nil : limits.map { "\($0.name) \(Outline.text($0.value))" }.joined(separator: ", ")
            ),
        ]
        return facts.compactMap { name, value in
            guard let value else { return nil }
            return "  \(name):" + String(repeating: " ", count: 11 - name.count) + value.escaped
        }
    }

    private func cut(_ line: String, _ width: Int?) -> String { width.map { line.shortened(to: $0) } ?? line }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
