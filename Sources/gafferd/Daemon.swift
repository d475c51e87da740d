internal import Gaffer
internal import GafferAuth
internal import GafferConfig
internal import GafferHTTP
internal import GafferModel
internal import GafferSystem
internal import GafferSystemd
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import WebServer

/// Composes gafferd and runs it until it is told to stop.
///
/// The services, in the order of their start; they stop in the reverse order, so that the API answers while jobs stop:
///
/// 1. the log of what happens to jobs, and the console;
/// 2. the API's endpoints;
/// 3. the jobs.
struct Daemon {
    /// Signals that are taken as reads, never as interruptions.
    static let signals = [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR2, SIGCHLD]

    let plan: DaemonPlan
    let systemd: SystemdContext
    let background: Background?

    func run() async throws {
        let journal = systemd.usesJournal(plan.config.journal) ? JournalWriter() : nil
        let lines =
            try plan.logFile.map { try LogWriter(path: $0) }
            ?? (systemd.isStderrJournal && journal != nil ? nil : LogWriter())
        defer {
            finish(journal)
            lines?.finish()
        }
        let log = DaemonLog(level: plan.logLevel, lines: lines, journal: journal)
        let logger = log.logger
        try DaemonFiles.makeFolder(plan.runtimeDir, mode: 0o755)
        let lock = try takeLock()
        if let pidfile = plan.pidfile, let other = try DaemonFiles.writePidfile(pidfile) {
            throw PlanError("The pidfile \(pidfile) names os pid \(other), which is running.")
        }
        defer { plan.pidfile.map(DaemonFiles.removePidfile) }

        let console = ConsoleLevel(rawValue: min(2, plan.options.verbosity)).map { Console.standard(level: $0) }
        defer { console?.finish() }
        let supervision = try Supervision(
            Supervision.Options(
                stateDirectory: plan.stateDir,
                environment: plan.environment,
                cgroups: plan.cgroups,
                logger: logger
            ),
            tellOfLimits: { name, notice in log.tell(.limitsUnavailable(name, notice)) },
            follow: { origin, stream in
                console?.follow(stream, of: origin.name)
                if let journal, origin.config.journal {
                    stream.addObserver(JournalOutput(writer: journal, stream: stream.label, of: origin))
                }
            }
        )
        if plan.wantsBackground, background == nil {
            logger.warning("gafferd stays in the foreground, whatever daemonize says: systemd waits for it there")
        }
        tellOfWhatIsMissing(log, supervision.cgroups)
        for warning in plan.config.warnings { logger.warning("\(warning)") }
        let reporter = systemd.notifier.map {
            ServiceReporter(notifier: $0, manager: supervision.manager, loop: supervision.loop)
        }
        if let interval = systemd.watchdog { reporter?.keepWatchdogQuiet(interval) }
        let gate = StartGate()
        let accounts = AuthService(path: plan.authPath, tell: { logger.warning("\($0)") })
        let access = AccessControl(try PeerRule.configured(plan.config))
        try await openAccounts(accounts, logger)
        let reloader = Reloader(
            plan: plan,
            supervision: supervision,
            log: log,
            reporter: reporter,
            gate: gate,
            accounts: accounts,
            access: access
        )
        let metrics = MetricsRegistry()
        let api = HTTPAPI(
            supervisor: supervision.manager,
            feeds: supervision.manager,
            authenticator: accounts.authenticator,
            accounts: accounts,
            reload: { () async throws(GafferError) in try await reloader.reload() },
            validate: { config async throws(GafferError) in try await AccountCheck.check(config) },
            audit: { log.tell(.changed($0)) },
            metrics: metrics,
            peerRule: { access.rule }
        )
        // Unstructured: it ends with the events.
        Task(executorPreference: ThreadExecutor.shared) {
            await EventCounter(
                feeds: supervision.manager,
                supervisor: supervision.manager,
                registry: metrics
            ).run()
        }
        let endpoints = EndpointSet(opener: EndpointOpener(api: api, access: access), logger: logger)
        let inherited = InheritedSockets(
            systemd.sockets,
            controlPath: plan.socketPath,
            endpoints: plan.endpoints,
            logger: logger
        )
        var sockets: [HTTPServer.Endpoint] = []
        defer { for socket in sockets { socket.socket.removeFile() } }
        let opener = EndpointOpener(api: api, access: access)
        sockets.append(
            try opener.openControlSocket(
                plan.socketPath,
                backlog: plan.options.backlog,
                inherited: inherited.control
            )
        )
        sockets += try await endpoints.open(plan.endpoints, inherited: inherited)
        let server = HTTPServer(endpoints: sockets, logger: logger)
        await endpoints.areServed(by: server)
        await reloader.endpoints(are: endpoints)

        let jobs = JobService(
            supervision: supervision,
            jobs: plan.config.configuredJobs,
            logger: logger,
            reporter: reporter,
            gate: gate,
            isReady: {
                let processes = (try? supervision.manager.pids(of: nil).count) ?? 0
                let jobs = (try? supervision.manager.jobNames(in: nil).count) ?? 0
                log.tell(.ready(socket: plan.socketPath, jobs: jobs, processes: processes))
                background?.isReady()
            }
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: LifecycleLog(
                            events: supervision.manager.events,
                            log: log,
                            console: console,
                            reporter: reporter
                        )
                    ),
                    .init(service: GatedService(gate: gate, service: server)),
                    .init(service: jobs, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        let signals = SignalHandler(
            supervision: supervision,
            reloader: reloader,
            lines: lines,
            log: log,
            stop: { await group.triggerGracefulShutdown() }
        )
        try await signals.start()
        try await group.run()
        log.tell(.stopped)
        systemd.notifier?.flush()
        withExtendedLifetime(lock) {}
    }

    /// Sends what waits for the journal; what it does not take is told on stderr, the only place that is left.
    private func finish(_ journal: JournalWriter?) {
        guard let journal, !journal.finish(within: .seconds(5)) else { return }
        let counts = journal.counts
        let text =
            "gafferd: the journal did not take the last \(counts.waiting) bytes of output and events; "
            + "\(counts.dropped) lines were dropped in all\n"
        Array(text.utf8).withByteView { DescriptorTarget(STDERR_FILENO).write($0) }
    }

    /// Says once what gafferd does without, where nobody has switched it off.
    private func tellOfWhatIsMissing(_ log: DaemonLog, _ cgroups: CgroupSupport) {
        var missing: [String] = []
        if systemd.notifier == nil { missing.append("notification and watchdog (systemd did not start gafferd)") }
        if plan.config.journal == .auto, !systemd.isStderrJournal {
            missing.append("records of the journal (stderr is not the journal)")
        }
        if plan.cgroups != .off, let reason = cgroups.reason { missing.append("cgroups of the jobs (\(reason))") }
        guard !missing.isEmpty else { return }
        log.logger.info("gafferd runs without \(missing.joined(separator: ", without "))")
    }

    /// Reads the keys.
    ///
    /// Where that fails, an endpoint that asks for keys would let nobody in, which is no way to start.
    private func openAccounts(_ accounts: AuthService, _ logger: Logger) async throws {
        do throws(AuthStoreError) {
            try await accounts.open()
        } catch {
            guard !plan.endpoints.contains(where: \.needsKeys) else { throw PlanError(error.description) }
            logger.warning("no key is valid: \(error)")
        }
    }

    private func takeLock() throws -> LockFile {
        do {
            return try LockFile(plan.lockPath)
        } catch {
            guard error.errno == EWOULDBLOCK else { throw error }
            let holder = LockFile.holder(of: plan.lockPath).map { " (os pid \($0))" } ?? ""
            throw PlanError("Another gafferd\(holder) runs with the runtime directory \(plan.runtimeDir).")
        }
    }
}

extension JournalOutput {
    fileprivate convenience init(writer: JournalWriter, stream: String, of origin: ProcessOrigin) {
        self.init(
            writer: writer,
            session: origin.name.session,
            job: origin.name.job,
            pid: origin.pid,
            osPid: origin.osPid,
            instance: origin.instance,
            label: stream
        )
    }
}

extension DaemonConfig {
    /// The jobs as the manager takes them.
    var configuredJobs: [ConfiguredJob] {
        jobs.map { ConfiguredJob(name: $0.name, config: $0.config, fingerprint: $0.fingerprint) }
    }
}

extension EndpointConfig {
    /// Whether its requests need keys.
    fileprivate var needsKeys: Bool {
        if case .tcp = address { requireKey } else { false }
    }
}
