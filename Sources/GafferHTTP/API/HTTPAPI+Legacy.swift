internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import WebServer

/// The routes of 0.4, as translations onto the operations of today.
extension HTTPAPI {
    func read(_ route: LegacyRoute, _ call: APICall) throws(GafferError) -> Answer {
        switch route {
        case .processes:
            if try call.query.flag("running") { return .now(.json(pidList(try pids(seenBy: call)))) }
            let names = try supervisor.jobNames(in: nil).filter(call.maySee)
            return .now(.json(.array(names.map { .string($0.legacyName) })))
        case .job(let job):
            return .now(.json(legacyConfig(of: try supervisor.info(of: job), call)))
        case .process(let pid):
            let job = try supervisor.process(pid).name
            return .now(.json(legacyConfig(of: try supervisor.info(of: job), call)))
        case .pids(let job):
            return .now(.json(["ok": true, "pids": pidList(try supervisor.pids(of: job))]))
        case .status(let job):
            let info = try supervisor.info(of: job)
            let wanted = JSON.integer(Int64(info.wanted))
            return .now(
                .json(
                    [
                        "active": .bool(!info.instances.isEmpty), "running": .integer(Int64(info.instances.count)),
                        "max_processes": wanted, "numprocesses": wanted,
                    ]
                )
            )
        case .stats:
            let names = try supervisor.jobNames(in: nil).filter(call.maySee)
            return .later { [supervisor] in
                var stats: [JSON] = []
                for name in names {
                    // A job may be unloaded meanwhile.
                    if let job = try? await supervisor.stats(of: name) { stats.append(job.legacyJSON) }
                }
                return .json(.array(stats))
            }
        case .statsOfJob(let job):
            return .later { [supervisor] in
                await HTTPAPI.answering { () async throws(GafferError) in
                    .json(try await supervisor.stats(of: job).legacyJSON)
                }
            }
        case .statsOfProcess(let job, let pid):
            guard try supervisor.process(pid).name == job else {
                throw GafferError(.notFound, "The job \(job) has no process \(pid).")
            }
            return .later { [supervisor] in
                await HTTPAPI.answering { () async throws(GafferError) in
                    .json(try await supervisor.stats(of: pid).legacyJSON)
                }
            }
        case .groups:
            return .now(.json(.array(try sessions(seenBy: call).map(JSON.string))))
        case .group(let session):
            let names = try supervisor.jobNames(in: session).filter(call.maySee)
            return .now(.json(.array(names.map { .string($0.groupedName) })))
        case .command, .scale, .signalJob, .signalProcess, .stopProcess, .groupCommand:
            preconditionFailure("\(route) can't be read, and was let in")
        }
    }

    func decide(
        _ route: LegacyRoute,
        _ method: Method,
        _ call: APICall,
        _ body: [UInt8]
    ) async throws(GafferError) -> Decision {
        switch (route, method) {
        case (.processes, _):
            return try await loadLegacy(call, body)
        case (.job(let job), .delete):
            return Decision(answer: .ok(), change: try await supervisor.unload(job))
        case (.job(let job), _):
            var decision = try await update(job, body)
            if decision.answer.status == 201 { decision.answer = .ok() }
            return decision
        case (.process(let pid), _), (.stopProcess(let pid), _):
            return Decision(answer: .ok(), change: try await supervisor.stopProcess(pid))
        case (.command(let job, let command), _):
            return Decision(answer: .ok(), change: try await supervisor.command(command.today, on: .job(job)))
        case (.groupCommand(let session, let command), _):
            return Decision(
                answer: .ok(),
                change: try await supervisor.command(command.today, on: .session(session))
            )
        case (.group(let session), _):
            return try await remove(session)
        case (.scale(let job, let count), _):
            let (wanted, change) = try await supervisor.scale(job, .by(count))
            return Decision(
                answer: .json(["ok": true, "numprocesses": .integer(Int64(wanted))]),
                change: change
            )
        case (.signalJob(let job, let signal), _):
            try await supervisor.signal(signal, to: .job(job))
            return Decision(answer: .ok())
        case (.signalProcess(let pid, let signal), _):
            try await supervisor.signal(signal, to: pid)
            return Decision(answer: .ok())
        case (.pids, _), (.status, _), (.stats, _), (.statsOfJob, _), (.statsOfProcess, _), (.groups, _):
            preconditionFailure("\(route) can't be changed, and was let in")
        }
    }

    /// `POST /processes`: the name in the body says which session is meant, so that the right to it is checked here.
    private func loadLegacy(_ call: APICall, _ body: [UInt8]) async throws(GafferError) -> Decision {
        do throws(GafferError) {
            return try await loadLegacyJob(call, body)
        } catch {
            return Decision(answer: .legacyError(error))
        }
    }

    private func loadLegacyJob(_ call: APICall, _ body: [UInt8]) async throws(GafferError) -> Decision {
        let parsed = try JobBody(parsing: body)
        let job = try parsed.fullName()
        let needed = Requirement.right(.manage, .session(job.session))
        guard call.principal.meets(needed) else {
            throw GafferError(.forbidden, "POST /processes of \(job) needs \(needed.needs).")
        }
        let config = try parsed.config()
        try await validate(config)
        return Decision(answer: .ok(), change: try await supervisor.load(config, as: job))
    }

    private func legacyConfig(of info: JobInfo, _ call: APICall) -> JSON {
        let info = info.shown(to: call.principal)
        guard case .object(let members) = info.config.json(name: info.name) else { return .object([]) }
        return .object(members.map { $0.name == "name" ? .init("name", .string(info.name.legacyName)) : $0 })
    }
}

extension Response {
    /// 0.4's words for what is wrong with a job that is loaded.
    fileprivate static func legacyError(_ error: GafferError) -> Response {
        let word: String
        switch error.code {
        case .badRequest: word = error.message.contains("is no JSON") ? "invalid_json" : "invalid_process_info"
        case .badValue: word = "invalid_process_info"
        case .conflict: word = "conflict"
        default: return .error(error)
        }
        var members: [JSON.Member] = [
            .init("error", .string(word)), .init("reason", .string(error.code.word)),
            .init("message", .string(error.message)),
        ]
        if !error.details.isEmpty { members.append(.init("errors", .array(error.details.map(JSON.string)))) }
        return .json(.object(members), status: error.code.status)
    }
}

extension JobName {
    /// As 0.4 named a job: without a group, or `group:job`.
    var legacyName: String {
        session == JobName.defaultSession ? job : groupedName
    }

    /// `group:job`.
    var groupedName: String { "\(session):\(job)" }
}

extension LegacyRoute.Command {
    fileprivate var today: JobCommand {
        switch self {
        case .start: .start
        case .stop: .stop
        case .restart: .restart
        }
    }
}

extension JobStats {
    /// 0.4 called gaffer's number `id`, and the kernel's `pid`.
    fileprivate var legacyJSON: JSON {
        guard case .object(let members) = json else { return json }
        return .object(
            members.map { member in
                switch member.name {
                case "name": .init("name", .string(name.legacyName))
                case "stats": .init("stats", .array(processes.map(\.legacyJSON)))
                default: member
                }
            }
        )
    }
}

extension ProcessStats {
    /// With gaffer's number as `id`, and the kernel's as `pid`.
    var legacyJSON: JSON {
        guard case .object(let members) = json else { return json }
        let rest = members.filter { $0.name != "pid" && $0.name != "os_pid" && $0.name != "children" }
        return .object(
            [
                .init("id", pid.map { .integer(Int64($0)) } ?? .null), .init("pid", .integer(Int64(osPid))),
                .init("os_pid", .integer(Int64(osPid))),
            ] + rest + [.init("children", .array(children.map(\.legacyJSON)))]
        )
    }
}
