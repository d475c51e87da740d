internal import Glibc
internal import Synchronization

/// An HTTP server on a unix socket that answers as a test says, on threads of its own.
///
/// It stops with the value that owns it.
package final class ScriptedServer: Sendable {
    /// A request that came.
    package struct Request: Sendable, Hashable {
        /// Which connection it came on, counted from 1.
        package var connection: Int
        /// The first line, without the version: `GET /ping`.
        package var line: String
        /// The header lines.
        package var headers: [String]
        /// The body.
        package var body: [UInt8]
        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What is sent back.
    package struct Reply: Sendable {
        /// The bytes.
        package var bytes: [UInt8]
        /// Whether the connection is closed after them.
        package var closes: Bool
        /// Takes the connection over after the bytes, as for a WebSocket; it is closed when this returns.
        package var takeOver: (@Sendable (Peer) -> Void)?

        /// Makes a reply of bytes.
        package init(bytes: [UInt8], closes: Bool = false, takeOver: (@Sendable (Peer) -> Void)? = nil) {
            self.bytes = bytes
            self.closes = closes
            self.takeOver = takeOver
        }

        /// An answer whose body ends with the connection, as a stream of events.
        package static func stream(
            _ body: String = "",
            type: String = "text/event-stream",
            closes: Bool = false,
            _ takeOver: (@Sendable (Peer) -> Void)? = nil
        ) -> Reply {
            Reply(
                bytes: Array("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nConnection: close\r\n\r\n\(body)".utf8),
                closes: closes,
                takeOver: takeOver
            )
        }

        /// An answer 200 with a body.
        package static func answer(_ body: String, closes: Bool = false) -> Reply {
            answer(200, body, closes: closes)
        }

        /// An answer with a status and a body.
        package static func answer(_ status: Int, _ body: String, closes: Bool = false) -> Reply {
            Reply(
                bytes: Array("HTTP/1.1 \(status) Word\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8),
                closes: closes
            )
        }

        /// The connection is closed without an answer.
        package static let hangUp = Reply(bytes: [], closes: true)
        /// No answer ever comes.
        package static let silence = Reply(bytes: [])
    }

    /// The bytes of a connection that a script has taken over.
    package struct Peer {
        let descriptor: Int32
        /// What came after the request.
        package private(set) var rest: [UInt8]

        init(descriptor: Int32, rest: [UInt8]) {
            self.descriptor = descriptor
            self.rest = rest
        }

        /// Sends bytes; false where nobody takes them.
        @discardableResult
        package func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Waits for bytes until there are at least so many; fewer where the connection ends.
        package mutating func read(atLeast count: Int) -> [UInt8] {
            while rest.count < count {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let number = recv(descriptor, &buffer, buffer.count, 0)
                guard number > 0 else { break }
                rest += buffer[..<number]
            }
            return rest
        }

        /// Takes bytes away from the front.
        package mutating func drop(_ count: Int) { rest.removeFirst(min(count, rest.count)) }

        /// Waits until the other side closes the connection.
        package mutating func waitForEnd() {
            while true {
                let before = rest.count
                if read(atLeast: before + 1).count == before { return }
            }
        }
    }

    private struct State {
        var requests: [Request] = []
        var open: Set<Int32> = []
        var connections = 0
        var threads: [pthread_t] = []
        var isStopping = false
    }

    /// The path of the socket.
    package let path: String

    private let directory = TemporaryDirectory()
    private let listener: Int32
    private let core: Core

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - readsBodies: whether a request is read to its end before it is answered.
    ///   - script: the reply to each request; called on the server's threads.
    package init(readsBodies: Bool = true, _ script: @escaping @Sendable (Request) -> Reply) {
        path = "\(directory.path)/s"
        core = Core(readsBodies, script)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { bind(listener, $0.baseAddress, size) }
        }
        guard bound == 0, listen(listener, 128) == 0 else {
            preconditionFailure("\(path) can't be listened at: errno \(errno).")
        }
        core.spawn { [core, listener] in core.accept(listener) }
    }

    deinit {
        core.stop(listener)
    }

    /// The requests so far.
    package var requests: [Request] { core.state.withLock { $0.requests } }

    /// How many connections were made so far.
    package var connections: Int { core.state.withLock { $0.connections } }

    /// What the threads share; they must not keep the server itself alive.
    private final class Core: Sendable {
        let state = Mutex(State())
        let readsBodies: Bool
        let script: @Sendable (Request) -> Reply

        init(_ readsBodies: Bool, _ script: @escaping @Sendable (Request) -> Reply) {
            self.readsBodies = readsBodies
            self.script = script
        }

        func spawn(_ body: @escaping @Sendable () -> Void) {
            final class Box: Sendable {
                let body: @Sendable () -> Void
                init(_ body: @escaping @Sendable () -> Void) { self.body = body }
            }
            var thread = pthread_t()
            let box = Unmanaged.passRetained(Box(body))
            let code = pthread_create(
                &thread,
                nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                },
                box.toOpaque()
            )
            guard code == 0 else { preconditionFailure("A thread can't be made: errno \(code).") }
            state.withLock { $0.threads.append(thread) }
        }

        func accept(_ listener: Int32) {
            while true {
                let descriptor = Glibc.accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                let number = state.withLock { state -> Int? in
                    guard !state.isStopping else { return nil }
                    state.open.insert(descriptor)
                    state.connections += 1
                    return state.connections
                }
                guard let number else {
                    close(descriptor)
                    return
                }
                spawn { [self] in
                    serve(descriptor, number)
                    state.withLock { _ = $0.open.remove(descriptor) }
                    close(descriptor)
                }
            }
        }

        func stop(_ listener: Int32) {
            let open = state.withLock { state in
                state.isStopping = true
                return state.open
            }
            // Wakes the threads; closing alone would not.
            for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
            while let thread = state.withLock({ $0.threads.popLast() }) { pthread_join(thread, nil) }
            close(listener)
        }

        private func serve(_ descriptor: Int32, _ number: Int) {
            var rest: [UInt8] = []
            while let request = ScriptedServer.read(descriptor, number, readsBodies, &rest) {
                state.withLock { $0.requests.append(request) }
                let reply = script(request)
                var sent = 0
                while sent < reply.bytes.count {
                    let count = reply.bytes[sent...].withUnsafeBytes {
                        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return }
                    sent += count
                }
                if let takeOver = reply.takeOver {
                    takeOver(Peer(descriptor: descriptor, rest: rest))
                    return
                }
                if reply.closes { return }
            }
        }
    }

    private static func read(
        _ descriptor: Int32,
        _ number: Int,
        _ readsBody: Bool,
        _ rest: inout [UInt8]
    ) -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let headEnd = rest.indices.first(where: { rest[$0...].starts(with: end) }) {
                let lines = String(decoding: rest[..<headEnd], as: UTF8.self).split(separator: "\r\n").map(String.init)
                let announced =
                    lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
                let length = readsBody ? announced : 0
                let bodyStart = headEnd + end.count
                if rest.count >= bodyStart + length {
                    let request = Request(
                        connection: number,
                        line: lines[0].replacingSuffix(" HTTP/1.1"),
                        headers: Array(lines.dropFirst()),
                        body: Array(rest[bodyStart..<(bodyStart + length)])
                    )
                    rest.removeFirst(bodyStart + length)
                    return request
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            rest += buffer[..<count]
        }
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
