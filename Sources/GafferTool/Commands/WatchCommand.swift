internal import GafferClient
internal import GafferModel
internal import WebClient

extension Command {
    package static let watch = Command(
        name: "watch",
        group: .look,
        abstract: "Shows what happens to jobs and processes, as it happens.",
        discussion: """
            A line is the time, the job, and the event with its job. PATTERN is the
            beginning of the events' names: exit, proc.web, job.shop.web.spawn; without one
            all are shown, each by its two names as gaffer always did. Ctrl-C ends it.
            When gafferd is started again, so is this, where it was.
            """,
        operands: [Operand("PATTERN", .optional)],
        options: [
            Option(name: "since", value: "SEQ", help: "begin after the event with that number, as far as remembered"),
            Option(name: "heartbeat", help: "print an empty line each minute in which nothing happens"),
            Option(name: "colorize", help: "the same as --color always"),
            Option(name: "no-reconnect", help: "end with an error when the connection breaks off"),
        ],
        examples: [
            Example("watch", "all events"),
            Example("watch proc.web", "those of the processes of default.web"),
            Example("watch --json exit", "exits, an object of JSON each"),
        ],
        json: #"a line for each event: {"event": "exit", "name": "SESSION.JOB", "pid": 1, "seq": 7, "time": ...}"#
    ) { invocation in
        try WatchCommand(invocation: invocation).run()
    }
}

private struct WatchCommand {
    let invocation: Invocation

    /// How long nothing may happen until the line of a heartbeat.
    private static let heartbeat = Duration.seconds(60)

    func run() throws -> ExitCode {
        let since = invocation.line.value("since") ?? ""
        let isNumber = since.split(separator: ".", maxSplits: 1).last.map { UInt64($0) != nil } ?? false
        guard since.isEmpty || isNumber else {
            throw invocation.usage("\(since.quoted) is no number of an event.")
        }
        if invocation.line.has("colorize") { invocation.output.terminal.isColored = true }
        let pattern = invocation.operands.first.flatMap { $0 == "." ? nil : $0 }
        let feed = try invocation.client().events(pattern, since: since, heartbeat: 60)
        var isLost = false
        var quiet = Deadline(after: Self.heartbeat)
        while true {
            try invocation.output.deliver()
            if !feed.isReadable {
                let isBeating = invocation.line.has("heartbeat")
                let next = [feed.wakeUp, isBeating ? quiet : nil].compactMap { $0 }
                    .min { $0.remaining < $1.remaining }
                let outcome = Readiness.wait(
                    for: [feed.descriptor],
                    watching: invocation.output.descriptor,
                    until: next
                )
                if case .ready(let places) = outcome, places.contains(1) { throw Output.ReaderGone() }
                if isBeating, quiet.hasPassed {
                    invocation.output.line("")
                    quiet = Deadline(after: Self.heartbeat)
                }
            }
            switch try feed.next(waiting: .zero) {
            case .event(let event):
                quiet = Deadline(after: Self.heartbeat)
                show(event)
            case .nothing:
                continue
            case .reconnected:
                isLost = false
                invocation.output.message("gafferd is there again.")
            case .lost(let error):
                guard !invocation.line.has("no-reconnect") else { throw error }
                if !isLost { invocation.output.message("\(error.message) Waiting for it to come back.") }
                isLost = true
            case .end:
                guard !invocation.line.has("no-reconnect") else {
                    throw Failure(.unreachable, "gafferd has ended the feed.")
                }
                if !isLost { invocation.output.message("gafferd has ended the feed. Waiting for it to come back.") }
                isLost = true
                feed.resume()
            }
        }
    }

    private func show(_ event: ServerEvent) {
        let json = try? JSON(parsing: Array(event.data.utf8))
        if event.event == "gap" {
            let why =
                if let lost = json?["lost"]?.intValue {
                    "\(lost) events are missing here: they came too fast, or are too long ago."
                } else {
                    "gafferd was started again; its last events before that may be missing here."
                }
            invocation.output.message(why)
            return
        }
        if invocation.wantsJSON {
            invocation.output.line((json ?? .string(event.data)).shown)
            return
        }
        let name = json?["name"]?.stringValue ?? ""
        let job = (try? JobName(parsing: name)).map(\.shown) ?? name
        let time = Clock.timeOfDay(json?["time"]?.doubleValue ?? Clock.now)
        let prefix = "\(time) \(job.escaped) |"
        let shown = invocation.output.terminal.isColored ? JobColor.applied(to: prefix, for: name) : prefix
        invocation.output.line("\(shown) \(event.event.escaped) \(job.escaped)")
        // As the manual shows it, without a pattern.
        guard !event.event.contains("."), invocation.operands.first.map({ $0 == "." }) ?? true else { return }
        invocation.output.line("\(shown) proc.\(job.escaped).\(event.event.escaped) \(job.escaped)")
    }
}
