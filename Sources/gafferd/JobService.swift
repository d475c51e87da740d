internal import Gaffer
internal import GafferModel
internal import Logging
internal import ServiceLifecycle

/// Starts the configured jobs, and stops all jobs when the daemon stops.
struct JobService: Service {
    let supervision: Supervision
    let jobs: [ConfiguredJob]
    let logger: Logger
    let isReady: @Sendable () -> Void

    func run() async throws {
        let ended = await supervision.endSurvivors()
        for record in ended {
            logger.warning(
                "a process that had outlived its gafferd was stopped",
                metadata: [
                    "session": "\(record.name.session)", "job": "\(record.name.job)", "os_pid": "\(record.osPid)",
                ]
            )
        }
        // A stop may come at any moment from here on, and cancels what is not started yet.
        await withGracefulShutdownHandler {
            await supervision.manager.begin(
                with: jobs,
                detached: supervision.survivors.filter(\.isDetached)
            )
            supervision.forgetSurvivors()
            isReady()
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            logger.notice("stopping")
        }
        let strays = await stop()
        if !strays.isEmpty {
            logger.warning(
                "processes that no job accounted for were ended",
                metadata: ["os_pids": "\(strays.map(String.init).joined(separator: ","))"]
            )
        }
    }

    private func stop() async -> [Int32] {
        await supervision.shutDown { names in
            guard !names.isEmpty else { return }
            logger.info(
                "waiting for jobs to stop",
                metadata: ["jobs": "\(names.prefix(20).map(\.description).joined(separator: ","))"]
            )
        }
    }
}
