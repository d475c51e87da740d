internal import Gaffer
internal import GafferSystem
internal import WebServer

/// A stream on its way to one client.
struct OutputDelivery: Sendable {
    let feed: OutputFeed<EncodedOutput>
    let stream: OutputStream
    let encoder: any OutputEncoder

    /// Sends the stream to its end.
    ///
    /// The beginning of a character waits for the rest of it, which may be long in coming.
    func run(to gate: OutgoingGate) async throws(SessionEnd) {
        var joiner = CharacterJoiner()
        while let batch = await feed.next() {
            var missed = batch.missed
            for output in batch.elements {
                for piece in joiner.pieces(before: output, missed: missed) {
                    switch piece {
                    case .piece(let piece): try await gate.send(OutgoingMessages([encoder.message(piece)]))
                    case .gap(let offset):
                        try await gate.send(OutgoingMessages([encoder.gap(of: missed, before: offset)]))
                    }
                }
                missed = 0
                if let messages = output.messages { try await gate.send(messages) }
            }
        }
        guard !Task.isCancelled else { throw .cancelled }
        if let rest = joiner.rest { try await gate.send(OutgoingMessages([encoder.message(rest)])) }
    }

    /// Ends the wait for what others may still write who have inherited the pipe; what is there is sent to its end.
    func stopWaiting() {
        if !stream.isEnded { feed.cancel() }
    }

    /// Ends the wait for more.
    func cancel() {
        feed.cancel()
    }
}

/// Joins the characters that stand in two pieces of a stream, for one reader of it.
struct CharacterJoiner {
    /// What comes before a piece's own messages.
    enum Part: Hashable {
        /// A character, or what there is of it.
        case piece(TextCutter.Piece)
        /// The reader has missed what stood before this offset.
        case gap(before: UInt64)
    }

    /// The beginning of a character, as far as it is there.
    private(set) var rest: TextCutter.Piece?

    /// What comes before the messages of a piece, which then are to be sent.
    ///
    /// - Parameter missed: how many bytes before it this reader missed.
    mutating func pieces(before output: EncodedOutput, missed: UInt64) -> [Part] {
        var parts: [Part] = []
        if let rest,
            missed > 0 || output.followsGap || rest.offset + UInt64(rest.bytes.count) != output.range.lowerBound
        {
            parts.append(.piece(rest))
            self.rest = nil
        }
        if missed > 0 { parts.append(.gap(before: output.range.lowerBound)) }
        let start = rest?.offset ?? output.range.lowerBound
        let bytes = (rest?.bytes ?? []) + output.lead
        if output.messages == nil, output.rest.isEmpty, !bytes.isEmpty, TextCutter.restLength(of: bytes) == bytes.count
        {
            rest = .init(bytes, at: start)
            return parts
        }
        if !bytes.isEmpty { parts.append(.piece(.init(bytes, at: start))) }
        let end = output.range.upperBound - UInt64(output.rest.count)
        rest = output.rest.isEmpty ? nil : .init(output.rest, at: end)
        return parts
    }
}
