internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import WebServer

/// What was decided, and what tells when it is done.
struct Decision: Sendable {
    /// The answer, once nothing more is waited for.
    var answer: Response
    /// What can be waited for; nil: it is done already, or failed.
    var change: Change?
    /// Members that stand in the answer also where the time was too short.
    var further: [JSON.Member] = []
}

extension HTTPAPI {
    /// Answers a POST, PUT or DELETE: when the change is decided, or, where `wait` is given, when it is done.
    ///
    /// Where the task is cancelled, since the client is gone, the waiting ends; the change does not.
    func change(_ call: APICall, body: [UInt8]) async -> Response {
        do throws(GafferError) {
            // Before anything is changed: a wait that can't be read must not leave half of a request done.
            let wait = try call.query.wait()
            // A task of its own, which nobody can cancel: what is begun is not left in the middle.
            let executor = ThreadExecutor.shared
            let decision = try await Task(executorPreference: executor) { () async -> Result<Decision, GafferError> in
                do throws(GafferError) {
                    let decision = try await decide(call, body)
                    tell(of: call, status: decision.answer.status)
                    return .success(decision)
                } catch {
                    tell(of: call, status: error.code.status)
                    return .failure(error)
                }
            }.value.get()
            guard let wait, let change = decision.change else { return decision.answer }
            do throws(GafferError) {
                try await change.settled(within: wait)
                return decision.answer
            } catch {
                return .error(error, further: decision.further)
            }
        } catch {
            return .error(error)
        }
    }

    private func decide(_ call: APICall, _ body: [UInt8]) async throws(GafferError) -> Decision {
        switch (call.route, call.method) {
        case (.session(let session), _):
            return try await load(into: session, body)
        case (.job(let job, let part), let method):
            return try await decide(job, part, method, body)
        case (.sessionState(let session), _):
            return try await command(on: .session(session), body)
        case (.sessionSignal(let session), _):
            return try await signal(.session(session), body)
        case (.state, _):
            return try await command(on: .everything, body)
        case (.reload, _):
            return Decision(answer: await reloadConfiguration())
        case (.process(let pid, .signal), _):
            try await supervisor.signal(try SignalBody(parsing: body).signal, to: pid)
            return Decision(answer: .ok(status: 202))
        case (.process(let pid, _), _):
            return Decision(answer: .ok(status: 202), change: try await supervisor.stopProcess(pid))
        case (.sessionWhole(let session), _):
            return try await remove(session)
        case (.legacy(let route), let method):
            return try await decide(route, method, call, body)
        case (.welcome, _), (.ping, _), (.version, _), (.healthz, _), (.readyz, _), (.metrics, _), (.description, _),
            (.sessions, _), (.jobs, _), (.pids, _), (.events, _), (.watch, _), (.webStream, _), (.ioChannel, _),
            (.channel, _), (.stream, _), (.account, _):
            preconditionFailure("\(call.route) is answered elsewhere, or can't be changed, and was let in")
        }
    }

    private func decide(
        _ job: JobName,
        _ part: Route.JobPart,
        _ method: Method,
        _ body: [UInt8]
    ) async throws(GafferError) -> Decision {
        switch part {
        case .whole where method == .delete:
            return Decision(answer: .ok(), change: try await supervisor.unload(job))
        case .whole:
            return try await update(job, body)
        case .state:
            return try await command(on: .job(job), body)
        case .numprocesses:
            let (wanted, change) = try await supervisor.scale(job, try ScaleBody(parsing: body).operation)
            return Decision(answer: .json(["numprocesses": .integer(Int64(wanted))]), change: change)
        case .signal:
            return try await signal(.job(job), body)
        case .commit:
            return try await commit(job, body)
        case .pids, .stats, .tail:
            preconditionFailure("\(part) can't be changed, and was let in")
        }
    }

    private func load(into session: String, _ body: [UInt8]) async throws(GafferError) -> Decision {
        do throws(GafferError) {
            let parsed = try JobBody(parsing: body)
            let job = try parsed.name(in: session)
            let config = try parsed.config()
            try await validate(config)
            return Decision(answer: .ok(), change: try await supervisor.load(config, as: job))
        } catch  where error.code == .badValue {
            return Decision(answer: .invalidConfiguration(error))
        }
    }

    func update(_ job: JobName, _ body: [UInt8]) async throws(GafferError) -> Decision {
        do throws(GafferError) {
            let parsed = try JobBody(parsing: body)
            if let answer = parsed.conflict(with: job) { return Decision(answer: answer) }
            let config = try parsed.config()
            try await validate(config)
            return Decision(answer: .ok(status: 201), change: try await supervisor.update(config, of: job))
        } catch  where error.code == .badValue {
            return Decision(answer: .invalidConfiguration(error))
        } catch  where error.code == .badRequest {
            // The original told what is wrong in `reason`.
            return Decision(answer: .error(error, reason: error.message))
        }
    }

    /// Unloads all jobs of a session; done when the last is gone.
    func remove(_ session: String) async throws(GafferError) -> Decision {
        var changes: [Change] = []
        for job in try supervisor.jobNames(in: session) {
            do throws(GafferError) {
                changes.append(try await supervisor.unload(job))
            } catch {
                // One that has gone meanwhile is what was asked for.
                guard error.code == .notFound else { throw error }
            }
        }
        let all = changes
        return Decision(
            answer: .ok(),
            change: Change { timeout throws(GafferError) in
                let deadline = timeout.map { ContinuousClock.now + $0 }
                for change in all {
                    try await change.settled(within: deadline.map { max(.zero, $0 - ContinuousClock.now) })
                }
            }
        )
    }

    func tell(of call: APICall, status: Int) {
        let path: String
        if case .account(.key(let name)) = call.route {
            // A whole key may stand here, and has no place in a log.
            path = "/keys/\(KeyText.id(naming: name) ?? "?")"
        } else {
            path = String(call.head.target.prefix { $0 != "?" }.prefix(500))
        }
        audit(
            AuditRecord(
                actor: call.principal.name,
                action: "\(call.method.rawValue) \(path)",
                status: status
            )
        )
    }

    private func command(on target: Target, _ body: [UInt8]) async throws(GafferError) -> Decision {
        let command = try JobCommand(body: body)
        return Decision(answer: .ok(status: 202), change: try await supervisor.command(command, on: target))
    }

    func signal(_ target: Target, _ body: [UInt8]) async throws(GafferError) -> Decision {
        try await supervisor.signal(try SignalBody(parsing: body).signal, to: target)
        return Decision(answer: .ok(status: 202))
    }

    private func commit(_ job: JobName, _ body: [UInt8]) async throws(GafferError) -> Decision {
        let parsed = try CommitBody(parsing: body)
        let (pid, change) = try await supervisor.commit(
            job,
            env: parsed.env,
            gracefulTimeout: parsed.gracefulTimeout
        )
        // The process is there, late or not, and without its number nobody could ask about it.
        let member = JSON.Member("pid", .integer(Int64(pid)))
        return Decision(answer: .json(.object([member])), change: change, further: [member])
    }

    private func reloadConfiguration() async -> Response {
        do throws(GafferError) {
            return .json(try await reload().json)
        } catch {
            guard error.code.status == 400 else { return .error(error) }
            return .json(
                [
                    "error": 400, "reason": "bad_config", "message": .string(error.message),
                    "errors": .array(error.details.map(JSON.string)),
                ],
                status: 400
            )
        }
    }
}

extension Response {
    /// The original's answer to a configuration that can't be used.
    fileprivate static func invalidConfiguration(_ error: GafferError) -> Response {
        .error(
            GafferError(.badRequest, error.message, details: error.details),
            reason: "invalid process config"
        )
    }
}
