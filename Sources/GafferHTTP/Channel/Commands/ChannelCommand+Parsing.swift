internal import GafferModel

extension ChannelCommand {
    /// Finds the command that is called, with its arguments.
    ///
    /// - Throws: `command_not_found`, `bad_command` where an argument is missing or can't be used, `config_missing` and
    ///   `invalid_config` likewise for a configuration.
    init(_ call: CommandCall) throws(CommandFault) {
        guard let name = Name(rawValue: call.name) else {
            throw CommandFault(404, "command_not_found", "There is no command \(JSON.string(call.name.shortened)).")
        }
        let arguments = try CommandArguments(call, of: name, known: name.arguments)
        switch name {
        case .sessions: self = .sessions
        case .jobs: self = .jobs(session: try ChannelCommand.session(arguments))
        case .pids:
            let given = try arguments.text(0, "job")
            var job: JobName?
            if let given { job = try arguments.name(given) }
            self = .pids(job, given: given ?? "")
        case .load:
            let (job, config) = try ChannelCommand.configuration(arguments, startsUnlessTold: true)
            self = .load(job, config)
        case .update:
            let (job, config) = try ChannelCommand.configuration(arguments, startsUnlessTold: false)
            self = .update(job, config)
        case .unload: self = .unload(try arguments.job())
        case .commit: self = try ChannelCommand.commit(arguments)
        case .reload: self = .reload(try arguments.job())
        case .startJob: self = .start(try arguments.job())
        case .stopJob: self = .stop(try arguments.job())
        case .stopAll: self = .stopAll(try arguments.job())
        case .scale: self = .scale(try arguments.job(), try arguments.scale())
        case .killAll: self = .signalJob(try arguments.job(), try arguments.signal())
        case .info: self = .info(try arguments.job())
        case .stats: self = .stats(try arguments.job())
        case .processInfo: self = .processInfo(try arguments.pid())
        case .processStats: self = .processStats(try arguments.pid())
        case .stopProcess: self = .stopProcess(try arguments.pid())
        case .kill: self = .signalProcess(try arguments.pid(), try arguments.signal())
        case .send:
            self = .send(
                try arguments.pid(),
                try arguments.texts(),
                stream: try arguments.text(2, "stream") ?? "stdin"
            )
        }
    }

    private static func session(_ arguments: CommandArguments) throws(CommandFault) -> String? {
        guard let session = try arguments.text(0, "session") else { return nil }
        guard JobName.isValid(session) else {
            throw .badCommand("\(JSON.string(session.shortened)) can't name a session.")
        }
        return session
    }

    private static func commit(_ arguments: CommandArguments) throws(CommandFault) -> ChannelCommand {
        let job = try arguments.job()
        var members: [JSON.Member] = []
        if let timeout = arguments.value(1, "graceful_timeout") { members.append(.init("graceful_timeout", timeout)) }
        if let env = arguments.value(2, "env") { members.append(.init("env", env)) }
        do throws(GafferError) {
            let body = try CommitBody(parsing: JSON.object(members).encoded())
            return .commit(job, env: body.env, gracefulTimeout: body.gracefulTimeout)
        } catch {
            throw CommandFault(error)
        }
    }

    /// The first argument of `load` and `update`, with what `kwargs` add to it: `sessionid`, the environment of the
    /// session, over which the job's own wins, and whether it is started.
    private static func configuration(
        _ arguments: CommandArguments,
        startsUnlessTold: Bool
    ) throws(CommandFault) -> (JobName, JobConfig) {
        guard let value = arguments.value(0) else {
            throw CommandFault(400, "config_missing", "The job's configuration is missing.")
        }
        guard var members = value.objectValue else { throw .invalidConfig("A job's configuration is an object.") }
        guard let text = value["name"]?.stringValue else {
            throw .invalidConfig(#"The job's configuration needs a "name", a string."#)
        }
        let job = try arguments.name(text)
        let start = try arguments.flag("start").map(JSON.bool) ?? value["start"] ?? .bool(startsUnlessTold)
        members.removeAll { $0.name == "name" || $0.name == "start" }
        members.append(.init("start", start))
        if let session = arguments.value(nil, "env") {
            guard let variables = session.objectValue else { throw .invalidConfig(#""env" is an object of strings."#) }
            let own = value["env"] ?? .object([])
            // What is wrong with the job's own environment is told below, with all else.
            if let own = own.objectValue {
                let names = Set(own.map(\.name))
                members.removeAll { $0.name == "env" }
                members.append(.init("env", .object(variables.filter { !names.contains($0.name) } + own)))
            }
        }
        do throws(GafferError) {
            return (job, try JobConfig.read(json: .object(members)).config)
        } catch {
            throw .invalidConfig(error.message)
        }
    }
}

extension ChannelCommand.Name {
    /// What it takes by name.
    fileprivate var arguments: [String] {
        switch self {
        case .load, .update: ["sessionid", "start", "env"]
        case .unload, .reload: ["sessionid"]
        case .commit: ["graceful_timeout", "env"]
        case .jobs: ["session"]
        case .pids: ["job"]
        case .send: ["stream"]
        case .sessions, .startJob, .stopJob, .stopAll, .scale, .killAll, .info, .stats, .processInfo, .processStats,
            .stopProcess, .kill:
            []
        }
    }
}

extension CommandFault {
    fileprivate static func invalidConfig(_ message: String) -> CommandFault {
        CommandFault(400, "invalid_config", message)
    }
}

extension String {
    /// Itself, or its beginning where it is long, to be told back to who sent it.
    var shortened: String {
        utf8.count > 100 ? String(decoding: utf8.prefix(100), as: UTF8.self) + "…" : self
    }
}
