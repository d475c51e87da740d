internal import GafferClient
internal import GafferModel

/// The table of `gafferctl top`: columns are left out where the screen is narrow.
struct TopTable {
    private enum Column: CaseIterable {
        case job, state, count, pid, osPid, uptime, restarts, cpu, cpuHistory, memory, memoryHistory, last

        var title: String {
            switch self {
            case .job: "JOB"
            case .state: "STATE"
            case .count: "PROCS"
            case .pid: "PID"
            case .osPid: "OS PID"
            case .uptime: "UPTIME"
            case .restarts: "RESTARTS"
            case .cpu: "CPU%"
            case .memory: "MEM"
            case .cpuHistory, .memoryHistory: ""
            case .last: "LAST EXIT, NEXT"
            }
        }

        var isNumber: Bool {
            switch self {
            case .count, .pid, .osPid, .uptime, .restarts, .cpu, .memory: true
            case .job, .state, .cpuHistory, .memoryHistory, .last: false
            }
        }

        var order: TopModel.Order? {
            switch self {
            case .job: .name
            case .state: .state
            case .uptime: .uptime
            case .restarts: .restarts
            case .cpu: .cpu
            case .memory: .memory
            case .count, .pid, .osPid, .cpuHistory, .memoryHistory, .last: nil
            }
        }
    }

    private typealias Field = (text: String, style: Style)

    private let model: TopModel
    private let isUnicode: Bool

    private static let gap = 2
    private static let historyWidth = 10
    /// What is left out first where there is no room.
    private static let leastNeeded: [Column] = [
        .osPid, .memoryHistory, .cpuHistory, .last, .restarts, .uptime, .pid, .count, .memory, .cpu, .state,
    ]

    init(_ model: TopModel, isUnicode: Bool) {
        self.model = model
        self.isUnicode = isUnicode
    }

    /// The headings, where there is room, and the lines that are in sight.
    var lines: [ScreenLine] {
        let all = model.rows
        let visible = Array(all.dropFirst(model.top).prefix(model.tableRows))
        let fields = visible.map { row in Column.allCases.map { field($0, row) } }
        let (columns, widths) = fitted(fields)
        var lines: [ScreenLine] = []
        if model.hasHeadings { lines.append(headings(columns, widths)) }
        for (row, fields) in zip(visible, fields) {
            let isSelected = row.id == model.selection
            var line = ScreenLine(width: model.size.columns)
            for (place, column) in columns.enumerated() {
                guard let index = Column.allCases.firstIndex(of: column) else { continue }
                if place > 0 { line.add("  ", CellStyle(.plain, isReversed: isSelected)) }
                line.add(
                    fields[index].text,
                    CellStyle(fields[index].style, isReversed: isSelected),
                    columns: widths[place],
                    isNumber: column.isNumber
                )
            }
            lines.append(line.filled(CellStyle(.plain, isReversed: isSelected)))
        }
        if visible.isEmpty, model.tableRows > 0 {
            var line = ScreenLine(width: model.size.columns)
            line.add(model.jobs.isEmpty ? "There are no jobs." : "No job has that in its name or state.", .init(.faint))
            lines.append(line)
        }
        let wanted = model.tableRows + (model.hasHeadings ? 1 : 0)
        lines += Array(
            repeating: ScreenLine(width: model.size.columns).filled(),
            count: max(0, wanted - lines.count)
        )
        return lines
    }

    private func headings(_ columns: [Column], _ widths: [Int]) -> ScreenLine {
        var line = ScreenLine(width: model.size.columns)
        for (place, column) in columns.enumerated() {
            let isSorted = column.order == model.order
            if place > 0 { line.add("  ") }
            line.add(
                column.title,
                CellStyle(.heading, isReversed: isSorted),
                columns: widths[place],
                isNumber: column.isNumber
            )
        }
        return line
    }

    /// The columns that there is room for, and how wide they are.
    private func fitted(_ fields: [[Field]]) -> (columns: [Column], widths: [Int]) {
        var widths: [Column: Int] = [:]
        for (index, column) in Column.allCases.enumerated() {
            widths[column] = max(column.title.columns, fields.map { $0[index].text.columns }.max() ?? 0)
        }
        var columns = Column.allCases
        let wanted = (job: widths[.job] ?? 0, last: widths[.last] ?? 0)
        widths[.job] = min(wanted.job, 16)
        widths[.last] = min(wanted.last, 16)
        func needed() -> Int { columns.reduce(0) { $0 + (widths[$1] ?? 0) } + Self.gap * (columns.count - 1) }
        for column in Self.leastNeeded where needed() > model.size.columns { columns.removeAll { $0 == column } }
        // What is left over goes to those that were shortened.
        let forJob = min(wanted.job - min(wanted.job, 16), max(0, model.size.columns - needed()))
        widths[.job, default: 0] += forJob
        let forLast = min(wanted.last - min(wanted.last, 16), max(0, model.size.columns - needed()))
        widths[.last, default: 0] += forLast
        return (columns, columns.map { widths[$0] ?? 0 })
    }

    // MARK: What stands in the cells

    private func field(_ column: Column, _ row: TopModel.Row) -> Field {
        if let process = row.process { return field(column, process, of: row.job) }
        let job = model.current(row.job)
        let view = JobView(job: job, now: model.now)
        let usage = model.usage[job.name]?.all
        let only = job.instances.count == 1 ? job.instances.first : nil
        switch column {
        case .job: return (job.name.shown.escaped, .heading)
        case .state: return (job.state.escaped, Style(state: job.state))
        case .count: return (view.count, .plain)
        case .pid: return (only.map { "\($0.pid)" } ?? "", .plain)
        case .osPid: return (only.map { $0.osPid == 0 ? "-" : "\($0.osPid)" } ?? "", .plain)
        case .uptime: return (view.uptime, .plain)
        case .restarts: return ("\(job.restarts)", .plain)
        case .cpu, .cpuHistory, .memory, .memoryHistory: return field(column, usage)
        case .last: return ((view.next ?? view.lastExit ?? "").escaped, view.next == nil ? .plain : .busy)
        }
    }

    private func field(_ column: Column, _ process: JobStatus.Instance, of job: JobStatus) -> Field {
        let usage = model.usage[job.name]?.processes[process.pid]
        switch column {
        case .job:
            let name = process.isCommit ? "one-off" : "\(job.name.shown).\(process.instance)"
            return ("  \(name)".escaped, .plain)
        case .state: return (process.state.escaped, Style(state: process.state))
        case .count, .restarts, .last: return ("", .plain)
        case .pid: return ("\(process.pid)", .plain)
        case .osPid: return (process.osPid == 0 ? "-" : "\(process.osPid)", .plain)
        case .uptime:
            return (process.createTime > 0 ? Human.duration(model.now - process.createTime) : "-", .plain)
        case .cpu, .cpuHistory, .memory, .memoryHistory: return field(column, usage)
        }
    }

    private func field(_ column: Column, _ usage: TopUsage?) -> Field {
        let isPicture = column == .cpuHistory || column == .memoryHistory
        guard !isPicture || model.showsHistory else { return ("", .plain) }
        guard let usage else {
            // As wide as it will be, so that nothing moves once there is something to be shown.
            return (isPicture ? String(repeating: " ", count: Self.historyWidth) : "-", .faint)
        }
        func picture(_ history: History, floor: Double) -> Field {
            (history.sparkline(columns: Self.historyWidth, floor: floor, isUnicode: isUnicode), .good)
        }
        return switch column {
        case .cpu: (usage.cpu.last.map(Self.percent) ?? "-", .plain)
        case .memory: (usage.memory.last.map(Self.size) ?? "-", .plain)
        case .cpuHistory: picture(usage.cpu, floor: 25)
        case .memoryHistory: picture(usage.memory, floor: 1)
        default: ("", .plain)
        }
    }

    static func percent(_ value: Double) -> String {
        let tenths = Int(min(max(0, value), 1e9) * 10 + 0.5)
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func size(_ value: Double) -> String { ByteSize.human(UInt64(min(max(0, value), 1e18))) }
}
