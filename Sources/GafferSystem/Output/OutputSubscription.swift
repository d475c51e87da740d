internal import DequeModule
internal import Synchronization

/// A stream's output as a sequence, for one task that takes its time.
///
/// What is not yet taken is bounded: the oldest bytes are dropped, and the next chunk tells how many. It ends when the
/// stream ends, when the task is cancelled, or by ``cancel()``.
package final class OutputSubscription: OutputObserver, AsyncSequence {
    package typealias Element = OutputChunk

    private struct State: ~Copyable {
        var chunks = Deque<OutputChunk>()
        var buffered = 0
        /// Lost before the first chunk of `chunks`.
        var gap: UInt64 = 0
        var isEnded = false
        var waiter: UnsafeContinuation<OutputChunk?, Never>?
    }

    /// Pieces below this size are joined, so that many tiny ones don't cost a chunk each.
    private static let joinedSize = 16 << 10

    private let limit: Int
    private let state = Mutex(State())

    init(bufferBytes: Int) {
        limit = Swift.max(1, bufferBytes)
    }

    /// Ends the sequence after what is buffered.
    package func cancel() {
        ended()
    }

    /// How many bytes wait to be taken.
    package var bufferedBytes: Int {
        state.withLock { $0.buffered }
    }

    /// Whether a task waits for the next chunk.
    var hasWaiter: Bool {
        state.withLock { $0.waiter != nil }
    }

    /// Whether somebody can still want more of it.
    var isEnded: Bool {
        state.withLock { $0.isEnded }
    }

    // MARK: OutputObserver

    package func received(_ bytes: ByteView, at offset: UInt64) {
        add(bytes, at: offset, gap: 0)
    }

    package func ended() {
        let waiter = state.withLock { state in
            state.isEnded = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    func add(_ bytes: ByteView, at offset: UInt64, gap: UInt64) {
        guard !bytes.isEmpty else { return }
        let waiter: (UnsafeContinuation<OutputChunk?, Never>, OutputChunk)? = state.withLock { state in
            guard !state.isEnded else { return nil }
            let kept = bytes.suffix(limit)
            let skipped = UInt64(bytes.count - kept.count)
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, OutputChunk(bytes: kept.array, offset: offset + skipped, gap: gap + skipped))
            }
            while state.buffered + kept.count > limit, let oldest = state.chunks.popFirst() {
                state.buffered -= oldest.bytes.count
                state.gap += UInt64(oldest.bytes.count)
            }
            if state.chunks.isEmpty { state.gap += gap + skipped }
            state.buffered += kept.count
            if let last = state.chunks.indices.last, state.chunks[last].bytes.count + kept.count <= Self.joinedSize {
                state.chunks[last].bytes.append(kept)
            } else {
                state.chunks.append(OutputChunk(bytes: kept.array, offset: offset + skipped))
            }
            return nil
        }
        if let (waiter, chunk) = waiter { waiter.resume(returning: chunk) }
    }

    // MARK: AsyncSequence

    package struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: OutputSubscription

        package mutating func next() async -> OutputChunk? {
            await subscription.next()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async -> OutputChunk? {
            await subscription.next(isolation: actor)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(subscription: self)
    }

    /// The next chunk, as soon as there is one; nil at the end.
    ///
    /// Only one task at a time may ask.
    package func next(isolation actor: isolated (any Actor)? = #isolation) async -> OutputChunk? {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let now: OutputChunk?? = state.withLock { state in
                    if var chunk = state.chunks.popFirst() {
                        state.buffered -= chunk.bytes.count
                        chunk.gap += state.gap
                        state.gap = 0
                        return .some(chunk)
                    }
                    if state.isEnded { return .some(nil) }
                    precondition(state.waiter == nil, "Two tasks take from one subscription.")
                    state.waiter = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            cancel()
        }
    }
}
