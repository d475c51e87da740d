internal import GafferSystem
internal import WebServer

/// Makes messages of the pieces of one stream, in the form of one protocol.
///
/// A piece is encoded once for all who read the stream in this form.
protocol OutputEncoder: Sendable {
    /// One piece of text, or of what is none.
    func message(_ piece: TextCutter.Piece) -> OutgoingMessages.Element
    /// So many bytes are missing before this offset.
    func gap(of lost: UInt64, before offset: UInt64) -> OutgoingMessages.Element
}

/// A piece of a stream as messages for any number of clients.
///
/// A character that stands in two pieces is in neither's messages: its parts are beside them, and who delivers the pieces
/// joins them.
struct EncodedOutput: Sendable {
    /// Where the piece begins in the stream, and where it ends.
    let range: Range<UInt64>
    /// The rest of a character at its beginning; of what comes after a gap there is none.
    let lead: [UInt8]
    /// The messages of what stands between; nil: nothing does.
    let messages: OutgoingMessages?
    /// The beginning of a character at its end.
    let rest: [UInt8]
    /// Whether bytes before it are missing for everybody, as the first message tells.
    let followsGap: Bool

    /// Encodes a piece.
    init(_ chunk: OutputChunk, _ encoder: any OutputEncoder) {
        range = chunk.offset..<chunk.end
        followsGap = chunk.gap > 0
        var start = followsGap ? 0 : TextCutter.leadLength(of: chunk.bytes)
        var end = chunk.bytes.count - TextCutter.restLength(of: chunk.bytes)
        // Bytes of which the last ones are also the first are all of a character's middle.
        end = max(start, end)
        var bytes = start == 0 && end == chunk.bytes.count ? chunk.bytes : Array(chunk.bytes[start..<end])
        if !TextCutter.isText(bytes) {
            // It is no text; so there is no character to be joined.
            (start, end, bytes) = (0, chunk.bytes.count, chunk.bytes)
        }
        lead = Array(chunk.bytes[..<start])
        rest = Array(chunk.bytes[end...])
        var elements: [OutgoingMessages.Element] = []
        if followsGap { elements.append(encoder.gap(of: chunk.gap, before: chunk.offset)) }
        if !bytes.isEmpty { elements.append(encoder.message(.init(bytes, at: chunk.offset + UInt64(start)))) }
        messages = elements.isEmpty ? nil : OutgoingMessages(elements)
    }

    /// What it costs to keep.
    var cost: Int {
        messages?.elements.reduce(0) { $0 + $1.bytes.count } ?? 0
    }
}
