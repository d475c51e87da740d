internal import GafferModel
internal import WebServer

/// Output as frames of the IO channel: of text, or of bytes where it is no UTF-8.
///
/// The original put whatever came into a frame of text, which a client had to refuse where it was none. Where a client
/// was too slow it is told by a frame `V1 gap <id>` with the body `{"lost":K,"offset":N}`: so many bytes are missing
/// before that offset.
struct IOOutputEncoder: OutputEncoder {
    func message(_ piece: TextCutter.Piece) -> OutgoingMessages.Element {
        IOFrame.encoded(.message, id: RandomId.make(), body: piece.bytes, isText: piece.isText)
    }

    func gap(of lost: UInt64, before offset: UInt64) -> OutgoingMessages.Element {
        let body: JSON = [
            "lost": .integer(Int64(clamping: lost)), "offset": .integer(Int64(clamping: offset)),
        ]
        return IOFrame.encoded(.gap, id: RandomId.make(), body: body.encoded())
    }
}

/// Output as it is: messages of text, or of bytes where it is no UTF-8.
///
/// Where a client was too slow it gets the message `{"error":"gap","lost":K}`, as it gets errors.
struct RawOutputEncoder: OutputEncoder {
    func message(_ piece: TextCutter.Piece) -> OutgoingMessages.Element {
        piece.isText ? .text(piece.bytes) : .binary(piece.bytes)
    }

    func gap(of lost: UInt64, before offset: UInt64) -> OutgoingMessages.Element {
        let message: JSON = ["error": "gap", "lost": .integer(Int64(clamping: lost))]
        return .text(message.encoded())
    }
}
