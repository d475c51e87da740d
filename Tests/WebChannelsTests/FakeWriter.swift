import Synchronization
import WebServer

/// Keeps what is written.
final class FakeWriter: ResponseWriter {
    private struct State {
        var pieces: [[UInt8]] = []
        var isWriting = false
        var didOverlap = false
        var onWrite: (@Sendable (String) -> Void)?
    }

    private let state = Mutex(State())
    private let limit: Int
    private let delay: Duration?

    /// - Parameters:
    ///   - limit: how many pieces are taken before the client is gone.
    ///   - delay: how long a piece takes.
    init(limit: Int = .max, delay: Duration? = nil) {
        self.limit = limit
        self.delay = delay
    }

    var text: String { state.withLock { String(decoding: $0.pieces.joined(), as: UTF8.self) } }
    var pieces: [String] { state.withLock { $0.pieces.map { String(decoding: $0, as: UTF8.self) } } }
    var didOverlap: Bool { state.withLock { $0.didOverlap } }

    /// Tells of all that is written so far, after each piece.
    func onWrite(_ body: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.onWrite = body }
    }

    func write(_ bytes: [UInt8]) async throws(ConnectionClosed) {
        let isGone = state.withLock { state in
            if state.isWriting { state.didOverlap = true }
            state.isWriting = true
            return state.pieces.count >= limit
        }
        if let delay { try? await Task.sleep(for: delay) }
        let onWrite = state.withLock { state in
            state.isWriting = false
            if !isGone { state.pieces.append(bytes) }
            return state.onWrite
        }
        guard !isGone else { throw ConnectionClosed() }
        onWrite?(text)
    }
}
