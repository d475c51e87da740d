internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import GafferSystemd
internal import Synchronization

/// Tells systemd where gafferd is in its life, and how its jobs are.
///
/// The status line follows what happens to jobs, at most once a second; without events there is nothing to tell, and no
/// timer. Only the watchdog's own timer, and the one that asks for more time while gafferd starts or stops, repeat.
final class ServiceReporter: Sendable {
    private struct State {
        var phase = StatusText.Phase.starting
        var lastText = ""
        var lastSent: Duration = .seconds(-1)
        /// A timer will send the status.
        var isScheduled = false
        /// Until when more time is asked for; nil: no longer.
        var extendsUntil: Duration?
    }

    /// How often the status line may change.
    private static let shortestInterval: Duration = .seconds(1)
    /// How much more time is asked for at once, and how often.
    private static let extensionLength: Duration = .seconds(20)
    private static let extensionInterval: Duration = .seconds(5)

    private let notifier: ServiceNotifier
    private let manager: ManagerActor
    private let loop: SupervisionLoop
    private let state = Mutex(State())

    init(notifier: ServiceNotifier, manager: ManagerActor, loop: SupervisionLoop) {
        self.notifier = notifier
        self.manager = manager
        self.loop = loop
    }

    func begin() {
        notifier.send(.status(currentText()))
    }

    func becomeReady() {
        guard change(to: .running, from: [.starting]) else { return }
        state.withLock { $0.extendsUntil = nil }
        notifier.send(.ready, .status(currentText()))
    }

    /// A reload of a gafferd that starts or stops is no state of its own.
    func beginReload() {
        guard change(to: .reloading, from: [.running]) else { return }
        notifier.send(.reloading(at: monotonicNow()), .status(currentText()))
    }

    func endReload() {
        guard change(to: .running, from: [.reloading]) else { return }
        notifier.send(.ready, .status(currentText()))
    }

    func beginStop() {
        guard change(to: .stopping, from: [.starting, .running, .reloading]) else { return }
        notifier.send(.stopping, .status(currentText()))
    }

    private func change(to phase: StatusText.Phase, from before: Set<StatusText.Phase>) -> Bool {
        state.withLock { state in
            guard before.contains(state.phase) else { return false }
            state.phase = phase
            return true
        }
    }

    /// Something happened to a job.
    func changed() {
        let wait: Duration? = state.withLock { state in
            guard !state.isScheduled else { return nil }
            state.isScheduled = true
            return max(.zero, state.lastSent + Self.shortestInterval - monotonicNow())
        }
        guard let wait else { return }
        later(after: wait) { reporter in
            reporter.state.withLock { $0.isScheduled = false }
            reporter.sendStatus()
        }
    }

    /// The phase may take so long; until then systemd is asked for more time than its unit grants.
    ///
    /// A gafferd that hangs asks for nothing, so that it does not hang for ever.
    func mayTake(_ time: Duration) {
        let until = monotonicNow() + time
        let isRunning = state.withLock { state in
            defer { state.extendsUntil = max(until, state.extendsUntil ?? until) }
            return state.extendsUntil != nil
        }
        if !isRunning { extend() }
    }

    /// Tells the watchdog that gafferd is alive, after each round trip through the manager.
    func keepWatchdogQuiet(_ interval: Duration) {
        let manager = manager
        later(after: interval / 2) { reporter in
            // Unstructured: a timer has no parent.
            Task(executorPreference: ThreadExecutor.shared) {
                await manager.roundTrip()
                reporter.notifier.send(.watchdog)
                reporter.keepWatchdogQuiet(interval)
            }
        }
    }

    private func extend() {
        let now = monotonicNow()
        let isDue = state.withLock { state in
            guard let until = state.extendsUntil, until > now else {
                state.extendsUntil = nil
                return false
            }
            return true
        }
        guard isDue else { return }
        notifier.send(.extendTimeout(Self.extensionLength))
        later(after: Self.extensionInterval) { $0.extend() }
    }

    private func sendStatus() {
        let text = currentText()
        let isNew = state.withLock { state in
            state.lastSent = monotonicNow()
            defer { state.lastText = text }
            return state.lastText != text
        }
        if isNew { notifier.send(.status(text)) }
    }

    private func currentText() -> String {
        let names = (try? manager.jobNames(in: nil)) ?? []
        let jobs = names.compactMap { name -> StatusText.Job? in
            guard let info = try? manager.info(of: name) else { return nil }
            return StatusText.Job(
                name: name,
                state: info.state,
                processes: info.instances.count { $0.osPid > 0 }
            )
        }
        return StatusText.text(phase: state.withLock { $0.phase }, jobs: jobs)
    }

    private func later(after delay: Duration, _ body: @escaping @Sendable (ServiceReporter) -> Void) {
        loop.perform { [self] in
            _ = loop.schedule(after: delay) { [weak self] in
                if let self { body(self) }
            }
        }
    }
}
