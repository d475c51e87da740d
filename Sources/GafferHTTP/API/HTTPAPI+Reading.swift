internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import WebServer

extension HTTPAPI {
    /// Answers a GET, or a HEAD, whose body is left out by the connection.
    func read(_ call: APICall) throws(GafferError) -> Answer {
        switch call.route {
        case .welcome:
            return .now(.json(["welcome": "gaffer", "version": .string(GafferVersion.current)]))
        case .ping:
            return .now(.text("OK"))
        case .version:
            return .now(.json(["name": "gaffer", "version": .string(GafferVersion.current)]))
        case .healthz:
            return .now(.text("OK"))
        case .readyz:
            // The API is served once the configured jobs are loaded, so that whoever gets here finds them.
            return .now(.text("OK"))
        case .sessions:
            return .now(.json(["sessions": .array(try sessions(seenBy: call).map(JSON.string))]))
        case .jobs:
            return .now(.json(.object(try jobList(in: nil, call))))
        case .session(let session), .sessionWhole(let session):
            return .now(
                .json(.object([.init("sessionid", .string(session))] + (try jobList(in: session, call))))
            )
        case .job(let job, let part):
            return try read(job, part, call)
        case .pids:
            return .now(.json(["pids": pidList(try pids(seenBy: call))]))
        case .process(let pid, let part):
            return try read(pid, part, call)
        case .legacy(let route):
            return try read(route, call)
        case .metrics:
            let page = MetricsPage(supervisor: supervisor, feeds: feeds, registry: metrics)
            return .later { await page.response() }
        case .description:
            return .now(APIDescription.response(to: call.head))
        case .account, .events, .watch, .stream, .webStream, .ioChannel, .channel,
            .sessionState, .sessionSignal, .state, .reload:
            preconditionFailure("\(call.route) is answered elsewhere, or can't be read, and was let in")
        }
    }

    /// The sessions of which one job at least may be seen.
    func sessions(seenBy call: APICall) throws(GafferError) -> [String] {
        if call.principal.permissions.allow(.read, .everything) { return supervisor.sessionNames() }
        let seen = Set(try supervisor.jobNames(in: nil).filter(call.maySee).map(\.session))
        return supervisor.sessionNames().filter(seen.contains)
    }

    /// The processes whose jobs may be seen.
    func pids(seenBy call: APICall) throws(GafferError) -> [Int] {
        let all = try supervisor.pids(of: nil)
        if call.principal.permissions.allow(.read, .everything) { return all }
        return all.filter { pid in (try? feeds.job(of: pid)).map(call.maySee) ?? false }
    }

    private func read(_ job: JobName, _ part: Route.JobPart, _ call: APICall) throws(GafferError) -> Answer {
        switch part {
        case .whole:
            let withInstances = try call.query.flag("instances")
            let info = try supervisor.info(of: job).shown(to: call.principal)
            return .now(.json(info.json(withInstances: withInstances)))
        case .state:
            return .now(.text(try supervisor.isActive(job) ? "1" : "0"))
        case .numprocesses:
            return .now(.json(["numprocesses": .integer(Int64(try supervisor.wanted(of: job)))]))
        case .pids:
            return .now(.json(["pids": pidList(try supervisor.pids(of: job))]))
        case .stats:
            return .later { [supervisor] in
                await HTTPAPI.answering { () async throws(GafferError) in
                    .json(try await supervisor.stats(of: job).json)
                }
            }
        case .tail:
            return .now(try tail(of: job, call))
        case .signal, .commit:
            preconditionFailure("\(part) can't be read, and was let in")
        }
    }

    private func read(_ pid: Int, _ part: Route.ProcessPart, _ call: APICall) throws(GafferError) -> Answer {
        switch part {
        case .whole:
            return .now(.json(try supervisor.process(pid).shown(to: call.principal).json))
        case .stats:
            return .later { [supervisor] in
                await HTTPAPI.answering { () async throws(GafferError) in
                    .json(["stats": try await supervisor.stats(of: pid).json])
                }
            }
        case .signal:
            preconditionFailure("\(part) can't be read, and was let in")
        }
    }

    private func jobList(in session: String?, _ call: APICall) throws(GafferError) -> [JSON.Member] {
        let names = try supervisor.jobNames(in: session).filter(call.maySee)
        var members: [JSON.Member] = [.init("jobs", .array(names.map { .string($0.description) }))]
        guard try call.query.flag("info") else { return members }
        // A job may have been unloaded since its name was read: then there is nothing to tell of it.
        let infos = names.compactMap { try? supervisor.info(of: $0) }
        members.append(.init("info", .array(infos.map { $0.shown(to: call.principal).json(withInstances: true) })))
        return members
    }

    func pidList(_ pids: [Int]) -> JSON {
        .array(pids.map { .integer(Int64($0)) })
    }

    private func tail(of job: JobName, _ call: APICall) throws(GafferError) -> Response {
        let wantsText =
            switch call.query["format"] {
            case nil: call.head.acceptsText
            case "text": true
            case "json": false
            case .some(let value):
                throw GafferError(.badRequest, "format is text or json, not \(JSON.string(value)).")
            }
        let tails = try supervisor.tail(of: job, lines: try call.query.lines(), label: call.query["stream"])
        guard !wantsText else {
            return Response(contentType: .bytes, body: tails.flatMap(\.bytes))
        }
        return .json(["tail": .array(tails.map(\.json))])
    }

    /// Awaits an answer, or the answer that says why there is none.
    static func answering(
        _ body: () async throws(GafferError) -> Response
    ) async -> Response {
        do {
            return try await body()
        } catch {
            return .error(error)
        }
    }
}

extension OutputTail {
    /// One element of `tail`: as text, where what is no UTF-8 is replaced, and as it is.
    fileprivate var json: JSON {
        [
            "pid": .integer(Int64(pid)),
            "stream": .string(label),
            "data": .string(String(decoding: bytes, as: UTF8.self)),
            "data_b64": .string(Base64.encoded(bytes)),
        ]
    }
}
