/// Reads what a server sends over a WebSocket, out of bytes however they are cut: frames, joined to messages.
///
/// It decides only; ``WebSocket`` reads and answers. Anything that RFC 6455 forbids a server is a ``Failure``, which says
/// with what code to close.
package struct WebSocketParser: Sendable {
    /// What came.
    package enum Event: Sendable, Hashable {
        /// A message of text.
        case text(String)
        /// A message of bytes.
        case binary([UInt8])
        /// To be answered by a pong with the same bytes.
        case ping([UInt8])
        /// The answer to a ping.
        case pong([UInt8])
        /// The server closes the connection; nothing follows.
        case close(WebSocketCloseCode?, String)
    }

    /// Why the bytes break the rules, in a few words without a full stop.
    package struct Failure: Error, Hashable {
        /// What is wrong.
        package let reason: String
        /// The code to close with.
        package var code = WebSocketCloseCode.protocolError
    }

    /// The most bytes of a message.
    package let maximumMessage: Int

    private var buffer: [UInt8] = []
    private var position = 0
    /// The message whose first part came.
    private var partial: (opcode: WebSocketFrame.Opcode, payload: [UInt8])?
    private var isClosed = false

    /// Makes a reader.
    package init(maximumMessage: Int = 16 << 20) {
        self.maximumMessage = maximumMessage
    }

    /// Takes the bytes that came.
    package mutating func consume(_ bytes: some Sequence<UInt8>) {
        if position > 0 {
            buffer.removeFirst(position)
            position = 0
        }
        if !isClosed { buffer += bytes }
    }

    /// The next thing that the bytes hold; nil: more are needed.
    ///
    /// - Throws: ``Failure``; nothing may be asked after that.
    package mutating func next() throws(Failure) -> Event? {
        while !isClosed, let frame = try nextFrame() {
            if let event = try event(of: frame) { return event }
        }
        return nil
    }

    private mutating func nextFrame() throws(Failure) -> WebSocketFrame? {
        let rest = buffer[position...]
        guard rest.count >= 2 else { return nil }
        let start = rest.startIndex
        let (first, second) = (rest[start], rest[start + 1])
        guard first & 0x70 == 0 else { throw Failure(reason: "a frame has bits set that mean nothing") }
        guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else {
            throw Failure(reason: "a frame is of the unknown kind \(first & 0x0F)")
        }
        guard second & 0x80 == 0 else { throw Failure(reason: "a frame of the server is masked") }
        let isFinal = first & 0x80 != 0
        let short = Int(second & 0x7F)
        guard !opcode.isControl || isFinal && short < 126 else {
            throw Failure(reason: "a control frame is too long or in parts")
        }
        let digits = short == 126 ? 2 : short == 127 ? 8 : 0
        guard rest.count >= 2 + digits else { return nil }
        var length = UInt64(short)
        if digits > 0 { length = rest[(start + 2)..<(start + 2 + digits)].reduce(0) { $0 << 8 | UInt64($1) } }
        guard digits == 0 || length >= (digits == 2 ? 126 : 65_536) else {
            throw Failure(reason: "the length of a frame is written in more bytes than it needs")
        }
        guard length <= UInt64(maximumMessage - (partial?.payload.count ?? 0)) || opcode.isControl else {
            throw Failure(reason: "a message is larger than \(maximumMessage) bytes", code: .tooLarge)
        }
        let end = start + 2 + digits + Int(length)
        guard rest.endIndex >= end else { return nil }
        position = end
        return WebSocketFrame(opcode, Array(rest[(start + 2 + digits)..<end]), isFinal: isFinal)
    }

    private mutating func event(of frame: WebSocketFrame) throws(Failure) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(frame.payload)
        case .pong: return .pong(frame.payload)
        case .close: return try closed(frame.payload)
        case .text, .binary:
            guard partial == nil else { throw Failure(reason: "a message begins within another one") }
            if frame.isFinal { return try message(frame.opcode, frame.payload) }
            partial = (frame.opcode, frame.payload)
            return nil
        case .continuation:
            guard let opcode = partial?.opcode else { throw Failure(reason: "a message goes on that did not begin") }
            partial?.payload += frame.payload
            guard frame.isFinal, let payload = partial?.payload else { return nil }
            partial = nil
            return try message(opcode, payload)
        }
    }

    private func message(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8]) throws(Failure) -> Event {
        guard opcode == .text else { return .binary(payload) }
        guard let text = String(validating: payload, as: UTF8.self) else {
            throw Failure(reason: "a text is no UTF-8", code: .invalidText)
        }
        return .text(text)
    }

    private mutating func closed(_ payload: [UInt8]) throws(Failure) -> Event {
        isClosed = true
        guard !payload.isEmpty else { return .close(nil, "") }
        guard payload.count >= 2 else { throw Failure(reason: "the code of a close is cut off") }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.maySent else { throw Failure(reason: "\(code.rawValue) is no code to close with") }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            throw Failure(reason: "the reason of a close is no UTF-8", code: .invalidText)
        }
        return .close(code, reason)
    }
}
