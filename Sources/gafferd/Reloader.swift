internal import Gaffer
internal import GafferConfig
internal import GafferHTTP
internal import GafferModel
internal import GafferSystem
internal import Logging

/// Reads the configuration again and makes it the one in force, one reload after the other.
actor Reloader {
    private let plan: DaemonPlan
    private let manager: ManagerActor
    private let log: DaemonLog
    private let reporter: ServiceReporter?
    private let worker = WorkerThread(name: "gaffer-config")
    private var config: DaemonConfig
    private var last: Task<ReloadSummary, any Error>?

    init(plan: DaemonPlan, manager: ManagerActor, log: DaemonLog, reporter: ServiceReporter?) {
        self.plan = plan
        self.manager = manager
        self.log = log
        self.reporter = reporter
        config = plan.config
    }

    /// - Throws: ``GafferError`` (`bad_request`) with all errors of the configuration; nothing has changed then.
    func reload() async throws(GafferError) -> ReloadSummary {
        let before = last
        // Unstructured: a reload goes on when the client that asked for it has gone.
        let task = Task(executorPreference: ThreadExecutor.shared) {
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
        case .success(let config):
            new = config
        case .failure(let errors):
            log.tell(.refused(errors.errors.map(\.description)))
            throw GafferError(
                .badRequest,
                "The configuration is wrong and nothing was changed.",
                details: errors.errors.map(\.description)
            )
        }
        let change = try await manager.configure(new.configuredJobs)
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
}
