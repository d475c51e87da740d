package import GafferClient
package import GafferModel

/// Everything that `gafferctl top` knows and shows, changed by keys and by what comes from gafferd.
package struct TopModel: Sendable {
    /// By what the jobs are sorted.
    package enum Order: String, CaseIterable, Sendable {
        case name, state, uptime, restarts, cpu, memory
    }

    /// What the bottom line is for.
    package enum Prompt: Equatable, Sendable {
        case none, help
        /// What is typed changes the filter at once.
        case filter
        /// A question, and what follows a yes.
        case question(String, TopAction)
        /// The number of processes of a job is typed.
        case scale(JobName, String)
        /// The name of a signal is typed, for a job or one of its processes.
        case signal(RowID, String)
    }

    /// What a line of the table stands for.
    package enum RowID: Hashable, Sendable {
        case job(JobName)
        case process(JobName, pid: Int)

        /// The job.
        package var job: JobName {
            switch self {
            case .job(let name), .process(let name, _): name
            }
        }
    }

    /// A line of the table.
    package struct Row: Sendable {
        package let id: RowID
        package let job: JobStatus
        /// The process; nil: the line is of the job.
        package let process: JobStatus.Instance?
    }

    /// A short message about what was done.
    package struct Notice: Equatable, Sendable {
        package let text: String
        package let isBad: Bool
        /// When it goes, in seconds since 1970.
        package let end: Double
    }

    /// The seconds since 1970.
    package var now: Double
    /// How large the screen is.
    package var size: ScreenSize
    /// Where gafferd listens, for the first line.
    package let endpoint: String

    /// The jobs, by name.
    package private(set) var jobs: [JobName: JobStatus] = [:]
    /// When each of them was told, in seconds since 1970.
    private var times: [JobName: Double] = [:]
    /// What they use.
    package private(set) var usage: [JobName: TopJobUsage] = [:]
    /// Why gafferd is not there; nil: it is.
    package private(set) var absence: String?
    /// Why nothing more can come.
    package private(set) var failure: ClientError?
    /// The last lines of the selected job.
    package private(set) var tail: (job: JobName, answer: TailAnswer)?
    package internal(set) var notice: Notice?

    package var order = Order.name
    package internal(set) var isInverted = false
    package var filter = ""
    package internal(set) var prompt = Prompt.none
    package var showsLog = false
    /// Whether the last looks have a picture; a single one has none.
    package var showsHistory = true
    package internal(set) var hidesProcesses = false
    /// The jobs whose processes are shown or hidden unlike those of the others.
    var exceptions: Set<JobName> = []
    /// The line of the table that keys are for.
    package internal(set) var selection: RowID?
    /// The first line of the table that is on the screen.
    package internal(set) var top = 0

    private var look = TopLook()

    package init(endpoint: String, size: ScreenSize, now: Double) {
        self.endpoint = endpoint
        self.size = size
        self.now = now
    }

    /// The lines of the table, as they are sorted and filtered.
    package var rows: [Row] {
        sorted().flatMap { job -> [Row] in
            let own = Row(id: .job(job.name), job: job, process: nil)
            guard showsProcesses(of: job) else { return [own] }
            return [own]
                + job.instances.map { Row(id: .process(job.name, pid: $0.pid), job: job, process: $0) }
        }
    }

    /// Whether the processes of a job have lines of their own; where it has one, the line of the job tells it all.
    package func showsProcesses(of job: JobStatus) -> Bool {
        let isUsual = !hidesProcesses && job.instances.count > 1
        return !job.instances.isEmpty && isUsual != exceptions.contains(job.name)
    }

    /// The jobs as they are now: a wait goes on while nobody tells of it.
    package func current(_ job: JobStatus) -> JobStatus {
        var job = job
        if let wait = job.retryIn { job.retryIn = max(0, wait - max(0, now - (times[job.name] ?? now))) }
        return job
    }

    private func sorted() -> [JobStatus] {
        let wanted = filter.lowercased()
        let shown = jobs.values.filter { job in
            wanted.isEmpty || "\(job.name)".lowercased().contains(wanted) || job.state.contains(wanted)
        }
        return shown.sorted { left, right in
            let comparison = compare(left, right)
            guard comparison != 0 else { return Self.isBefore(left.name, right.name) }
            return isInverted ? comparison > 0 : comparison < 0
        }
    }

    /// Below 0 where the left one comes first.
    private func compare(_ left: JobStatus, _ right: JobStatus) -> Int {
        func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int { left < right ? -1 : left > right ? 1 : 0 }
        switch self.order {
        case .name: return isInverted ? (Self.isBefore(left.name, right.name) ? -1 : 1) : 0
        case .state: return order(Self.urgency(left.state), Self.urgency(right.state))
        case .uptime: return order(started(left), started(right))
        case .restarts: return order(right.restarts, left.restarts)
        case .cpu: return order(usage[right.name]?.all.cpu.last ?? -1, usage[left.name]?.all.cpu.last ?? -1)
        case .memory: return order(usage[right.name]?.all.memory.last ?? -1, usage[left.name]?.all.memory.last ?? -1)
        }
    }

    private func started(_ job: JobStatus) -> Double {
        job.instances.lazy.filter { !$0.isCommit && $0.createTime > 0 }.map(\.createTime).min() ?? .infinity
    }

    private static func isBefore(_ left: JobName, _ right: JobName) -> Bool {
        (left.session, left.job) < (right.session, right.job)
    }

    /// What needs somebody's eye comes first.
    private static func urgency(_ state: String) -> Int {
        ["failed", "flapping", "backoff", "starting", "stopping", "running", "finished", "stopped", "idle"]
            .firstIndex(of: state) ?? 9
    }
}

// MARK: What comes

extension TopModel {
    /// How long a message is shown, in seconds.
    static let noticeTime = 6.0

    /// Takes what has come.
    package mutating func take(_ report: TopReport) {
        switch report {
        case .jobs(let list):
            jobs = [:]
            for job in list { add(job) }
            usage = usage.filter { jobs[$0.key] != nil }
            times = times.filter { jobs[$0.key] != nil }
            exceptions.formIntersection(jobs.keys)
        case .some(let list, let gone):
            for job in list { add(job) }
            for name in gone {
                jobs[name] = nil
                usage[name] = nil
                times[name] = nil
            }
        case .changed(let names): look.jobs.formUnion(names)
        case .everythingChanged: look.isEverything = true
        case .stats(let answers):
            for (name, answer) in answers where jobs[name] != nil { usage[name, default: TopJobUsage()].take(answer) }
        case .tail(let name, let answer): tail = (name, answer)
        case .told(let text, let isBad): tell(text, isBad: isBad)
        case .lost(let reason): absence = reason
        case .connected:
            // Pids and numbers of another gafferd say nothing about those before.
            absence = nil
            look.isEverything = true
        case .failed(let error): failure = error
        }
        settle()
    }

    /// Time goes on.
    package mutating func tick(_ now: Double) {
        self.now = now
        if let notice, notice.end <= now { self.notice = nil }
        settle()
    }

    mutating func tell(_ text: String, isBad: Bool = false) {
        notice = Notice(text: text, isBad: isBad, end: now + Self.noticeTime)
    }

    private mutating func add(_ job: JobStatus) {
        jobs[job.name] = job
        times[job.name] = now
        if job.instances.isEmpty { usage[job.name] = nil }
    }

    /// What has to be asked for since something happened.
    package mutating func takeLook() -> TopLook {
        defer { look = TopLook() }
        return absence == nil ? look : TopLook()
    }

    /// Whether ``takeLook()`` has something to give.
    package var hasLook: Bool { absence == nil && !look.isEmpty }

    /// What is to be asked for time and again, of what is on the screen alone.
    package var regularLook: TopLook {
        var look = TopLook()
        guard absence == nil else { return look }
        let rows = rows
        let isSortedByUse = order == .cpu || order == .memory
        let shown = isSortedByUse ? rows[...] : rows.dropFirst(top).prefix(tableRows)
        var seen: Set<JobName> = []
        for row in shown where !row.job.instances.isEmpty && seen.insert(row.job.name).inserted {
            look.stats.append(row.job.name)
        }
        if logRows > 0, let job = selection?.job, jobs[job] != nil {
            look.tail = job
            look.tailLines = logRows
        }
        return look
    }

    /// Keeps the selection on a line that exists, and on the screen.
    mutating func settle() {
        let rows = rows
        guard !rows.isEmpty else {
            selection = nil
            top = 0
            return
        }
        let place: Int
        if let found = rows.firstIndex(where: { $0.id == selection }) {
            place = found
        } else if let job = selection?.job, let found = rows.firstIndex(where: { $0.id == .job(job) }) {
            place = found
        } else {
            place = 0
        }
        select(place, of: rows)
    }

    mutating func select(_ place: Int, of rows: [Row]) {
        let place = min(max(0, place), rows.count - 1)
        selection = rows[place].id
        let height = max(1, tableRows)
        top = min(max(top, place - height + 1), place)
        top = max(0, min(top, rows.count - height))
    }
}

// MARK: How the screen is divided

extension TopModel {
    private var hasPrompt: Bool { prompt != .none }
    var hasTitle: Bool { size.rows >= 4 }
    var hasHeadings: Bool { size.rows >= 5 }
    var hasBottom: Bool { size.rows >= 3 || hasPrompt && size.rows > 0 }

    /// The lines of the log pane, its heading included; 0: it is not shown.
    package var logRows: Int {
        guard showsLog, size.rows >= 10 else { return 0 }
        return max(4, (size.rows - 3) * 2 / 5)
    }

    /// How many lines the table has.
    package var tableRows: Int {
        max(0, size.rows - (hasTitle ? 1 : 0) - (hasHeadings ? 1 : 0) - (hasBottom ? 1 : 0) - logRows)
    }
}
