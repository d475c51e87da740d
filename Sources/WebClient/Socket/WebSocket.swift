internal import Glibc

/// A WebSocket of RFC 6455, the client's side.
///
/// It blocks its thread; ``descriptor`` lets a program wait for it beside others. Pings of the server are answered while
/// ``next(waiting:)`` is called. Closed with the value that owns it; ``close(_:)`` says goodbye before.
package final class WebSocket {
    /// What came.
    package enum Message: Sendable, Hashable {
        /// A text.
        case text(String)
        /// Bytes.
        case binary([UInt8])
        /// The answer to a ping.
        case pong([UInt8])
        /// The server closed the connection, with a code and words; nothing comes after that.
        case closed(WebSocketCloseCode?, String)
        /// Nothing came in time.
        case nothing
    }

    /// Where the server listens.
    package let endpoint: Endpoint

    private let transport: Transport
    private let responseTimeout: Duration
    private var parser: WebSocketParser
    private var end: Message?
    private var random = SystemRandomNumberGenerator()

    /// The socket's descriptor, to be waited for beside others; ``isReadable`` is asked first.
    package var descriptor: Int32 { transport.descriptor }

    /// Whether something was read already that ``next(waiting:)`` has not given yet.
    package private(set) var isReadable: Bool

    /// Connects and switches to the protocol.
    ///
    /// - Parameters:
    ///   - target: the path and the query, percent-encoded.
    ///   - headers: header fields beside those of the handshake.
    ///   - maximumMessage: the most bytes of a message of the server.
    /// - Throws: ``WebError``, of the code `rejected` where the server answers anything but a switch.
    package init(
        to endpoint: Endpoint,
        _ target: String,
        headers: [WebHeader] = [],
        limits: WebConnection.Limits = WebConnection.Limits(),
        tls: TLSOptions = TLSOptions(),
        maximumMessage: Int = 16 << 20
    ) throws(WebError) {
        self.endpoint = endpoint
        responseTimeout = limits.responseTimeout
        parser = WebSocketParser(maximumMessage: maximumMessage)
        transport = try Transport.connect(to: endpoint, timeout: limits.connectTimeout, tls: tls)
        let key = WebSocketHandshake.key(using: &random)
        let request = WebSocketHandshake.request(target, key: key, headers: headers)
        var answer = ResponseParser(method: "GET", maximumBody: min(limits.maximumBody, 1 << 20), allowsUpgrade: true)
        let deadline = Deadline(after: limits.responseTimeout)
        let sendFailure = transport.send(request.encoded(for: endpoint), until: deadline)
        var rest: [UInt8] = []
        while !answer.isComplete {
            rest = try transport.read(into: &answer, endpoint, until: deadline, sendFailure: sendFailure)
        }
        guard let head = answer.head else { preconditionFailure("An answer is whole and has no head.") }
        guard head.status == 101 else {
            throw WebError(
                .rejected,
                "\(endpoint) does not open a WebSocket at \(quoted(target)): status \(head.status).",
                response: WebResponse(head: head, body: answer.body)
            )
        }
        if let reason = WebSocketHandshake.fault(of: head, key: key) {
            throw WebError(.malformed, "The answer of \(endpoint) can't be read: \(reason).")
        }
        parser.consume(rest)
        isReadable = !rest.isEmpty
    }

    /// Sends a text.
    ///
    /// - Throws: ``WebError``.
    package func send(_ text: String) throws(WebError) {
        try send(WebSocketFrame(.text, Array(text.utf8)))
    }

    /// Sends bytes.
    ///
    /// - Throws: ``WebError``.
    package func send(bytes: [UInt8]) throws(WebError) {
        try send(WebSocketFrame(.binary, bytes))
    }

    /// Asks the server for a pong.
    ///
    /// - Parameter bytes: what comes back, 125 at most.
    /// - Throws: ``WebError``.
    package func ping(_ bytes: [UInt8] = []) throws(WebError) {
        precondition(bytes.count <= 125, "A ping carries 125 bytes at most.")
        try send(WebSocketFrame(.ping, bytes))
    }

    /// Says goodbye, and waits for the server's.
    ///
    /// A server that says nothing more is not waited for longer than two seconds.
    package func close(_ code: WebSocketCloseCode = .normal) {
        guard end == nil else { return }
        let payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
        guard (try? send(WebSocketFrame(.close, payload))) != nil else { return }
        let deadline = Deadline(after: .seconds(2))
        while end == nil, (try? receive(until: deadline)) != .nothing, !deadline.hasPassed {}
        end = end ?? .closed(nil, "")
    }

    /// Waits for the next message.
    ///
    /// - Parameter duration: how long; nil: for ever.
    /// - Throws: ``WebError`` where the connection breaks off or the server breaks the rules.
    package func next(waiting duration: Duration?) throws(WebError) -> Message {
        if let end { return end }
        do throws(WebError) {
            return try receive(until: duration.map { Deadline(after: $0) } ?? .never)
        } catch {
            end = .closed(nil, "")
            throw error
        }
    }

    private func receive(until deadline: Deadline) throws(WebError) -> Message {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            if let message = try parsed() { return message }
            switch transport.receive(into: buffer, until: deadline) {
            case .bytes(0):
                throw WebError(.closed, "\(endpoint) closed the connection without a word.")
            case .bytes(let count):
                parser.consume(buffer[..<count])
            case .timedOut:
                return .nothing
            case .failed(let failure):
                throw WebError(
                    .closed,
                    "The connection to \(endpoint) broke off: \(failure.text).",
                    errno: failure.errno
                )
            }
        }
    }

    /// The next message that was read already; pings are answered on the way.
    private func parsed() throws(WebError) -> Message? {
        isReadable = false
        do throws(WebSocketParser.Failure) {
            while let event = try parser.next() {
                isReadable = true
                switch event {
                case .text(let text): return .text(text)
                case .binary(let bytes): return .binary(bytes)
                case .pong(let bytes): return .pong(bytes)
                case .ping(let bytes):
                    // Where it can't be answered, the connection is broken, which the next read tells.
                    try? send(WebSocketFrame(.pong, bytes))
                case .close(let code, let reason):
                    let message = Message.closed(code, reason)
                    end = message
                    let echo = code.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] } ?? []
                    try? send(WebSocketFrame(.close, echo))
                    return message
                }
            }
        } catch {
            let code = error.code.rawValue
            try? send(WebSocketFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)]))
            throw WebError(
                error.code == .tooLarge ? .tooLarge : .malformed,
                "What \(endpoint) sends over the WebSocket can't be read: \(error.reason)."
            )
        }
        isReadable = transport.hasBuffered
        return nil
    }

    private func send(_ frame: WebSocketFrame) throws(WebError) {
        let bytes = frame.masked(with: random.next())
        if let failure = transport.send(bytes, until: Deadline(after: responseTimeout)) {
            if failure.errno == ETIMEDOUT {
                throw WebError(.timedOut, "\(endpoint) does not take what is sent to it.", errno: failure.errno)
            }
            throw WebError(.closed, "The connection to \(endpoint) broke off: \(failure.text).", errno: failure.errno)
        }
    }
}
