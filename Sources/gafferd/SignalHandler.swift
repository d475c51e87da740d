internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Logging
internal import Synchronization

/// What gafferd does on a signal.
final class SignalHandler: Sendable {
    private let supervision: Supervision
    private let reloader: Reloader
    private let lines: LogWriter?
    private let log: DaemonLog
    private let stop: @Sendable () async -> Void
    private let stopsAsked = Atomic<Int>(0)

    init(
        supervision: Supervision,
        reloader: Reloader,
        lines: LogWriter?,
        log: DaemonLog,
        stop: @escaping @Sendable () async -> Void
    ) {
        self.supervision = supervision
        self.reloader = reloader
        self.lines = lines
        self.log = log
        self.stop = stop
    }

    /// Takes signals from now on; those that came before were waiting.
    func start() async throws {
        let loop = supervision.loop
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.perform { [self] in
                continuation.resume(with: Result { try watch(loop) })
            }
        }
    }

    private func watch(_ loop: SupervisionLoop) throws {
        let source = try SignalSource(Daemon.signals, on: loop) { [self] signal in take(signal) }
        // It watches for as long as the daemon lives.
        _ = Unmanaged.passRetained(source)
    }

    // On the loop. Tasks are unstructured: a signal has no parent to wait for what it sets off.
    private func take(_ signal: Int32) {
        switch signal {
        case SIGCHLD:
            supervision.keeper.scheduleSweep()
        case SIGHUP:
            Task(executorPreference: ThreadExecutor.shared) { _ = try? await self.reloader.reload() }
        case SIGUSR2:
            lines?.reopen()
            supervision.reader.reopenFiles()
        default:
            let count = stopsAsked.wrappingAdd(1, ordering: .relaxed).newValue
            let name = Signal(rawValue: signal).name
            if count == 1 {
                log.tell(.stopping(signal: name))
                Task(executorPreference: ThreadExecutor.shared) { await self.stop() }
            } else {
                log.logger.notice("not waiting any longer", metadata: ["signal": "\(name)"])
                Task(executorPreference: ThreadExecutor.shared) { await self.supervision.manager.hurry() }
            }
        }
    }
}
