internal import GafferClient
internal import GafferConfig
internal import GafferModel
internal import GafferTool

extension NodeCommands {
    static let load = Command(
        name: "load",
        group: .configure,
        abstract: "Loads the application of the Procfile into gafferd, or jobs of a JSON file.",
        discussion: """
            NAME is the application's name, . that of its folder, which is the default. All
            is read and compared before anything changes. Where the application is loaded
            already, only what differs changes: jobs with another command or other variables
            get new processes, jobs that are no longer in the Procfile are unloaded, all
            others keep their processes, and the number that 'gaffer scale' gave them unless
            -c says another one. Jobs in the application that came from elsewhere are left
            alone.

            FILE.json holds a JSON object, or an array of them, with the members of a job's
            configuration; - is the standard input. Names without a session are jobs of the
            application.
            """,
        operands: [Operand("NAME|FILE.json", .optional, .file)],
        options: [
            .concurrency, .basePort,
            Option(name: "nostart", aliases: ["no-start"], help: "do not start what does not run already"),
        ] + Option.waiting,
        examples: [
            Command.Example("load", "the application of the current folder"),
            Command.Example("load -c web=2,worker=3 shop", "under another name, with so many processes"),
            Command.Example("-d /srv/shop load --nostart", "that of another folder, without starting it"),
            Command.Example("load - < jobs.json", "jobs from the standard input"),
        ],
        json: #"{"ok": true, "jobs": [{"name": "SESSION.JOB", "change": "loaded"}, ...], "errors": [...]}; "#
            + "change is loaded, changed, scaled, unchanged or removed"
    ) { invocation in
        try LoadCommand(invocation).run()
    }
}

private struct LoadCommand {
    private let invocation: Invocation
    private let wait: GafferClient.Wait
    /// How the whole is called where it is told of.
    private let title: String
    private let wanted: [LoadPlan.Wanted]
    private let options: LoadPlan.Options

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        wait = try invocation.wait()
        var options = LoadPlan.Options(starts: !invocation.line.has("nostart"))
        if let path = invocation.operands.first, Self.isFile(path) {
            title = path == "-" ? "the standard input" : path
            wanted = try Self.jobs(inFile: path, invocation)
        } else {
            let application = try Self.application(invocation)
            title = application.name
            options.procfile = application.procfile
            wanted = application.jobs
        }
        self.options = options
    }

    // MARK: What is wanted

    private static func isFile(_ word: String) -> Bool {
        word == "-" || word.hasSuffix(".json") || word.contains("/")
    }

    private static func jobs(inFile path: String, _ invocation: Invocation) throws -> [LoadPlan.Wanted] {
        guard invocation.line.values("concurrency").isEmpty else {
            throw invocation.usage("-c is for a Procfile; in a JSON file the member numprocesses says how many.")
        }
        let bytes = try JobFile.contents(of: path, input: invocation.environment.input)
        let session = invocation.givenApplication
        return try JobFile.jobs(in: bytes, path: path, session: session, invocation).map { job in
            do throws(GafferError) {
                let config = try JobConfig.read(json: .object(job.members)).config
                let isCounted = job.members.contains { $0.name == "numprocesses" }
                return LoadPlan.Wanted(name: job.name, config: config, count: isCounted ? config.numprocesses : nil)
            } catch {
                throw Failure(.failed, messages: ["\(job.name): \(error.message)"])
            }
        }
    }

    private static func application(
        _ invocation: Invocation
    ) throws -> (name: String, procfile: String, jobs: [LoadPlan.Wanted]) {
        let sources = try invocation.procfileSources()
        let formation = try invocation.formation()
        // A type with none is loaded, so that it can be scaled.
        var filled = formation
        filled.counts = formation.counts.mapValues { max(1, $0) }
        filled.others = max(1, formation.others)
        var options = ProcfileApplication.Options(formation: filled, port: try invocation.basePort())
        let name = invocation.operands.first.flatMap { $0 == "." ? nil : $0 }
        if let name, let given = invocation.givenApplication, given != name {
            throw invocation.usage("The application is \(name.quoted), and --app says \(given.quoted).")
        }
        if let name = name ?? invocation.givenApplication { options.naming = .named(name) }
        let application = try invocation.configured { () throws(ConfigErrors) in
            try ProcfileApplication(sources, options: options)
        }
        let isForAll = invocation.line.values("concurrency").contains { $0.contains("\(Formation.all)=") }
        let jobs = application.jobs.map { name, config in
            let count = formation.counts[name.job] ?? (isForAll ? formation.others : nil)
            return LoadPlan.Wanted(name: name, config: config, count: count)
        }
        let file = sources.procfile.file
        let current = try invocation.currentFolder()
        return (application.name, file.hasPrefix("/") ? file : "\(current)/\(file)", jobs)
    }

    // MARK: What is done

    func run() throws -> ExitCode {
        let client = try invocation.client()
        let sessions = Set(wanted.map(\.name.session))
        let isWhole = options.procfile != nil
        let names = Set(wanted.map(\.name))
        let loaded = try client.jobNames().filter { isWhole ? sessions.contains($0.session) : names.contains($0) }
        let plan = LoadPlan(wanted: wanted, loaded: try client.jobs(loaded), options: options)
        if !plan.hidden.isEmpty {
            let list = plan.hidden.map { "\($0)" }.joined(separator: ", ")
            throw Failure(
                .refused,
                "The variables of \(list) can't be compared: gafferd does not show them to you.",
                "Nothing was changed; loading needs the permission manage."
            )
        }
        var report = Report()
        var failures = 0
        for entry in plan.entries {
            do throws(ClientError) {
                try carryOut(entry, client)
                report.add(entry.name, entry.step.text, extra: [.init("change", .string(entry.step.word))])
            } catch {
                failures += 1
                report.add(entry.name, exact(error, entry, client))
            }
        }
        let code = report.finish(invocation)
        for name in plan.strangers {
            invocation.output.message("\(name) is not of this Procfile, and was left alone.")
        }
        if failures > 0 {
            let count = plan.entries.count
            invocation.output.message(
                "\(failures) of \(count) jobs failed; the others are as told."
            )
        } else if !invocation.wantsJSON {
            invocation.confirm("==> '\(title.escaped)' has been loaded in \(invocation.node)")
        }
        return code
    }

    /// The error, with what has been done all the same: a job that does not start is loaded, and is tried again.
    private func exact(_ error: ClientError, _ entry: LoadPlan.Entry, _ client: GafferClient) -> ClientError {
        let config: JobConfig
        switch entry.step {
        case .load(let new), .change(let new): config = new
        case .scale, .keep, .remove: return error
        }
        guard error.status != nil, let status = try? client.job(entry.name), LoadPlan.isSame(config, status) else {
            return error
        }
        // It is told with the name anyway.
        let prefix = "\(entry.name): "
        let message = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
        return ClientError(
            error.kind,
            status: error.status,
            reason: error.reason,
            message: "\(entry.step.word), but not all of it runs: \(message)",
            details: error.details
        )
    }

    private func carryOut(_ entry: LoadPlan.Entry, _ client: GafferClient) throws(ClientError) {
        let name = entry.name
        switch entry.step {
        case .load(let config):
            try client.load(config.body(of: name), session: name.session, wait: wait)
        case .change(let config):
            try client.update(name, config.body(of: name), wait: wait)
        case .scale(let count):
            _ = try client.scale(name, .to(count), wait: wait)
        case .keep:
            break
        case .remove:
            for outcome in client.change([name], .unload, wait: wait) { _ = try outcome.get() }
        }
    }
}

extension LoadPlan.Step {
    /// What became of a job.
    fileprivate var word: String {
        switch self {
        case .load: "loaded"
        case .change: "changed"
        case .scale: "scaled"
        case .keep: "unchanged"
        case .remove: "removed"
        }
    }

    fileprivate var text: String {
        if case .scale(let count) = self { "scaled to \(count)" } else { word }
    }
}

extension JobConfig {
    /// As it is sent, where the session stands in the route.
    fileprivate func body(of name: JobName) -> JSON {
        let members = json(name: name).objectValue ?? []
        return .object([.init("name", .string(name.job))] + members.filter { $0.name != "name" })
    }
}
