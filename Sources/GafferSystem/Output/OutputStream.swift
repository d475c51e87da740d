internal import CGafferSystem
internal import Glibc
internal import Synchronization

/// One output of one process: where its bytes are kept and who gets them.
///
/// ``OutputReader`` fills it. It costs some hundred bytes until the first byte comes: the ring is made then. It outlives
/// the process: what is in the ring can be read as long as somebody keeps the object.
package final class OutputStream: Sendable {
    struct State: ~Copyable {
        var ring: RingBuffer
        var observers: [any OutputObserver] = []
        var phase = Phase.new
        var counter: ByteCounter?
    }

    /// Where a stream is in its life; it goes from one to the next.
    enum Phase {
        /// No reader has it yet.
        case new
        /// The reader reads it from this descriptor.
        case open(Source)
        /// Nothing comes any more.
        case ended
    }

    /// What the reader knows of the pipe.
    struct Source {
        let descriptor: Int32
        /// The reader's name for it.
        let token: UInt64
        let reader: OutputReader
        /// How much the pipe holds; 0: not asked yet.
        var pipeSize = 0
        /// Reads that found the pipe half full.
        var fullReads = 0
        /// How much the pipe was enlarged by.
        var enlargedBy = 0
    }

    /// What it is called, as `stdout`.
    package let label: String
    /// The file that gets its bytes, if any.
    package let sink: FileSink?

    let state: Mutex<State>

    /// Makes a stream.
    ///
    /// - Parameter ringSize: how many of the last bytes are kept; 0: none.
    package init(label: String, ringSize: Int = 65_536, sink: FileSink? = nil) {
        self.label = label
        self.sink = sink
        state = Mutex(State(ring: RingBuffer(capacity: ringSize)))
    }

    /// Counts what comes from now on, also there.
    package func count(into counter: ByteCounter) {
        state.withLock { $0.counter = counter }
    }

    /// How many bytes came since it was made.
    package var totalBytes: UInt64 {
        state.withLock { $0.ring.end }
    }

    /// Whether nothing will come any more.
    package var isEnded: Bool {
        state.withLock { state in
            if case .ended = state.phase { true } else { false }
        }
    }

    // MARK: What is in the ring

    /// The last lines, at most so many; a last line without an end counts as one.
    ///
    /// A line whose beginning is no longer there is left out, unless it is all there is.
    package func tail(lines: Int) -> [UInt8] {
        state.withLock { $0.ring.bytes(from: $0.ring.offset(ofLast: lines)) }
    }

    /// The last bytes, at most so many.
    package func tail(bytes: Int) -> [UInt8] {
        state.withLock { state in
            state.ring.bytes(from: state.ring.end - min(state.ring.end, UInt64(max(0, bytes))))
        }
    }

    /// What is kept from an offset on, at most so many bytes, and how many bytes from there are no longer kept.
    package func snapshot(from offset: UInt64 = 0, atMost limit: Int = .max) -> OutputChunk {
        state.withLock { state in state.ring.chunk(from: offset, atMost: limit) }
    }

    /// Where the last lines begin, at most so many, as in ``tail(lines:)``.
    package func offset(ofLast lines: Int) -> UInt64 {
        state.withLock { $0.ring.offset(ofLast: lines) }
    }

    // MARK: Who gets the bytes

    /// The output as a sequence: what comes from now on, or from an offset on where one is given.
    ///
    /// - Parameters:
    ///   - bufferBytes: how much may wait to be taken until the oldest is dropped.
    ///   - offset: 0: all that is kept in the ring; what is no longer kept is the first chunk's gap.
    package func subscribe(bufferBytes: Int = 256 << 10, from offset: UInt64? = nil) -> OutputSubscription {
        let subscription = OutputSubscription(bufferBytes: bufferBytes)
        state.withLock { state in
            if let offset {
                let chunk = state.ring.chunk(from: offset)
                chunk.bytes.withByteView { subscription.add($0, at: chunk.offset, gap: chunk.gap) }
            }
            if case .ended = state.phase {
                subscription.ended()
            } else {
                // Those that nobody reads any more go when another comes, so that they never pile up.
                state.observers.removeAll { ($0 as? OutputSubscription)?.isEnded ?? false }
                state.observers.append(subscription)
            }
        }
        return subscription
    }

    /// Tells an observer of all that comes from now on.
    ///
    /// - Returns: the offset of the first byte that it will be told of.
    @discardableResult
    package func addObserver(_ observer: any OutputObserver) -> UInt64 {
        let (hasEnded, offset) = state.withLock { state in
            if case .ended = state.phase { return (true, state.ring.end) }
            state.observers.append(observer)
            return (false, state.ring.end)
        }
        if hasEnded { observer.ended() }
        return offset
    }

    /// Tells an observer no more, but for a call that is under way.
    package func removeObserver(_ observer: any OutputObserver) {
        state.withLock { $0.observers.removeAll { $0 === observer } }
    }

    // MARK: Ends that are not the writer's

    /// Takes what is in the pipe now, then closes it; returns at once.
    package func drainAndClose() {
        reader?.enqueue(.drain(self))
    }

    /// Closes the pipe, whatever is in it; returns at once.
    package func abandon() {
        reader?.enqueue(.abandon(self))
    }

    /// A descriptor of one's own of the socket that it is read from, to write to; nil where it is read no more.
    package func duplicate() -> Int32? {
        state.withLock { state in
            guard case .open(let source) = state.phase else { return nil }
            let descriptor = gaffer_duplicate(source.descriptor, 3)
            return descriptor >= 0 ? descriptor : nil
        }
    }

    private var reader: OutputReader? {
        state.withLock { state in
            if case .open(let source) = state.phase { source.reader } else { nil }
        }
    }
}

extension RingBuffer {
    /// What is kept from an offset on; an offset of the future is the end.
    func chunk(from offset: UInt64, atMost limit: Int = .max) -> OutputChunk {
        let from = min(offset, end)
        let first = max(from, start)
        return OutputChunk(bytes: bytes(from: first, atMost: limit), offset: first, gap: first - from)
    }
}
