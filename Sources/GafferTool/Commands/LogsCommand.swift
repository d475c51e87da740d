internal import GafferClient
internal import GafferModel

extension Command {
    package static let logs = Command(
        name: "logs",
        group: .look,
        abstract: "Prints the last lines that jobs or processes wrote, and with -f what they write from now on.",
        discussion: """
            gafferd remembers the end of every stream of every process that runs. Without -f
            the lines stand under headings where there are several streams. With -f they are
            printed as they come, also of processes that are started later; those of several
            processes have a prefix: the time at which the line came here, the job, the
            number of its instance. Ctrl-C ends it.

            On a terminal colours pass, and other control characters are made visible; --raw
            passes everything. Where lines were lost since they came too fast, a message
            says so.
            """,
        operands: [Operand("JOB|PID", .atLeastOne, .jobOrPid)],
        options: [
            Option(name: "follow", short: "f", help: "go on with what is written from now on"),
            Option(name: "lines", short: "n", value: "N", help: "how many lines of each stream, 10000 at most (10)"),
            Option(name: "stream", value: "LABEL", help: "only that stream, as stdout or stderr"),
            Option(name: "raw", help: "pass the bytes on as they are"),
            Option(name: "prefix", help: "begin each line with where it comes from"),
            Option(name: "no-prefix", help: "print the lines alone"),
        ],
        examples: [
            Example("logs web", "the last 10 lines of each stream"),
            Example("logs -n 100 --stream stderr web", "the last 100 lines of stderr"),
            Example("logs -f web shop.worker", "what two jobs write, as it comes"),
            Example("logs -f '*'", "what everything writes"),
            Example("logs 12", "the last lines of the process with pid 12"),
        ],
        json: #"{"tail": [{"pid": 1, "stream": "stdout", "data": "text", "data_b64": "the bytes in Base64"}, ...]}; "#
            + #"with -f a line {"time", "name", "pid", "stream", "data"} each, and "data_b64" where it is no UTF-8"#
    ) { invocation in
        try LogsCommand(invocation).run()
    }
}

private struct LogsCommand {
    private let invocation: Invocation
    private let lines: Int
    private let stream: String?
    private let home: String

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        stream = invocation.line.value("stream")
        let isFollowing = invocation.line.has("follow")
        let text = invocation.line.value("lines") ?? "10"
        guard let lines = Int(text), ((isFollowing ? 0 : 1)...10_000).contains(lines) else {
            throw invocation.usage("\(text.quoted) is no value of --lines: give a number from 1 to 10000.")
        }
        self.lines = lines
        // Where it can't be told, all names are full ones.
        home = ((try? invocation.application()) ?? nil) ?? JobName.defaultSession
    }

    func run() throws -> ExitCode {
        try invocation.line.has("follow") ? follow() : printTails()
    }

    // MARK: What there is

    private func printTails() throws -> ExitCode {
        let client = try invocation.client()
        var tails: [TailView.Tail] = []
        for target in try invocation.targets(invocation.operands) {
            if case .pid(let pid) = target {
                let process = try client.process(pid)
                let parts = try client.tail(process.name, lines: lines, stream: stream).parts.filter { $0.pid == pid }
                tails.append(TailView.Tail(job: process.name, parts: parts))
            } else {
                for job in target.jobs {
                    let parts = try client.tail(job, lines: lines, stream: stream).parts
                    tails.append(TailView.Tail(job: job, parts: parts))
                }
            }
        }
        if invocation.wantsJSON {
            let isNamed = tails.count > 1
            invocation.print(["tail": .array(tails.flatMap { $0.json(isNamed: isNamed) })])
            return .ok
        }
        var printer = printer(isSeveral: false)
        printer.hasTime = false
        let view = TailView(tails: tails, printer: printer, now: invocation.now)
        invocation.output.write(view.bytes)
        return .ok
    }

    // MARK: What comes

    private func follow() throws -> ExitCode {
        let client = try invocation.client()
        let targets = try invocation.targets(invocation.operands)
        let matches = try matcher(targets)
        let pids = targets.compactMap { if case .pid(let pid) = $0 { pid } else { nil } }
        let isSeveral = targets.count > 1 || pids.isEmpty && targets.flatMap(\.jobs).count > 1
        // Those that come after this are told, and those before are listed after it: none is missed.
        let spawns = pids.count == targets.count ? nil : try client.events("spawn")
        let list = { try Self.candidates(targets, pids, matches, client) }
        let found = try list()
        let printer = printer(isSeveral: isSeveral || found.count > 1)
        if let onlyPID = pids.first, invocation.line.has("raw"), targets.count == 1, !printer.hasPrefix {
            return try pass(client.output(of: onlyPID, stream ?? GafferClient.allStreams, tail: lines))
        }
        let follower = LogFollower(
            client,
            invocation.output,
            printer,
            label: stream,
            spawns: spawns,
            matches: matches,
            list: list
        )
        try follower.run(tail: lines)
        return .ok
    }

    /// Passes bytes on until there are no more.
    private func pass(_ feed: OutputFeed) throws -> ExitCode {
        try invocation.pass(feed)
        return .ok
    }

    private static func candidates(
        _ targets: [Target],
        _ pids: [Int],
        _ matches: (JobName) -> Bool,
        _ client: GafferClient
    ) throws(ClientError) -> [LogFollower.Candidate] {
        var found: [LogFollower.Candidate] = []
        for pid in pids {
            do throws(ClientError) {
                let process = try client.process(pid)
                found.append(
                    .init(
                        job: process.name,
                        pid: pid,
                        osPid: process.json["os_pid"]?.intValue ?? 0,
                        instance: process.json["instance"]?.intValue
                    )
                )
            } catch {
                guard error.kind == .notFound, targets.count > 1 else { throw error }
            }
        }
        guard pids.count < targets.count else { return found }
        let names = targets.flatMap(\.jobs)
        // The jobs that are named are asked for alone, so that who may see only those can follow them.
        let isOpen = targets.contains { if case .job = $0 { false } else { true } }
        let jobs = isOpen ? try client.jobs().filter { matches($0.name) } : try client.jobs(names)
        for job in jobs {
            for process in job.instances where !found.contains(where: { $0.pid == process.pid }) {
                found.append(
                    .init(job: job.name, pid: process.pid, osPid: process.osPid, instance: process.instance)
                )
            }
        }
        return found
    }

    /// Which later processes are followed: those of the jobs and sessions that are named, and of what the patterns match.
    private func matcher(_ targets: [Target]) throws -> (JobName) -> Bool {
        var names: Set<JobName> = []
        var sessions: Set<String> = []
        for target in targets {
            switch target {
            case .pid: continue
            case .session(let session, _): sessions.insert(session)
            case .job(let name): names.insert(name)
            case .everything: return { _ in true }
            }
        }
        let patterns = try invocation.operands.filter(Pattern.isPattern).map { text in
            try NamePattern(text, application: invocation.application())
        }
        return { name in
            names.contains(name) || sessions.contains(name.session) || patterns.contains { $0.matches(name) }
        }
    }

    private func printer(isSeveral: Bool) -> LogPrinter {
        let choice = invocation.line.last(of: "prefix", "no-prefix")
        let terminal = invocation.output.terminal
        return LogPrinter(
            isJSON: invocation.wantsJSON,
            isRaw: invocation.line.has("raw"),
            hasPrefix: choice.map { $0 == "prefix" } ?? isSeveral,
            isTerminal: terminal.width != nil,
            isColored: terminal.isColored,
            home: home
        )
    }
}
