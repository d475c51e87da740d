internal import GafferSystem
internal import ServiceLifecycle
internal import Synchronization

/// Holds whoever wants something of the jobs until the configured ones are loaded.
///
/// The sockets listen before that, so that a client who comes early waits, rather than being told that there is no such
/// job; and nothing is loaded twice.
final class StartGate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Returns once it is open.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets everybody through, from now on.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// A service that begins behind a gate.
struct GatedService<Inner: Service>: Service {
    let gate: StartGate
    let service: Inner

    func run() async throws {
        await gate.wait()
        try await service.run()
    }
}
