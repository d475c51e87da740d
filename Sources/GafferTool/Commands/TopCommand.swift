internal import GafferClient
internal import GafferModel
internal import Glibc
internal import WebClient

extension Command {
    package static let top = Command(
        name: "top",
        group: .look,
        abstract: "Shows jobs and processes live, with what they use, and controls them by keys.",
        discussion: """
            TEXT shows only jobs that have it in their name or state. The keys: ? shows them
            all, q ends. s starts the selected job, x stops it, r restarts it, = scales it,
            ! sends a signal, l shows its log, / filters, < and > sort. What ends processes
            is asked about first. Events are shown as they come; how much the processes in
            sight use is looked at each interval. When gafferd is started again, it goes on.

            Without a terminal, or with --json, it prints what there is once and ends.
            """,
        operands: [Operand("TEXT", .optional, .job)],
        options: [
            Option(name: "interval", value: "SECONDS", help: "how often CPU and memory are looked at (2)"),
            Option(
                name: "sort",
                value: "BY",
                choices: TopModel.Order.allCases.map(\.rawValue),
                help: "by what jobs are sorted: name, state, uptime, restarts, cpu or memory"
            ),
            Option(name: "log", short: "l", help: "begin with the log of the selected job"),
        ],
        examples: [
            Example("top", "all jobs"),
            Example("top --sort cpu --log shop", "those with shop in their name, the busiest first"),
            Example("top --json", "once, for a program"),
        ],
        json: #"{"jobs": [answers of GET /jobs/SESSION/JOB?instances=true, each with "stats": "#
            + #"answer of GET /jobs/SESSION/JOB/stats, null where nothing runs]}"#
    ) { invocation in
        try TopCommand(invocation).run()
    }
}

private struct TopCommand {
    private let invocation: Invocation
    private let interval: Duration

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        let text = invocation.line.value("interval") ?? "2"
        guard let seconds = Double(text), seconds >= 0.1, seconds <= 3_600 else {
            throw invocation.usage("\(text.quoted) is no value of --interval: give seconds from 0.1 to 3600.")
        }
        interval = .milliseconds(Int64(seconds * 1_000))
    }

    func run() throws -> ExitCode {
        let output = invocation.output
        guard !invocation.wantsJSON, let width = output.terminal.width, isatty(invocation.environment.input) == 1,
            invocation.environment.variable("TERM") != "dumb"
        else { return try printOnce() }
        // What happens after this is told, and what was before is listed after it: nothing is missed.
        let client = try invocation.client()
        let feed = try client.events(heartbeat: 60)
        let jobs = try client.jobs()
        try output.deliver()
        let signals = try TopLoop.catchSignals()
        guard
            let screen = FullScreen(
                input: invocation.environment.input,
                output: STDOUT_FILENO,
                isColored: output.terminal.isColored
            )
        else { throw Failure(.failed, "The terminal can't be used: error \(errno).") }
        defer { screen.restore() }
        let inbox = try TopInbox()
        let worker = TopWorker(client.twin(), inbox)
        let follower = TopFollower(feed, inbox)
        try BackgroundThread.start { worker.run() }
        try BackgroundThread.start { follower.run() }
        var model = model(ScreenSize(columns: width, rows: 24))
        model.size = screen.size
        model.take(.jobs(jobs))
        var loop = TopLoop(
            model,
            screen: screen,
            signals: signals,
            input: invocation.environment.input,
            inbox: inbox,
            worker: worker,
            interval: interval,
            isUnicode: invocation.environment.isUnicode
        )
        try loop.run()
        return .ok
    }

    private func model(_ size: ScreenSize) -> TopModel {
        var model = TopModel(endpoint: invocation.endpoint, size: size, now: invocation.now)
        model.filter = invocation.operands.first ?? ""
        model.showsLog = invocation.line.has("log")
        if let order = invocation.line.value("sort").flatMap(TopModel.Order.init(rawValue:)) { model.order = order }
        return model
    }

    private func printOnce() throws -> ExitCode {
        let client = try invocation.client()
        let jobs = try client.jobs()
        let active = jobs.map(\.name).enumerated().filter { !jobs[$0.offset].instances.isEmpty }.map(\.element)
        let stats = Array(zip(active, try client.stats(of: active))).map { (job: $0, answer: $1) }
        var model = model(ScreenSize(columns: invocation.output.terminal.width ?? 1_000, rows: 0))
        model.showsLog = false
        model.showsHistory = false
        model.take(.jobs(jobs))
        model.take(.stats(stats))
        guard !invocation.wantsJSON else {
            let answers = Dictionary(stats.map { ($0.job, $0.answer) }, uniquingKeysWith: { first, _ in first })
            var seen: Set<JobName> = []
            let shown = model.rows.filter { seen.insert($0.job.name).inserted }.map(\.job)
            invocation.print([
                "jobs": .array(
                    shown.map { .object(($0.json.objectValue ?? []) + [.init("stats", answers[$0.name] ?? .null)]) }
                )
            ])
            return .ok
        }
        // Room for every line, the headings and those around them.
        model.size.rows = max(1, model.rows.count) + 3
        let lines = TopView(model, isUnicode: invocation.environment.isUnicode).lines.map(\.text)
        for line in lines.dropLast() { invocation.output.line(line) }
        return .ok
    }
}

extension Environment {
    /// Whether the terminal has more than ASCII.
    package var isUnicode: Bool {
        let locale = nonEmpty("LC_ALL") ?? nonEmpty("LC_CTYPE") ?? nonEmpty("LANG") ?? ""
        let name = locale.lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }
}
