internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem

/// Carries commands out, for those who may.
struct CommandRunner: Sendable {
    let context: ChannelContext

    /// The answer to a call.
    ///
    /// What is begun is not left in the middle: it is done by a task of its own, which nobody can cancel.
    func answer(to call: CommandCall, of principal: Principal) async -> ChannelAnswer {
        let task = Task(executorPreference: ThreadExecutor.shared) { () async -> ChannelAnswer in
            do throws(CommandFault) {
                let command = try ChannelCommand(call)
                try allow(command, to: principal)
                return .done(identity: call.identity, result: try await result(of: command, for: principal))
            } catch {
                return .failed(identity: call.identity, error)
            }
        }
        return await task.value
    }

    private func allow(_ command: ChannelCommand, to principal: Principal) throws(CommandFault) {
        let job = command.pid.flatMap { try? context.feeds.job(of: $0) }
        guard principal.meets(command.requirement(job: job)) else { throw .forbidden }
        // Decided once: a number that is given away a moment later was never asked for.
        if let pid = command.pid, job == nil {
            throw CommandFault(GafferError(.notFound, "There is no process \(pid)."))
        }
        if let change = command.change { context.audit(principal, change.what.rawValue, change.target) }
    }

    private func result(of command: ChannelCommand, for principal: Principal) async throws(CommandFault) -> JSON {
        if case .send(let pid, let bytes, let stream) = command {
            return try await send(bytes, to: stream, of: pid)
        }
        do throws(GafferError) {
            return try await command.change == nil ? read(command, for: principal) : change(command)
        } catch {
            throw CommandFault(error)
        }
    }

    // MARK: Reading

    private func read(_ command: ChannelCommand, for principal: Principal) async throws(GafferError) -> JSON {
        let supervisor = context.supervisor
        let sight = Sight(supervisor: supervisor, principal: principal)
        switch command {
        case .sessions:
            return ["sessions": .array(sight.sessions().map(JSON.string))]
        case .jobs(let session):
            let jobs = JSON.array(try sight.jobs(in: session).map { .string($0.description) })
            guard let session else { return ["jobs": jobs] }
            return ["sessionid": .string(session), "jobs": jobs]
        case .pids(let job, let given):
            let pids = JSON.array(try sight.pids(of: job).map { .integer(Int64($0)) })
            return job == nil ? ["pids": pids] : ["sessionid": .string(given), "pids": pids]
        case .info(let job):
            return ["info": try supervisor.info(of: job).shown(to: principal).json()]
        case .stats(let job):
            return ["stats": try await supervisor.stats(of: job).json]
        case .processInfo(let pid):
            return ["info": try supervisor.process(pid).shown(to: principal).json]
        case .processStats(let pid):
            return ["stats": try await supervisor.stats(of: pid).json]
        case .load, .update, .unload, .commit, .reload, .start, .stop, .stopAll, .scale, .signalJob, .stopProcess,
            .signalProcess, .send:
            preconditionFailure("\(command) changes something")
        }
    }

    // MARK: Changing

    /// Answers when the change is decided, as the original did; what comes of it is told by events.
    private func change(_ command: ChannelCommand) async throws(GafferError) -> JSON {
        let supervisor = context.supervisor
        switch command {
        case .load(let job, let config):
            try await context.validate(config)
            _ = try await supervisor.load(config, as: job)
        case .update(let job, let config):
            try await context.validate(config)
            _ = try await supervisor.update(config, of: job)
        case .unload(let job): _ = try await supervisor.unload(job)
        case .commit(let job, let env, let timeout):
            let (pid, _) = try await supervisor.commit(job, env: env, gracefulTimeout: timeout)
            return ["ok": true, "pid": .integer(Int64(pid))]
        case .reload(let job): _ = try await supervisor.command(.reload, on: .job(job))
        case .start(let job): _ = try await supervisor.command(.start, on: .job(job))
        case .stop(let job): _ = try await supervisor.command(.stop, on: .job(job))
        case .stopAll(let job):
            for pid in try supervisor.pids(of: job) {
                // One that ended by itself meanwhile is stopped as well.
                do throws(GafferError) {
                    _ = try await supervisor.stopProcess(pid)
                } catch {
                    guard error.code == .notFound else { throw error }
                }
            }
        case .scale(let job, let operation):
            let (wanted, _) = try await supervisor.scale(job, operation)
            return ["numprocesses": .integer(Int64(wanted))]
        case .signalJob(let job, let signal): try await supervisor.signal(signal, to: .job(job))
        case .stopProcess(let pid): _ = try await supervisor.stopProcess(pid)
        case .signalProcess(let pid, let signal): try await supervisor.signal(signal, to: pid)
        case .sessions, .jobs, .pids, .info, .stats, .processInfo, .processStats, .send:
            preconditionFailure("\(command) changes no job")
        }
        return ["ok": true]
    }

    private func send(_ bytes: [UInt8], to stream: String, of pid: Int) async throws(CommandFault) -> JSON {
        do throws(GafferError) {
            let process = try context.supervisor.process(pid)
            if stream == "stdin" || process.customStreams.contains(stream) {
                try await context.feeds.write(bytes, to: stream, of: pid)
                return ["ok": true]
            }
        } catch {
            // The original's words for a stdin that is no pipe.
            throw error.code == .forbidden ? CommandFault(500, "stdin not redirected", error.message) : .init(error)
        }
        throw CommandFault(404, "stream_not_found", "Process \(pid) has no stream \(JSON.string(stream.shortened)).")
    }
}

extension CommandFault {
    /// Who asks may not.
    fileprivate static let forbidden = CommandFault(403, "forbidden", "Your key does not give the right to do this.")
}
