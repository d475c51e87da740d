internal import Gaffer
internal import GafferAuth
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
    private let accounts: AuthService
    private let access: AccessControl
    private var endpoints: EndpointSet?
    private let worker = WorkerThread(name: "gaffer-config")
    private var config: DaemonConfig
    private var last: Task<ReloadSummary, any Error>?

    init(
        plan: DaemonPlan,
        supervision: Supervision,
        log: DaemonLog,
        reporter: ServiceReporter?,
        gate: StartGate,
        accounts: AuthService,
        access: AccessControl
    ) {
        self.plan = plan
        self.supervision = supervision
        self.log = log
        self.reporter = reporter
        self.gate = gate
        self.accounts = accounts
        self.access = access
        config = plan.config
    }

    /// Tells what the configuration's endpoints are, which are made after this.
    func endpoints(are endpoints: EndpointSet) {
        self.endpoints = endpoints
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
        let (new, rule) = try await read()
        let unlimited = limitsThatCantBeHad(in: new)
        guard unlimited.isEmpty else { throw refusal(unlimited) }
        let prepared = try await prepareEndpoints(new)
        let change: ConfigurationChange
        do throws(GafferError) {
            change = try await supervision.manager.configure(new.configuredJobs)
        } catch {
            if let prepared { await endpoints?.discard(prepared) }
            throw error
        }
        access.replace(rule)
        if let prepared { await endpoints?.apply(prepared) }
        do throws(AuthStoreError) {
            try await accounts.open()
        } catch {
            log.logger.warning("the keys stay as they were: \(error)")
        }
        for warning in new.warnings where !config.warnings.contains(warning) { log.logger.warning("\(warning)") }
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

    /// Reads the files, and looks up whom they name.
    private func read() async throws -> (config: DaemonConfig, rule: PeerRule) {
        let source = plan.source
        let result = await worker.result {
            Result { () throws(ConfigErrors) in try source.load() }
                .map { config in (config, Result { () throws(GafferError) in try PeerRule.configured(config) }) }
        }
        switch result {
        case .failure(let errors):
            throw refusal(errors.errors.map(\.description))
        case .success((_, .failure(let error))):
            throw refusal([error.message])
        case .success((let config, .success(let rule))):
            return (config, rule)
        }
    }

    /// Opens what is new, so that nothing is changed where that can't be.
    private func prepareEndpoints(_ new: DaemonConfig) async throws -> EndpointSet.Prepared? {
        guard let endpoints else { return nil }
        let configs: [EndpointConfig]
        do throws(PlanError) {
            configs = try DaemonPlan.endpoints(options: plan.options, config: new)
        } catch {
            throw refusal([error.description])
        }
        do throws(EndpointRefusal) {
            return try await endpoints.prepare(configs)
        } catch {
            throw refusal(error.reasons)
        }
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
