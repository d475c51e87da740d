internal import NIOCore
internal import Synchronization

/// What tasks write on a connection, on its way to the event loop.
///
/// A piece is queued where its task runs, so that pieces come whole and in the order of their calls, and the event loop
/// takes all that is there at once. Whoever writes waits while the client does not take what was written before.
/// Cancellation does not end that wait: a task that goes on writing nevertheless would fill the memory.
final class Outlet: Sendable {
    /// How much may wait for the event loop, in bytes, before whoever writes has to wait.
    private static let room = 64 << 10

    private struct State {
        var pieces: [ByteBuffer] = []
        var size = 0
        /// The last piece is in.
        var isFinished = false
        /// The event loop knows that there is something.
        var isAnnounced = false
        /// The client does not take what was written before.
        var isBlocked = false
        /// Nothing is taken any more.
        var isClosed = false
        var waiting: [CheckedContinuation<Bool, Never>] = []

        var isFull: Bool { isBlocked || size >= Outlet.room }
    }

    private let state = Mutex(State())
    private let announce: @Sendable () -> Void

    /// Makes an outlet.
    ///
    /// - Parameter announce: makes the event loop ``take()`` what is there.
    init(announce: @escaping @Sendable () -> Void) {
        self.announce = announce
    }

    /// Queues a piece and returns once the client takes more.
    func write(_ piece: ByteBuffer) async throws(ConnectionClosed) {
        guard piece.readableBytes > 0 else { return }
        let isFull = try queue(piece)
        guard isFull else { return }
        let isTaken = await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                guard state.isFull else { return true }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        guard isTaken else { throw ConnectionClosed() }
    }

    /// Takes no further pieces after a last one.
    func finish(_ piece: ByteBuffer? = nil) {
        let isNews = state.withLock { state in
            guard !state.isClosed, !state.isFinished else { return false }
            if let piece { state.pieces.append(piece) }
            state.isFinished = true
            defer { state.isAnnounced = true }
            return !state.isAnnounced
        }
        if isNews { announce() }
    }

    private func queue(_ piece: ByteBuffer) throws(ConnectionClosed) -> Bool {
        let (isTaken, isNews, isFull) = state.withLock { state in
            guard !state.isClosed, !state.isFinished else { return (false, false, false) }
            state.pieces.append(piece)
            state.size += piece.readableBytes
            defer { state.isAnnounced = true }
            return (true, !state.isAnnounced, state.isFull)
        }
        guard isTaken else { throw ConnectionClosed() }
        if isNews { announce() }
        return isFull
    }

    // MARK: On the event loop

    /// All that is there, and whether the last piece is among it.
    func take() -> (pieces: [ByteBuffer], isLast: Bool) {
        state.withLock { state in
            defer {
                state.pieces = []
                state.size = 0
            }
            state.isAnnounced = false
            return (state.pieces, state.isFinished)
        }
    }

    /// Lets those go on that wait, or makes them wait.
    func setBlocked(_ isBlocked: Bool) {
        let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            state.isBlocked = isBlocked
            guard !state.isFull else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// Nobody takes anything any more.
    func close() {
        let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            state.isClosed = true
            state.pieces = []
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: false) }
    }
}

/// The way from a task that writes a body to its client.
struct StreamWriter: ResponseWriter {
    let outlet: Outlet

    func write(_ bytes: [UInt8]) async throws(ConnectionClosed) {
        try await outlet.write(ByteBuffer(bytes: bytes))
    }
}
