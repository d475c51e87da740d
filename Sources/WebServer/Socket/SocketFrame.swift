internal import NIOCore

/// What a frame of a websocket is (RFC 6455, section 5.2).
enum SocketOpcode: UInt8 {
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA
}

extension ByteBuffer {
    /// Writes a whole frame; a server's has no mask, so that it is the same for every client.
    mutating func writeFrame(_ opcode: SocketOpcode, _ payload: [UInt8]) {
        writeInteger(0x80 | opcode.rawValue)
        switch payload.count {
        case ..<126:
            writeInteger(UInt8(payload.count))
        case ..<65_536:
            writeInteger(UInt8(126))
            writeInteger(UInt16(payload.count))
        default:
            writeInteger(UInt8(127))
            writeInteger(UInt64(payload.count))
        }
        writeBytes(payload)
    }

    /// A frame that closes.
    ///
    /// - Parameters:
    ///   - code: nil leaves it out; one that must not be sent becomes 1011.
    ///   - reason: cut to what a control frame holds.
    static func closeFrame(_ code: UInt16?, _ reason: String = "") -> ByteBuffer {
        var payload: [UInt8] = []
        if let code {
            let sent = SocketReader.isCode(code) ? code : 1011
            payload = [UInt8(sent >> 8), UInt8(sent & 0xFF)]
            for character in reason.unicodeScalars {
                let bytes = Array(String(character).utf8)
                guard payload.count + bytes.count <= 125 else { break }
                payload += bytes
            }
        }
        var buffer = ByteBuffer()
        buffer.writeFrame(.close, payload)
        return buffer
    }
}
