internal import GafferSystem
internal import Synchronization

/// One wait of a task for a moment.
///
/// `Task.sleep` would do, but for the shared pool: once it has been used, it wakes up every second for ever.
final class Pause: Sendable {
    private struct State {
        var isOver = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    private init() {}

    /// Waits for the moment, or until the task is cancelled.
    ///
    /// - Throws: `CancellationError` where the task is cancelled.
    static func until(_ moment: ContinuousClock.Instant) async throws {
        let pause = Pause()
        TimerThread.shared.schedule(after: max(.zero, moment - .now)) { pause.end() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = pause.state.withLock { state in
                    if !state.isOver { state.continuation = continuation }
                    return state.isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            pause.end()
        }
        try Task.checkCancellation()
    }

    private func end() {
        let continuation = state.withLock { state in
            state.isOver = true
            return state.continuation.take()
        }
        continuation?.resume()
    }
}
