/// One frame of RFC 6455.
package struct WebSocketFrame: Sendable, Hashable {
    /// What a frame is.
    package enum Opcode: UInt8, Sendable {
        /// A further part of a message.
        case continuation = 0
        /// A message of text, or its first part.
        case text = 1
        /// A message of bytes, or its first part.
        case binary = 2
        /// The end of the connection.
        case close = 8
        /// To be answered by a pong.
        case ping = 9
        /// The answer to a ping.
        case pong = 10

        /// Whether it stands between the parts of messages, and is short and whole.
        var isControl: Bool { rawValue >= 8 }
    }

    /// What it is.
    package var opcode: Opcode
    /// Whether the message ends with it.
    package var isFinal = true
    /// What it carries.
    package var payload: [UInt8]

    /// Makes a frame.
    package init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
    }

    /// The frame as a client sends it, masked with the four bytes of a key that nobody can foretell.
    package func masked(with key: UInt32) -> [UInt8] {
        let mask = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: key >> UInt32($0)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        bytes.append((isFinal ? 0x80 : 0) | opcode.rawValue)
        switch payload.count {
        case ..<126:
            bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536:
            bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }
}

/// The codes with which a WebSocket is closed, of RFC 6455 § 7.4.
package struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    /// The number.
    package let rawValue: UInt16

    /// Takes a number.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// It has served its purpose.
    package static let normal = WebSocketCloseCode(rawValue: 1000)
    /// One side goes away.
    package static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// The other side broke the protocol.
    package static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// A text that is no UTF-8.
    package static let invalidText = WebSocketCloseCode(rawValue: 1007)
    /// The caller may not do this.
    package static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// A message that is larger than allowed.
    package static let tooLarge = WebSocketCloseCode(rawValue: 1009)

    /// Whether it may stand in a frame.
    var maySent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
