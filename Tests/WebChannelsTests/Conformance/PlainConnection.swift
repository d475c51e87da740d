import Glibc

struct PlainAnswer: Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body = ""
}

struct ConnectionError: Error, CustomStringConvertible {
    var description: String
}

/// One connection to the server, on a blocking socket; used inside ``blocking(_:)`` only.
final class PlainConnection {
    private let descriptor: CInt
    private var received: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try check(result, "connect")
        // A guard only: no test waits for it.
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try check(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size), "setsockopt")
        try check(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size), "setsockopt")
    }

    deinit {
        close(descriptor)
    }

    private func check(_ result: CInt, _ step: String) throws {
        guard result >= 0 else { throw ConnectionError(description: "\(step): \(String(cString: strerror(errno)))") }
    }

    /// Ends the connection both ways.
    func abort() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try check(CInt(truncatingIfNeeded: count), "send")
            sent += count
        }
    }

    func send(_ method: String, _ path: String, _ headers: [String: String], body: String?) throws {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method == "POST" || body != nil { head += "Content-Length: \(body?.utf8.count ?? 0)\r\n" }
        try send(Array((head + "\r\n" + (body ?? "")).utf8))
    }

    func receiveHead() throws -> PlainAnswer {
        let lines = try String(decoding: receive(to: Array("\r\n\r\n".utf8)), as: UTF8.self).split(separator: "\r\n")
        var answer = PlainAnswer(status: 0, headers: [:])
        answer.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return answer
    }

    /// A piece of a body as it was written, or all of a body whose length is known; nil: it is complete.
    func receivePiece(of answer: PlainAnswer) throws -> String? {
        if answer.headers["transfer-encoding"] == "chunked" {
            let line = String(decoding: try receive(to: Array("\r\n".utf8)), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw ConnectionError(description: "no chunk: \(line)") }
            let piece = try receive(size)
            _ = try receive(2)
            return size == 0 ? nil : String(decoding: piece, as: UTF8.self)
        }
        guard let length = answer.headers["content-length"].flatMap({ Int($0) }) else { return nil }
        return String(decoding: try receive(length), as: UTF8.self)
    }

    /// Bytes of that number.
    func receive(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try fill() else { throw ConnectionError(description: "the end after \(received.count) bytes") }
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    private func receive(to end: [UInt8]) throws -> [UInt8] {
        var from = 0
        while true {
            while from + end.count <= received.count {
                if Array(received[from..<from + end.count]) == end {
                    defer { received.removeFirst(from + end.count) }
                    return Array(received[..<from])
                }
                from += 1
            }
            guard try fill() else { throw ConnectionError(description: "the end after \(received.count) bytes") }
        }
    }

    /// Whether the server has ended the connection; waits for more or for that.
    func isAtEnd() throws -> Bool {
        try received.isEmpty && !fill()
    }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        try check(CInt(truncatingIfNeeded: count), "recv")
        received += buffer.prefix(count)
        return count > 0
    }
}

/// A websocket on such a connection.
final class PlainWebSocket {
    /// What came.
    enum Frame: Equatable {
        case text(String)
        case binary([UInt8])
        case close(UInt16?, String)
        /// The connection ended without a word.
        case end
    }

    let answer: PlainAnswer
    private let connection: PlainConnection

    init(_ server: ExampleServer, _ path: String) throws {
        connection = try PlainConnection(port: server.port)
        let headers = [
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
        ]
        try connection.send("GET", path, headers, body: nil)
        answer = try connection.receiveHead()
    }

    func send(_ text: String) throws {
        try send(opcode: 1, Array(text.utf8))
    }

    func send(opcode: UInt8, _ payload: [UInt8]) throws {
        var frame = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        frame += mask
        frame += payload.indices.map { payload[$0] ^ mask[$0 % 4] }
        try connection.send(frame)
    }

    /// The next frame that is no ping.
    func receive() throws -> Frame {
        while true {
            if try connection.isAtEnd() { return .end }
            let head = try connection.receive(2)
            var length = Int(head[1])
            if length == 126 {
                let bytes = try connection.receive(2)
                length = Int(bytes[0]) << 8 | Int(bytes[1])
            } else if length == 127 {
                length = try connection.receive(8).reduce(0) { $0 << 8 | Int($1) }
            }
            let payload = try connection.receive(length)
            switch head[0] {
            case 0x81: return .text(String(decoding: payload, as: UTF8.self))
            case 0x82: return .binary(payload)
            case 0x88:
                let code = payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1])
                return .close(code, String(decoding: payload.dropFirst(2), as: UTF8.self))
            case 0x89: try send(opcode: 10, payload)
            default: throw ConnectionError(description: "a frame that begins with \(head[0])")
            }
        }
    }
}
