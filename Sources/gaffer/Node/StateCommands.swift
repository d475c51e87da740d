internal import GafferClient
internal import GafferModel
internal import GafferTool

extension NodeCommands {
    static let psStart = Command(
        name: "ps:start",
        group: .control,
        abstract: "Starts the application that is loaded, or some of its jobs.",
        discussion: "'gaffer start' runs the application here, in the foreground, without a gafferd.",
        operands: [Operand("JOB|NAME", .any, .job)],
        options: Option.waiting,
        examples: [
            Command.Example("ps:start", "the application"),
            Command.Example("ps:start web shop.worker", "two jobs, one of another application"),
        ],
        json: Report.document
    ) { invocation in
        try Command.start.run(invocation.forApplication())
    }

    static let psStop = Command(
        name: "ps:stop",
        group: .control,
        abstract: "Stops the application that is loaded, some of its jobs, or single processes.",
        discussion: """
            The jobs stay loaded. In the place of a single process that is stopped, its job
            gets a new one.
            """,
        operands: [Operand("JOB|NAME|PID", .any, .jobOrPid)],
        options: Option.waiting + [neverAsks],
        examples: [
            Command.Example("ps:stop", "the application"),
            Command.Example("ps:stop web", "one job"),
            Command.Example("ps:stop 12", "the process with pid 12"),
        ],
        json: Report.document
    ) { invocation in
        try Command.stop.run(invocation.forApplication())
    }

    static let psRestart = Command(
        name: "ps:restart",
        group: .control,
        abstract: "Stops the application that is loaded, or some of its jobs, and starts it again.",
        operands: [Operand("JOB|NAME", .any, .job)],
        options: Option.waiting,
        examples: [
            Command.Example("ps:restart", "the application"),
            Command.Example("ps:restart web", "one job"),
        ],
        json: Report.document
    ) { invocation in
        try Command.restart.run(invocation.forApplication())
    }

    static let reload = Command(
        name: "reload",
        group: .control,
        abstract: "Replaces the processes of the application, or of some of its jobs.",
        discussion: """
            New processes are started before the old ones are stopped, where that can be
            done. The Procfile is not read: 'gaffer load' does that.
            """,
        operands: [Operand("JOB|NAME", .any, .job)],
        options: Option.waiting + [neverAsks],
        examples: [
            Command.Example("reload", "the application"),
            Command.Example("reload web", "one job"),
        ],
        json: Report.document
    ) { invocation in
        try Command.reload.run(invocation.forApplication())
    }

    /// As gaffer 0.5 had it, which asked before it stopped; what is stopped can be started again.
    private static let neverAsks = Option(name: "no-input", short: "y", help: "nobody is asked", isHidden: true)

    /// That nobody is asked.
    static let noInput = Option(name: "no-input", aliases: ["yes"], short: "y", help: "do not ask, do it")

    static let unload = Command(
        name: "unload",
        group: .configure,
        abstract: "Stops the application and takes it out of gafferd, or some of its jobs.",
        discussion: """
            On a terminal it asks before all of an application goes, unless -y is given.
            """,
        operands: [Operand("JOB|NAME", .any, .job)],
        options: [
            noInput,
            Option(name: "from-file", value: "FILE", completion: .file, help: "the jobs that a JSON file names"),
        ] + Option.waiting,
        examples: [
            Command.Example("unload", "the application of the current folder"),
            Command.Example("unload -y shop", "the application shop, without a question"),
            Command.Example("unload web", "one job"),
        ],
        json: Report.document
    ) { invocation in
        try UnloadCommand(invocation: invocation).run()
    }
}

private struct UnloadCommand {
    let invocation: Invocation

    func run() throws -> ExitCode {
        let wait = try invocation.wait()
        let targets = try targets()
        let question = Question(invocation.environment)
        for case .session(let name, let jobs) in targets where question.isTerminal && !invocation.line.has("no-input") {
            let count = jobs.count == 1 ? "its job" : "its \(jobs.count) jobs"
            let list = jobs.map(\.job).joined(separator: ", ")
            guard try question.confirm("Unload \(name) with \(count) (\(list))?", output: invocation.output) else {
                throw Failure(.failed, "Nothing was unloaded.")
            }
        }
        let jobs = targets.flatMap(\.jobs)
        var report = Report()
        for (name, outcome) in zip(jobs, try invocation.client().change(jobs, .unload, wait: wait)) {
            switch outcome {
            case .success: report.add(name, wait == .no ? "is being unloaded" : "unloaded")
            case .failure(let error): report.add(name, error)
            }
        }
        let code = report.finish(invocation)
        guard code == .ok, !invocation.wantsJSON else { return code }
        for case .session(let name, _) in targets {
            invocation.confirm("==> '\(name)' has been unloaded from \(invocation.node)")
        }
        return code
    }

    private func targets() throws -> [Target] {
        guard let path = invocation.line.value("from-file") else {
            let targets = try invocation.targets(invocation.forApplication().operands)
            for case .pid(let pid) in targets { throw invocation.usage("\(pid) is a pid; a job is wanted here.") }
            return targets
        }
        guard invocation.operands.isEmpty else {
            throw invocation.usage("Give either jobs or --from-file.")
        }
        let bytes = try JobFile.contents(of: path, input: invocation.environment.input)
        let session = invocation.givenApplication
        return try JobFile.jobs(in: bytes, path: path, session: session, invocation).map { .job($0.name) }
    }
}
