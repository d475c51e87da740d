internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import Logging
internal import ServiceLifecycle

/// Starts the configured jobs, and stops all jobs when the daemon stops.
struct JobService: Service {
    let supervision: Supervision
    let jobs: [ConfiguredJob]
    let logger: Logger
    /// Tells systemd, where that started gafferd.
    let reporter: ServiceReporter?
    /// Opened once the configured jobs are loaded.
    let gate: StartGate
    let isReady: @Sendable () -> Void

    /// How long a job's processes may take to be started before gafferd says that it is ready without them.
    private static let longestStart: Duration = .seconds(60)
    /// How long ending a process takes at most when its time to leave is over.
    private static let longestKill: Duration = .seconds(15)

    func run() async throws {
        reporter?.begin()
        let survivors = supervision.survivors.filter { !$0.isDetached }.map(\.gracefulTimeout).max() ?? .zero
        reporter?.mayTake(survivors + Self.longestKill + Self.longestStart)
        // A stop may come at any moment.
        await withGracefulShutdownHandler {
            await endSurvivors()
            if !Task.isShuttingDownGracefully { await begin() }
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            reporter?.beginStop()
        }
        gate.open()
        let strays = await stop()
        if !strays.isEmpty {
            logger.warning(
                "processes that no job accounted for were ended",
                metadata: ["os_pids": "\(strays.map(String.init).joined(separator: ","))"]
            )
        }
    }

    /// Stops what outlived the gafferd before this one.
    private func endSurvivors() async {
        for record in await supervision.endSurvivors() {
            logger.warning(
                "a process that had outlived its gafferd was stopped",
                metadata: [
                    "session": "\(record.name.session)", "job": "\(record.name.job)", "os_pid": "\(record.osPid)",
                ]
            )
        }
    }

    /// Loads and starts the jobs, and says that gafferd is ready; a stop cancels what is not started yet.
    private func begin() async {
        let begun = await supervision.manager.begin(with: jobs, detached: supervision.survivors.filter(\.isDetached))
        supervision.forgetSurvivors()
        gate.open()
        // Ready means that the jobs were started, too; one that can't be is told of by itself.
        // Unstructured: the library's own way to cancel it starts the shared pool, which never sleeps again.
        let waiting = Task(executorPreference: ThreadExecutor.shared) {
            do throws(GafferError) {
                try await begun.settled(within: Self.longestStart)
            } catch {
                logger.warning("not all jobs are there yet: \(error.message)")
            }
        }
        await withGracefulShutdownHandler {
            await waiting.value
        } onGracefulShutdown: {
            waiting.cancel()
        }
        guard !Task.isShuttingDownGracefully else { return }
        reporter?.becomeReady()
        isReady()
    }

    private func stop() async -> [Int32] {
        // systemd kills whatever is left of a service, so that a detached process may as well leave in order.
        await supervision.shutDown(keepsDetached: reporter == nil) { names in
            guard !names.isEmpty else { return }
            let grace = names.compactMap { try? supervision.manager.info(of: $0).config.gracefulTimeout }.max()
            reporter?.mayTake((grace ?? .zero) + Self.longestKill)
            logger.info(
                "waiting for jobs to stop",
                metadata: ["jobs": "\(names.prefix(20).map(\.description).joined(separator: ","))"]
            )
        }
    }
}
