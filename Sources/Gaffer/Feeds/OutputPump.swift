internal import GafferSystem
internal import Synchronization

/// A piece of a stream as all readers of one kind get it.
struct OutputPiece<Element: Sendable>: Sendable {
    let element: Element
    /// The offset of its first byte.
    let offset: UInt64
    /// The offset after its last byte.
    let end: UInt64
    /// How many bytes before it were lost to everybody.
    let gap: UInt64
}

/// Takes what a process writes to one stream, encodes it once for all readers of one kind, and hands it to them.
///
/// The output thread only copies bytes here. They are cut and encoded on the thread of the timekeeper: the first at
/// once, what follows after a pause that grows with the number of readers.
final class OutputPump<Element: Sendable>: OutputObserver {
    private struct State {
        /// What is to be handed on next.
        var pending: [UInt8] = []
        /// The offset of the first byte of `pending`, or of the next that comes; nil until that is known.
        var start: UInt64?
        /// How many bytes before `start` were lost.
        var gap: UInt64 = 0
        /// Up to where the readers have been given everything.
        var cursor: UInt64 = 0
        /// How many bytes wait since the flush before this one.
        var heldBack = 0
        /// Names the timer that may flush; others come too late.
        var timer: UInt64 = 0
        var isScheduled = false
        var isHurried = false
        var lastFlush: Duration?
        var hasEnded = false
        var isStopped = false
        var readers = 0

        mutating func begin(at offset: UInt64) {
            guard start == nil else { return }
            start = offset
            cursor = offset
        }
    }

    /// How many bytes may wait to be encoded.
    static var pendingLimit: Int { 256 << 10 }
    /// What a piece costs beyond what its element does.
    static var overhead: Int { 64 }

    let stream: OutputStream
    private let encode: @Sendable (OutputChunk) -> Element
    private let cost: @Sendable (Element) -> Int
    private let time: any Timekeeper
    private let broadcast: Broadcast<OutputPiece<Element>>
    private let state = Mutex(State())

    init(
        stream: OutputStream,
        time: any Timekeeper,
        limit: Int,
        encode: @escaping @Sendable (OutputChunk) -> Element,
        cost: @escaping @Sendable (Element) -> Int
    ) {
        self.stream = stream
        self.encode = encode
        self.cost = cost
        self.time = time
        broadcast = Broadcast(limit: limit)
    }

    func start() {
        let offset = stream.addObserver(self)
        // The first bytes may have come since.
        let timer = state.withLock { state -> UInt64? in
            state.begin(at: offset)
            // It may have ended since, too, and was flushed before it had a beginning.
            guard state.hasEnded else { return nil }
            state.timer += 1
            return state.timer
        }
        if let timer { flush((timer, .zero)) }
    }

    // MARK: Readers

    /// A reader of the pieces that are handed on from now on, and the offset of the first of them.
    func join() -> (reader: Broadcast<OutputPiece<Element>>.Reader, cursor: UInt64) {
        state.withLock { state in
            state.readers += 1
            return (broadcast.reader(), state.cursor)
        }
    }

    /// One reader less; true: it was the last, and the pump has stopped.
    func leave() -> Bool {
        let isLast = state.withLock { state in
            state.readers -= 1
            if state.readers == 0 {
                state.isStopped = true
                state.pending = []
            }
            return state.readers == 0
        }
        if isLast { stream.removeObserver(self) }
        return isLast
    }

    /// A piece of what one reader alone gets.
    func encode(_ chunk: OutputChunk) -> Element { encode(chunk) }

    // MARK: OutputObserver

    func received(_ bytes: ByteView, at offset: UInt64) {
        let due = state.withLock { state -> (timer: UInt64, delay: Duration)? in
            guard !state.isStopped else { return nil }
            state.begin(at: offset)
            let kept = bytes.suffix(Self.pendingLimit)
            let room = Self.pendingLimit - kept.count
            if state.pending.count > room {
                // Half of it at once, so that a flood does not move the rest with every read.
                let dropped = state.pending.count - min(room, Self.pendingLimit / 2)
                state.pending.removeFirst(dropped)
                state.gap += UInt64(dropped)
            }
            state.gap += UInt64(bytes.count - kept.count)
            state.pending.append(kept)
            state.start = offset + UInt64(bytes.count) - UInt64(state.pending.count)
            return plan(&state)
        }
        if let due { flush(due) }
    }

    func ended() {
        let timer = state.withLock { state in
            state.hasEnded = true
            state.isScheduled = true
            state.timer += 1
            return state.timer
        }
        flush((timer, .zero))
    }

    // MARK: Handing on

    /// When to flush, unless that is settled.
    private func plan(_ state: inout State) -> (timer: UInt64, delay: Duration)? {
        let delay: Duration
        if !state.isScheduled {
            let pause = OutputPieces.pause(readers: state.readers)
            delay = state.lastFlush.map { max(.zero, $0 + pause - time.now) } ?? .zero
        } else if !state.isHurried, state.pending.count >= Self.pendingLimit / 2 {
            state.isHurried = true
            delay = .zero
        } else {
            return nil
        }
        state.isScheduled = true
        state.timer += 1
        return (state.timer, delay)
    }

    private func flush(_ due: (timer: UInt64, delay: Duration)) {
        let timer = due.timer
        if due.delay > .zero {
            time.schedule(after: due.delay) { self.flush(timer) }
        } else {
            time.perform { self.flush(timer) }
        }
    }

    /// On the timekeeper's thread.
    private func flush(_ timer: UInt64) {
        let taken = state.withLock { state -> (bytes: [UInt8], offset: UInt64, gap: UInt64, isLast: Bool)? in
            guard !state.isStopped, timer == state.timer, let start = state.start else { return nil }
            let taken = (
                bytes: state.pending, offset: start, gap: state.gap,
                isLast: state.hasEnded || state.pending.count == state.heldBack
            )
            state.start = start + UInt64(state.pending.count)
            state.pending = []
            state.gap = 0
            state.isHurried = false
            return taken
        }
        guard let taken else { return }
        var pieces: [OutputPiece<Element>] = []
        var start = 0
        for end in OutputPieces.ends(in: taken.bytes[...], isLast: taken.isLast) {
            let chunk = OutputChunk(
                bytes: Array(taken.bytes[start..<end]),
                offset: taken.offset + UInt64(start),
                gap: start == 0 ? taken.gap : 0
            )
            pieces.append(OutputPiece(element: encode(chunk), offset: chunk.offset, end: chunk.end, gap: chunk.gap))
            start = end
        }
        handOn(pieces, rest: taken.bytes[start...], gap: pieces.isEmpty ? taken.gap : 0)
    }

    private func handOn(_ pieces: [OutputPiece<Element>], rest: ArraySlice<UInt8>, gap: UInt64) {
        let (next, isEnd) = state.withLock { state -> ((timer: UInt64, delay: Duration)?, Bool) in
            for piece in pieces {
                broadcast.append(piece, cost: cost(piece.element) + Self.overhead, wakes: false)
                state.cursor = piece.end
            }
            if state.gap == 0 {
                state.pending.insert(contentsOf: rest, at: 0)
                state.start? -= UInt64(rest.count)
                state.gap = gap
            } else {
                // So much has come meanwhile that bytes right behind these were lost.
                state.gap += gap + UInt64(rest.count)
            }
            state.heldBack = rest.count
            state.lastFlush = time.now
            state.isScheduled = false
            guard !state.pending.isEmpty else { return (nil, state.hasEnded) }
            state.isScheduled = true
            state.timer += 1
            let delay = state.hasEnded ? .zero : OutputPieces.pause(readers: state.readers)
            return ((state.timer, delay), false)
        }
        if !pieces.isEmpty { broadcast.wake() }
        if let next { flush(next) }
        if isEnd { broadcast.finish() }
    }
}
