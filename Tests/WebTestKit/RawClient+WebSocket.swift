/// A frame of a websocket as it came.
package struct RawFrame: Sendable, Hashable {
    /// The first byte: final, reserved bits, opcode.
    package var first: UInt8
    /// The payload.
    package var payload: [UInt8]

    /// Makes a frame.
    package init(_ first: UInt8, _ payload: [UInt8]) {
        self.first = first
        self.payload = payload
    }

    /// A whole message of text.
    package static func text(_ text: String) -> RawFrame {
        RawFrame(0x81, Array(text.utf8))
    }

    /// A close with a code; nil: without.
    package static func close(_ code: UInt16?, _ reason: String = "") -> RawFrame {
        RawFrame(0x88, (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8))
    }

    /// The code of a close.
    package var code: UInt16? {
        first == 0x88 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    /// The bytes that a client sends for it; a mask may be left out, though not by the rules.
    package func bytes(masked: Bool = true) -> [UInt8] {
        var bytes = [first]
        let bit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65_536: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [bit | 127] + stride(from: 56, through: 0, by: -8).map { UInt8(payload.count >> $0 & 0xFF) }
        }
        guard masked else { return bytes + payload }
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }
}

extension RawClient {
    /// The headers of a handshake that is in order.
    package static let handshake = """
        Host: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    /// Asks for a websocket and reads the answer's head.
    package func openSocket(_ path: String, headers: String = "") throws -> RawAnswer {
        try send("GET \(path) HTTP/1.1\r\n\(RawClient.handshake)\(headers)\r\n")
        return try receive(toHead: true)
    }

    /// Sends a frame.
    package func send(_ frame: RawFrame) throws {
        try send(frame.bytes())
    }

    /// Reads a frame; nil: the connection ended.
    package func receiveFrame() throws -> RawFrame {
        let head = try receive(bytes: 2)
        var length = Int(head[1] & 0x7F)
        guard head[1] & 0x80 == 0 else { throw RawClientError(description: "a masked frame of a server") }
        if length >= 126 {
            length = try receive(bytes: length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return RawFrame(head[0], try receive(bytes: length))
    }

    /// Reads a chunk of a body; nil: the last one.
    package func receiveChunk() throws -> [UInt8]? {
        var line: [UInt8] = []
        while !line.ends(with: [13, 10]) { line += try receive(bytes: 1) }
        guard let length = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
            throw RawClientError(description: "no chunk, but \(line)")
        }
        let chunk = try receive(bytes: length)
        _ = try receive(bytes: 2)
        return length == 0 ? nil : chunk
    }
}

extension Array<UInt8> {
    fileprivate func ends(with other: [UInt8]) -> Bool {
        count >= other.count && suffix(other.count).elementsEqual(other)
    }
}
