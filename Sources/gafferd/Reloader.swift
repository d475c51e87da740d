internal import Gaffer
internal import GafferConfig
internal import GafferHTTP
internal import GafferModel
internal import GafferSystem
internal import Logging

/// Reads the configuration again and makes it the one in force, one reload after the other.
actor Reloader {
    private let plan: DaemonPlan
    private let supervision: Supervision
    private let log: DaemonLog
    private let reporter: ServiceReporter?
    private let gate: StartGate
    private let worker = WorkerThread(name: "gaffer-config")
    private var config: DaemonConfig
    private var last: Task<ReloadSummary, any Error>?

    init(plan: DaemonPlan, supervision: Supervision, log: DaemonLog, reporter: ServiceReporter?, gate: StartGate) {
        self.plan = plan
        self.supervision = supervision
        self.log = log
        self.reporter = reporter
        self.gate = gate
        config = plan.config
    }

    /// - Throws: ``GafferError`` (`bad_request`) with all errors of the configuration; nothing has changed then.
    func reload() async throws(GafferError) -> ReloadSummary {
        let before = last
        // Unstructured: a reload goes on when the client that asked for it has gone.
        let task = Task(executorPreference: ThreadExecutor.shared) {
            await self.gate.wait()
            _ = try? await before?.value
            self.reporter?.beginReload()
            defer { self.reporter?.endReload() }
            return try await self.reloadNow()
        }
        last = task
        do {
            return try await task.value
        } catch let error as GafferError {
            throw error
        } catch {
            throw GafferError(.failed, "\(error)")
        }
    }

    private func reloadNow() async throws -> ReloadSummary {
        let source = plan.source
        let result = await worker.result { Result { () throws(ConfigErrors) in try source.load() } }
        let new: DaemonConfig
        switch result {
        case .success(let config): new = config
        case .failure(let errors): throw refusal(errors.errors.map(\.description))
        }
        let unlimited = limitsThatCantBeHad(in: new)
        guard unlimited.isEmpty else { throw refusal(unlimited) }
        let change = try await supervision.manager.configure(new.configuredJobs)
        for warning in new.warnings where !config.warnings.contains(warning) { log.logger.warning("\(warning)") }
        if new.endpoints != config.endpoints || new.bind != config.bind {
            log.logger.warning("endpoints have changed; they take effect when gafferd is started again")
        }
        config = new
        log.tell(
            .reloaded(
                added: change.added.count,
                changed: change.changed.count,
                removed: change.removed.count,
                unchanged: change.unchanged
            )
        )
        return ReloadSummary(
            added: change.added,
            changed: change.changed,
            removed: change.removed,
            unchanged: change.unchanged
        )
    }

    private func refusal(_ reasons: [String]) -> GafferError {
        log.tell(.refused(reasons))
        return GafferError(.badRequest, "The configuration is wrong and nothing was changed.", details: reasons)
    }

    /// What jobs ask for that are new or changed; the others were told when they were started.
    private func limitsThatCantBeHad(in new: DaemonConfig) -> [String] {
        let known = Dictionary(config.jobs.map { ($0.name, $0.fingerprint) }) { first, _ in first }
        return new.jobs.filter { known[$0.name] != $0.fingerprint }.compactMap { section in
            do throws(GafferError) {
                try supervision.checkLimits(of: section.config, as: section.name)
                return nil
            } catch {
                return "\(section.file):\(section.line): \(error.message)"
            }
        }
    }
}
