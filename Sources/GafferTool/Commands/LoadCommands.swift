internal import GafferClient
internal import GafferModel

extension Command {
    private static let fileDiscussion = """
        FILE holds a JSON object, or an array of them, with the members of a job's
        configuration: name, cmd, args, env, numprocesses, ...; - is the standard input.
        The session stands in the name (shop.web) or in --session.
        """

    private static let session = Option(
        name: "session",
        value: "SESSION",
        completion: .session,
        help: "the session of jobs whose names have none (default)"
    )

    package static let load = Command(
        name: "load",
        aliases: ["load_process"],
        group: .configure,
        abstract: "Loads jobs from a JSON file.",
        discussion: fileDiscussion,
        operands: [Operand("FILE", .one, .file)],
        options: [
            session,
            Option(name: "start", help: "start them, whatever their member start says"),
            Option(name: "no-start", help: "do not start them"),
        ] + Option.waiting,
        examples: [
            Example("load web.json", "the jobs of a file"),
            Example("load --session shop - < web.json", "from the standard input, into the session shop"),
        ],
        json: Report.document
    ) { invocation in
        let jobs = try JobFile.read(invocation)
        let client = try invocation.client()
        let wait = try invocation.wait()
        var report = Report()
        for job in jobs {
            var members = [JSON.Member("name", .string(job.name.job))] + job.members
            if let start = invocation.line.last(of: "start", "no-start") {
                members.removeAll { $0.name == "start" }
                members.append(.init("start", .bool(start == "start")))
            }
            report.add([job.name], "\(job.name)", "loaded") { () throws(ClientError) in
                try client.load(.object(members), session: job.name.session, wait: wait)
            }
        }
        return report.finish(invocation)
    }

    package static let update = Command(
        name: "update",
        group: .configure,
        abstract: "Replaces the configuration of jobs with that of a JSON file.",
        discussion: fileDiscussion,
        operands: [Operand("FILE", .one, .file)],
        options: [session] + Option.waiting,
        examples: [Example("update web.json", "the jobs of a file, which must be loaded")],
        json: Report.document
    ) { invocation in
        let jobs = try JobFile.read(invocation)
        let client = try invocation.client()
        let wait = try invocation.wait()
        var report = Report()
        for job in jobs {
            report.add([job.name], "\(job.name)", "updated") { () throws(ClientError) in
                try client.update(job.name, .object(job.members), wait: wait)
            }
        }
        return report.finish(invocation)
    }

    package static let unload = Command(
        name: "unload",
        aliases: ["del_process"],
        group: .configure,
        abstract: "Stops jobs and forgets them.",
        operands: [Operand("JOB", .atLeastOne, .job)],
        options: Option.waiting,
        examples: [
            Example("unload web", "the job default.web"),
            Example("unload 'shop.*'", "all jobs of the session shop"),
        ],
        json: Report.document
    ) { invocation in
        let wait = try invocation.wait()
        let jobs = try invocation.jobs(invocation.operands)
        var report = Report()
        let outcomes = try invocation.showingProgress("unloading", .gone, of: jobs, wait: wait != .no) {
            try invocation.client().change(jobs, .unload, wait: wait)
        }
        for (name, outcome) in zip(jobs, outcomes) {
            switch outcome {
            case .success: report.add(name, wait == .no ? "is being unloaded" : "unloaded")
            case .failure(let error): report.add(name, error)
            }
        }
        return report.finish(invocation)
    }

    /// The command of gaffer 0.4.
    package static let addProcess = Command(
        name: "add_process",
        isHidden: true,
        abstract: "Loads a job that runs a command; starts it with --start.",
        operands: [Operand("NAME"), Operand("CMD", .atLeastOne)],
        options: [Option(name: "start", help: "start it")] + Option.waiting,
        examples: [Example("add_process --start web 'python3 -m http.server'", "a job with a command")],
        json: Report.document
    ) { invocation in
        let name = try JobFile.name(invocation.operands[0], session: nil, invocation)
        let cmd = invocation.operands.dropFirst().joined(separator: " ")
        let config: JSON = [
            "name": .string(name.job), "cmd": .string(cmd), "start": .bool(invocation.line.has("start")),
        ]
        let wait = try invocation.wait()
        let client = try invocation.client()
        var report = Report()
        report.add([name], "\(name)", "loaded") { () throws(ClientError) in
            try client.load(config, session: name.session, wait: wait)
        }
        return report.finish(invocation)
    }

    /// The command of gaffer 0.4.
    package static let updateProcess = Command(
        name: "update_process",
        isHidden: true,
        abstract: "Replaces the command of a job.",
        operands: [Operand("NAME", .one, .job), Operand("CMD", .atLeastOne)],
        options: Option.waiting,
        examples: [Example("update_process web 'python3 -m http.server'", "the job default.web")],
        json: Report.document
    ) { invocation in
        let name = try JobFile.name(invocation.operands[0], session: nil, invocation)
        let cmd = invocation.operands.dropFirst().joined(separator: " ")
        let wait = try invocation.wait()
        let client = try invocation.client()
        var report = Report()
        report.add([name], "\(name)", "updated") { () throws(ClientError) in
            try client.update(name, ["cmd": .string(cmd)], wait: wait)
        }
        return report.finish(invocation)
    }
}
