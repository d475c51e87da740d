internal import GafferSystem
internal import Synchronization

/// Encoded pieces of a stream that follow each other, and what is missing before them.
package struct OutputBatch<Element: Sendable>: Sendable {
    /// The pieces, in order; at least one.
    package var elements: [Element]
    /// How many bytes before the first of them this reader has lost; those that everybody lost stand in the pieces.
    package var missed: UInt64
    /// The offset after the last of them, from where a reader resumes.
    package var end: UInt64
}

/// A stream's pieces as one reader gets them; for one task at a time.
///
/// First come those that the ring still has, encoded for this reader alone, then those that all readers share, without
/// a gap or a byte twice between them.
package final class OutputFeed<Element: Sendable>: Sendable {
    private struct State {
        /// The offset of the next byte.
        var position: UInt64
        /// Lost since the last batch.
        var missed: UInt64 = 0
        var hasLeft = false
    }

    private let pump: OutputPump<Element>
    private let reader: Broadcast<OutputPiece<Element>>.Reader
    /// From here on the pieces are shared.
    private let cursor: UInt64
    private let leave: @Sendable () -> Void
    private let state: Mutex<State>

    init(
        pump: OutputPump<Element>,
        reader: Broadcast<OutputPiece<Element>>.Reader,
        position: UInt64,
        cursor: UInt64,
        leave: @escaping @Sendable () -> Void
    ) {
        self.pump = pump
        self.reader = reader
        self.cursor = cursor
        self.leave = leave
        state = Mutex(State(position: position))
    }

    deinit {
        cancel()
    }

    /// Ends the sequence, at once.
    package func cancel() {
        reader.cancel()
        let leaves = state.withLock { state in
            defer { state.hasLeft = true }
            return !state.hasLeft
        }
        if leaves { leave() }
    }

    /// The pieces that are there, or that come next; nil at the end, and when the task is cancelled.
    ///
    /// - Parameter limit: the most that they may cost, but for the first.
    package func next(
        atMost limit: Int = .max,
        isolation actor: isolated (any Actor)? = #isolation
    ) async -> OutputBatch<Element>? {
        if let batch = state.withLock({ kept(&$0) }) { return batch }
        while let batch = await reader.next(atMost: limit, isolation: actor) {
            if let batch = state.withLock({ shared(batch.elements, &$0) }) { return batch }
        }
        return nil
    }

    /// The next piece of what was there before the shared pieces begin.
    private func kept(_ state: inout State) -> OutputBatch<Element>? {
        guard !state.hasLeft, state.position < cursor else { return nil }
        let wanted = cursor - state.position
        var chunk = pump.stream.snapshot(from: state.position, atMost: Int(min(wanted, UInt64(OutputPieces.limit))))
        guard !chunk.bytes.isEmpty, chunk.offset < cursor else {
            state.missed += wanted
            state.position = cursor
            return nil
        }
        chunk.bytes = Array(chunk.bytes.prefix(Int(min(cursor - chunk.offset, UInt64(chunk.bytes.count)))))
        if chunk.end < cursor, let end = OutputPieces.ends(in: chunk.bytes[...], isLast: false).first {
            chunk.bytes = Array(chunk.bytes[..<end])
        }
        state.missed += chunk.gap
        chunk.gap = 0
        return batch([pump.encode(chunk)], end: chunk.end, &state)
    }

    /// What of shared pieces is for this reader.
    private func shared(_ pieces: [OutputPiece<Element>], _ state: inout State) -> OutputBatch<Element>? {
        guard !state.hasLeft else { return nil }
        var elements: [Element] = []
        for piece in pieces where piece.end > state.position {
            if piece.offset >= state.position {
                // What everybody lost stands in the piece.
                let expected = piece.offset - piece.gap
                if expected > state.position { state.missed += expected - state.position }
                elements.append(piece.element)
            } else {
                // It resumes in the middle of what another reader got as one piece.
                var chunk = pump.stream.snapshot(from: state.position, atMost: Int(piece.end - state.position))
                chunk.bytes = Array(chunk.bytes.prefix(Int(clamping: piece.end - min(piece.end, chunk.offset))))
                state.missed += min(chunk.gap, piece.end - state.position)
                chunk.gap = 0
                if !chunk.bytes.isEmpty { elements.append(pump.encode(chunk)) }
            }
            state.position = piece.end
        }
        return elements.isEmpty ? nil : batch(elements, end: state.position, &state)
    }

    private func batch(_ elements: [Element], end: UInt64, _ state: inout State) -> OutputBatch<Element> {
        defer {
            state.position = end
            state.missed = 0
        }
        return OutputBatch(elements: elements, missed: state.missed, end: end)
    }
}
