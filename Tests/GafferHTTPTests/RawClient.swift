import Dispatch
import Glibc
import Testing

/// An answer as it came over a socket.
struct RawAnswer: Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

struct RawClientError: Error, CustomStringConvertible {
    var description: String
}

/// A client that sends what it is told, byte for byte, on a blocking socket.
///
/// Used inside ``blocking(_:)`` only: it would stop the threads that the server needs.
final class RawClient {
    private let descriptor: CInt
    private var received: [UInt8] = []

    init(unix path: String) throws {
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
        try setTimeout()
    }

    deinit {
        close(descriptor)
    }

    /// A guard only: no test waits for it.
    private func setTimeout() throws {
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try check(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size), "setsockopt")
        try check(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size), "setsockopt")
    }

    private func check(_ result: CInt, _ step: String) throws {
        guard result >= 0 else { throw RawClientError(description: "\(step): \(String(cString: strerror(errno)))") }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
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

    /// Says that nothing more will be sent.
    func finish() throws {
        try check(shutdown(descriptor, Int32(SHUT_WR)), "shutdown")
    }

    /// Reads one answer; `toHead`: of a request that gets no body.
    func receive(toHead: Bool = false) throws -> RawAnswer {
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
    func receiveEnd() throws -> [UInt8] {
        while try fill() {}
        defer { received = [] }
        return received
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
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "blocking").async {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}

/// Lends a folder of its own, removed afterwards with all that is in it.
func withTemporaryFolder<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeFolder(path) }
    return try await body(path)
}

func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeFolder(path) }
    return try body(path)
}

private func makeTemporaryFolder() throws -> String {
    var template = Array("/tmp/gaffer-http-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawClientError(description: "mkdtemp: errno \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Tests put files in it, but no folders.
private func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
}
