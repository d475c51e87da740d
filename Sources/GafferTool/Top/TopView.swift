internal import GafferClient
internal import GafferModel

/// The picture of `gafferctl top`: so many lines of so many columns as the screen has.
package struct TopView {
    let model: TopModel
    /// Whether the terminal has more than ASCII.
    let isUnicode: Bool

    package init(_ model: TopModel, isUnicode: Bool) {
        self.model = model
        self.isUnicode = isUnicode
    }

    private var width: Int { model.size.columns }

    /// The lines, as many as the screen has.
    package var lines: [ScreenLine] {
        guard model.size.rows > 0, width > 0 else { return [] }
        var lines: [ScreenLine] = []
        if model.prompt == .help {
            lines = help
        } else {
            if model.hasTitle { lines.append(title) }
            lines += TopTable(model, isUnicode: isUnicode).lines
            lines += log
            if model.hasBottom { lines.append(bottom) }
        }
        let empty = ScreenLine(width: width).filled()
        lines += Array(repeating: empty, count: max(0, model.size.rows - lines.count))
        return lines.prefix(model.size.rows).map { $0.filled() }
    }

    // MARK: The first and the last line

    private var title: ScreenLine {
        var line = ScreenLine(width: width)
        line.add("gafferctl top", CellStyle(.heading))
        line.add("  \(Clock.timeOfDay(model.now))")
        if let absence = model.absence {
            line.add("  gafferd is away: \(absence)", CellStyle(.bad))
            return line
        }
        let jobs = model.jobs.values
        var counts: [String: Int] = [:]
        for job in jobs { counts[job.state, default: 0] += 1 }
        line.add("  \(jobs.count) job\(jobs.count == 1 ? "" : "s")")
        for (index, (state, count)) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).enumerated() {
            line.add(index == 0 ? ": " : ", ")
            line.add("\(count) \(state)", CellStyle(Style(state: state)))
        }
        let cpu = model.usage.values.reduce(0) { $0 + ($1.all.cpu.last ?? 0) }
        let memory = model.usage.values.reduce(0) { $0 + ($1.all.memory.last ?? 0) }
        if !model.usage.isEmpty { line.add("  CPU \(TopTable.percent(cpu))%  MEM \(TopTable.size(memory))") }
        line.add("  \(model.endpoint)", CellStyle(.faint))
        return line
    }

    private var bottom: ScreenLine {
        var line = ScreenLine(width: width)
        switch model.prompt {
        case .question(let question, _): line.add("\(question) y/N ", CellStyle(.busy, isReversed: true))
        case .filter: add("Filter: \(model.filter)", "  (Enter keeps it, Escape shows all)", to: &line)
        case .scale(let job, let text): add("Processes of \(job) (3, +1, -1): \(text)", "", to: &line)
        case .signal(.job(let name), let text): add("Signal to \(name): \(text)", "", to: &line)
        case .signal(.process(let name, let pid), let text):
            add("Signal to process \(pid) of \(name): \(text)", "", to: &line)
        case .none, .help:
            if let notice = model.notice {
                line.add(notice.text, CellStyle(notice.isBad ? .bad : .heading))
            } else {
                if !model.filter.isEmpty { line.add("Filter: \(model.filter)  ", CellStyle(.heading)) }
                line.add(
                    "? help  q quit  / filter  s start  x stop  r restart  = scale  ! signal  l log  < > sort",
                    CellStyle(.faint)
                )
            }
        }
        return line
    }

    /// What is typed, its end in sight.
    private func add(_ text: String, _ hint: String, to line: inout ScreenLine) {
        let text = text.escaped
        line.add(text.columns < width ? text : String(text.suffix(max(0, width - 1))))
        line.add(" ", CellStyle(.plain, isReversed: true))
        line.add(hint, CellStyle(.faint))
    }

    // MARK: The log pane

    private var log: [ScreenLine] {
        guard model.logRows > 0 else { return [] }
        var heading = ScreenLine(width: width)
        let dash = isUnicode ? "─" : "-"
        heading.add("\(dash)\(dash) ")
        heading.add(model.selection.map { "\($0.job)" } ?? "no job", CellStyle(.heading))
        heading.add(" ")
        while heading.room > 0 { heading.add(dash) }
        var lines = [heading]
        let room = model.logRows - 1
        for text in TopLog(model).lines.suffix(room) {
            var line = ScreenLine(width: width)
            line.add(text)
            lines.append(line)
        }
        lines += Array(repeating: ScreenLine(width: width).filled(), count: model.logRows - lines.count)
        return lines
    }

    // MARK: The help

    private static let keys: [(key: String, meaning: String)] = [
        ("Up Down j k", "select a line; also PageUp, PageDown, Home, End"),
        ("Enter, Space", "show or hide the processes of a job; p: of all jobs"),
        ("/", "show only jobs whose name or state has that text; Escape: all"),
        ("N S U R C M", "sort by name, state, uptime, restarts, CPU, memory; < >: the next"),
        ("i", "sort the other way round"),
        ("l", "show what the selected job wrote last"),
        ("s", "start the job"),
        ("x", "stop the job or the process, after a question"),
        ("r o", "restart, or reload, the job, after a question"),
        ("+ - =", "a process more, one less after a question, or a number"),
        ("!", "send a signal to the job or the process"),
        ("Ctrl-L", "paint the screen anew"),
        ("q Ctrl-C", "end; Ctrl-Z: to the shell, fg comes back"),
    ]

    private var help: [ScreenLine] {
        var lines: [ScreenLine] = []
        var first = ScreenLine(width: width)
        first.add("Keys", CellStyle(.heading))
        first.add("  (any key goes back)", CellStyle(.faint))
        lines.append(first)
        for (key, meaning) in Self.keys {
            var line = ScreenLine(width: width)
            line.add(key, CellStyle(.heading), columns: 13)
            line.add(meaning)
            lines.append(line)
        }
        return lines
    }
}

/// The lines of the log pane.
struct TopLog {
    private let model: TopModel

    init(_ model: TopModel) {
        self.model = model
    }

    var lines: [String] {
        guard let tail = model.tail, let selection = model.selection, tail.job == selection.job else {
            return [model.absence == nil ? "..." : ""]
        }
        let parts = tail.answer.parts.filter { part in
            if case .process(_, let pid) = selection { return part.pid == pid && !part.bytes.isEmpty }
            return !part.bytes.isEmpty
        }
        guard !parts.isEmpty else { return ["(nothing was written)"] }
        // Nobody knows which of two streams wrote first; so each has its share of the lines, under its name.
        let share = max(1, (model.logRows - 1) / parts.count)
        return parts.flatMap { part -> [String] in
            var lines = part.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if lines.last?.isEmpty == true { lines.removeLast() }
            let prefix = parts.count > 1 ? "\(part.pid) \(part.stream.escaped) | " : ""
            return lines.suffix(share).map { line in
                let whole = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
                // A line is as long as a program likes; the screen is not.
                let shown = TerminalFilter.line(whole.prefix(4_096), keepsColors: false)
                return prefix + String(decoding: shown, as: UTF8.self).replacing("\t", with: "    ")
            }
        }
    }
}
