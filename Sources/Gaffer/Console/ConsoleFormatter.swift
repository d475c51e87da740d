package import GafferModel
package import GafferSystem
internal import Glibc

/// How much of what happens the console shows.
package enum ConsoleLevel: Int, Sendable, Comparable {
    /// `-v`: what starts, stops and goes wrong.
    case events = 1
    /// `-vv`: all events, and the processes' output.
    case everything = 2

    package static func < (left: ConsoleLevel, right: ConsoleLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Makes the console's lines: `15:31:52 dummy | spawn process with pid 51134`, where the number is the os pid.
package struct ConsoleFormatter: Sendable {
    /// How much is shown.
    package let level: ConsoleLevel
    /// Whether a job's lines have its colour.
    package let hasColors: Bool
    private let timeOfDay: @Sendable (_ time: Double) -> String

    /// Makes a formatter.
    ///
    /// - Parameter timeOfDay: of seconds since 1970, as `15:31:52`; local time unless told otherwise.
    package init(
        level: ConsoleLevel,
        hasColors: Bool,
        timeOfDay: @escaping @Sendable (_ time: Double) -> String = ConsoleFormatter.localTimeOfDay
    ) {
        self.level = level
        self.hasColors = hasColors
        self.timeOfDay = timeOfDay
    }

    /// The line of an event, with its newline; nil where the level does not show it.
    package func line(for event: Event) -> String? {
        guard level >= ConsoleFormatter.level(of: event.kind) else { return nil }
        let name = ConsoleFormatter.displayName(of: event.job)
        let text = PrintableText.of(ConsoleFormatter.text(of: event.kind, name: name))
        return String(decoding: line(of: event.job, at: event.time) { $0.append(contentsOf: text.utf8) }, as: UTF8.self)
    }

    /// The line of a piece of output, with its newline; `[...]` stands where the piece is only a part of its line.
    package func line(
        for output: UnsafeRawBufferPointer,
        of job: JobName,
        at time: Double,
        piece: LineCutter.Piece = .whole
    ) -> [UInt8] {
        line(of: job, at: time) { line in
            if piece.isContinuation { line.append(contentsOf: "[...] ".utf8) }
            PrintableText.append(output, to: &line)
            if piece.isPartial { line.append(contentsOf: " [...]".utf8) }
        }
    }

    /// The line that tells that others were dropped.
    package func dropNote(_ count: UInt64, at time: Double) -> String {
        "\(timeOfDay(time)) gafferd | \(count) lines dropped"
    }

    private func line(of job: JobName, at time: Double, _ text: (inout [UInt8]) -> Void) -> [UInt8] {
        var line: [UInt8] = []
        if hasColors { line.append(contentsOf: ConsoleColor.of(job).sequence.utf8) }
        line.append(contentsOf: timeOfDay(time).utf8)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: ConsoleFormatter.displayName(of: job).utf8)
        line.append(contentsOf: " | ".utf8)
        text(&line)
        if hasColors { line.append(contentsOf: ConsoleColor.reset.utf8) }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// The job's own name in the default session, else the full one.
    package static func displayName(of job: JobName) -> String {
        job.session == JobName.defaultSession ? job.job : job.description
    }

    /// The level from which on an event is shown.
    static func level(of kind: Event.Kind) -> ConsoleLevel {
        switch kind {
        case .start, .stop, .spawn, .spawnError, .stopProcess, .reap, .kill, .exit, .flap: .events
        case .load, .unload, .update, .restart, .reload, .adopt, .signal, .backoff, .finish, .stray: .everything
        }
    }

    /// What happened, in the manual's words where it has some.
    static func text(of kind: Event.Kind, name: String) -> String {
        switch kind {
        case .load, .unload, .update, .start, .stop, .restart, .reload, .finish:
            "\(kind.word) \(name)"
        case .spawn(_, let osPid, _, _), .adopt(_, let osPid), .reap(_, let osPid), .kill(_, let osPid),
            .exit(_, let osPid, _, _):
            "\(kind.word) process with pid \(osPid)"
        case .stopProcess(_, let osPid):
            "stop process with pid \(osPid)"
        case .signal(_, let osPid, let signal):
            "send \(signal) to process with pid \(osPid)"
        case .spawnError(_, let reason):
            "can't start process: \(reason)"
        case .backoff(let delay):
            "restart \(name) in \(seconds(delay))"
        case .flap(let retryIn):
            "flap \(name): " + (retryIn.map { "retry in \(seconds($0))" } ?? "given up")
        case .stray(let osPids):
            "stray processes with pids " + osPids.map(String.init).joined(separator: ", ")
        }
    }

    /// As `1 s`, `0.25 s`: no more digits than matter.
    private static func seconds(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value) s" }
        let milliseconds = Int((value * 1000).rounded())
        guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
        return "\(Double(milliseconds) / 1000) s"
    }

    /// The local time, as `15:31:52`.
    package static func localTimeOfDay(_ time: Double) -> String {
        var seconds = time_t(time)
        var fields = tm()
        localtime_r(&seconds, &fields)
        func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
        return two(fields.tm_hour) + ":" + two(fields.tm_min) + ":" + two(fields.tm_sec)
    }
}
