internal import Dispatch
internal import Glibc

/// An answer as it came over a socket.
package struct RawAnswer: Sendable {
    /// The status.
    package var status: Int
    /// By name in lower case.
    package var headers: [String: String]
    /// The body.
    package var body: [UInt8]

    /// Makes an answer.
    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// What went wrong on the client's side.
package struct RawClientError: Error, CustomStringConvertible {
    package var description: String

    /// Makes an error.
    package init(description: String) {
        self.description = description
    }
}

/// A client that sends what it is told, byte for byte, on a blocking socket.
///
/// Used inside ``blocking(_:)`` only: it would stop the threads that the server needs.
package final class RawClient {
    private var descriptor: CInt
    private var received: [UInt8] = []

    /// Connects to a unix socket.
    package init(unix path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try check(result, "connect")
        try setTimeout()
    }

    /// Connects to a port of this machine.
    ///
    /// - Parameter host: the last number of the address that it comes from: 1 is 127.0.0.1.
    package init(port: UInt16, from host: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try check(RawClient.with(RawClient.loopback(host, port: 0)) { bind(descriptor, $0, $1) }, "bind")
        try check(RawClient.with(RawClient.loopback(1, port: port)) { connect(descriptor, $0, $1) }, "connect")
        try setTimeout()
    }

    private static func loopback(_ host: UInt8, port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        return address
    }

    private static func with(
        _ address: sockaddr_in,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// How long a step may take.
    ///
    /// The one that it begins with is a guard only: no test waits for it.
    package func setTimeout(milliseconds: Int = 120_000) throws {
        var timeout = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try check(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size), "setsockopt")
        try check(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size), "setsockopt")
    }

    private func check(_ result: CInt, _ step: String) throws {
        guard result >= 0 else { throw RawClientError(description: "\(step): \(String(cString: strerror(errno)))") }
    }

    /// Sends text.
    package func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends bytes.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try check(CInt(truncatingIfNeeded: count), "send")
            sent += count
        }
    }

    /// Says that nothing more will be sent.
    package func finish() throws {
        try check(shutdown(descriptor, Int32(SHUT_WR)), "shutdown")
    }

    /// Reads one answer; `toHead`: of a request that gets no body.
    package func receive(toHead: Bool = false) throws -> RawAnswer {
        let end = Array("\r\n\r\n".utf8)
        var index = received.firstRange(of: end)
        while index == nil {
            guard try fill() else {
                throw RawClientError(description: "no answer, but the end: \(received.count) bytes")
            }
            index = received.firstRange(of: end)
        }
        guard let index else { throw RawClientError(description: "no head") }
        let lines = String(decoding: received[..<index.lowerBound], as: UTF8.self).split(separator: "\r\n")
        var answer = RawAnswer(status: 0, headers: [:], body: [])
        answer.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        received.removeFirst(index.upperBound)
        let length = toHead ? 0 : answer.headers["content-length"].flatMap { Int($0) } ?? 0
        while received.count < length {
            guard try fill() else {
                throw RawClientError(description: "\(received.count) bytes of a body of \(length)")
            }
        }
        answer.body = Array(received.prefix(length))
        received.removeFirst(length)
        return answer
    }

    /// Waits for the end of the connection; what came before it.
    package func receiveEnd() throws -> [UInt8] {
        while try fill() {}
        defer { received = [] }
        return received
    }

    /// Reads exactly so many bytes.
    package func receive(bytes count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try fill() else {
                throw RawClientError(description: "\(received.count) bytes of \(count), and the end")
            }
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// Ends the connection without a farewell, as a client that is killed with unread bytes does on TCP.
    package func reset() throws {
        var now = linger(l_onoff: 1, l_linger: 0)
        try check(
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size)),
            "setsockopt"
        )
        close(descriptor)
        descriptor = -1
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

extension Array where Element: Equatable {
    fileprivate func firstRange(of other: [Element]) -> Range<Int>? {
        guard count >= other.count else { return nil }
        return indices.dropLast(other.count - 1).first { Array(self[$0..<$0 + other.count]) == other }.map {
            $0..<$0 + other.count
        }
    }
}

/// Runs what blocks on a thread of its own, since the shared ones are the server's.
package func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "blocking").async {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}
