internal import GafferClient
internal import GafferModel

extension Command {
    package static let jobs = Command(
        name: "jobs",
        group: .look,
        abstract: "Lists the full names of the jobs, a line each.",
        operands: [Operand("NAME", .any, .job)],
        examples: [Example("jobs", "all jobs"), Example("jobs shop", "the jobs of the session shop")],
        json: #"{"jobs": ["SESSION.JOB", ...]}"#
    ) { invocation in
        let names =
            invocation.operands.isEmpty
            ? try invocation.client().jobNames() : try invocation.jobs(invocation.operands)
        invocation.show(names.map { "\($0)" }, as: "jobs")
        return .ok
    }

    package static let sessions = Command(
        name: "sessions",
        group: .look,
        abstract: "Lists the sessions, a line each.",
        examples: [Example("sessions", "all sessions")],
        json: #"{"sessions": ["SESSION", ...]}"#
    ) { invocation in
        invocation.show(try invocation.client().sessions(), as: "sessions")
        return .ok
    }

    package static let pids = Command(
        name: "pids",
        aliases: ["running"],
        group: .look,
        abstract: "Lists the pids of the processes of jobs, or of all, a line each.",
        discussion: """
            A pid is gaffer's own number for a process, not the kernel's; 'gafferctl status
            JOB' shows both.
            """,
        operands: [Operand("JOB", .any, .job)],
        examples: [Example("pids", "all processes"), Example("pids shop.web", "those of one job")],
        json: #"{"pids": [1, ...]}"#
    ) { invocation in
        let client = try invocation.client()
        var pids: [Int] = []
        if invocation.operands.isEmpty {
            pids = try client.pids()
        } else {
            for name in try invocation.jobs(invocation.operands) { pids += try client.pids(of: name) }
        }
        invocation.show(pids)
        return .ok
    }

    package static let numprocesses = Command(
        name: "numprocesses",
        group: .look,
        abstract: "Prints how many processes of a job are kept alive.",
        operands: [Operand("JOB", .one, .job)],
        examples: [Example("numprocesses web", "of the job default.web")],
        json: #"{"numprocesses": 2}"#
    ) { invocation in
        let number = try invocation.client().numprocesses(invocation.job(invocation.operands[0]))
        if invocation.wantsJSON {
            invocation.print(["numprocesses": .integer(Int64(number))])
        } else {
            invocation.output.line("\(number)")
        }
        return .ok
    }

    /// The command of gaffer 0.4.
    package static let processes = Command(
        name: "processes",
        isHidden: true,
        abstract: "Lists the jobs; with --running, the pids of the processes.",
        options: [Option(name: "running", help: "the pids of the processes that run")],
        examples: [Example("processes", "all jobs"), Example("processes --running", "all pids")],
        json: #"{"jobs": ["SESSION.JOB", ...]}, with --running {"pids": [1, ...]}"#
    ) { invocation in
        if invocation.line.has("running") {
            invocation.show(try invocation.client().pids())
        } else {
            invocation.show(try invocation.client().jobNames().map { "\($0)" }, as: "jobs")
        }
        return .ok
    }
}

extension Invocation {
    /// Prints words, a line each, or as the one member of a document.
    fileprivate func show(_ words: [String], as member: String) {
        if wantsJSON {
            print(.object([.init(member, .array(words.map(JSON.string)))]))
        } else {
            for word in words { output.line(word.escaped) }
        }
    }

    /// Prints pids, a line each, or as a document.
    fileprivate func show(_ pids: [Int]) {
        if wantsJSON {
            print(["pids": .array(pids.map { .integer(Int64($0)) })])
        } else {
            for pid in pids { output.line("\(pid)") }
        }
    }
}
