internal import NIOCore

/// A conversation in messages: a websocket, or what SockJS makes of plain requests.
///
/// One task receives; any number may send. What several tasks send comes whole and in the order of their calls.
package protocol MessageChannel: Sendable {
    /// The next message of the client; nil: it is gone.
    func receive() async -> Message?
    /// Sends messages and returns once the client takes more.
    ///
    /// - Throws: ``ConnectionClosed`` where the client is gone, or is cut off since it took nothing for too long.
    func send(_ messages: OutgoingMessages) async throws(ConnectionClosed)
    /// Ends the conversation after what was sent.
    ///
    /// - Parameters:
    ///   - code: one of RFC 6455, section 7.4, or of the range 3000 to 4999.
    ///   - reason: up to 123 bytes of UTF-8.
    func close(code: UInt16, reason: String) async
}

/// Messages on their way to one client or to a thousand: each is encoded once, whoever gets it.
package struct OutgoingMessages: Sendable {
    /// One of them.
    package enum Element: Sendable, Hashable {
        /// UTF-8; not checked again.
        case text([UInt8])
        /// Bytes.
        case binary([UInt8])
    }

    /// The messages, in order.
    package let elements: [Element]
    /// The same as frames of a websocket; who sends them shares the bytes.
    let frames: ByteBuffer

    /// Makes a batch, whose frames are encoded here and now.
    package init(_ elements: [Element]) {
        self.elements = elements
        var frames = ByteBuffer()
        frames.reserveCapacity(elements.reduce(0) { $0 + $1.bytes.count + 10 })
        for element in elements { element.appendFrame(to: &frames) }
        self.frames = frames
    }

    /// One message of text.
    package static func text(_ text: String) -> OutgoingMessages {
        OutgoingMessages([.text(Array(text.utf8))])
    }
}

extension OutgoingMessages.Element {
    /// What it says.
    package var bytes: [UInt8] {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes
        }
    }

    fileprivate func appendFrame(to frames: inout ByteBuffer) {
        switch self {
        case .text(let bytes): frames.writeFrame(.text, bytes)
        case .binary(let bytes): frames.writeFrame(.binary, bytes)
        }
    }
}
