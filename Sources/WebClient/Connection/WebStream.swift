/// One answer that is read piece by piece while the server makes it, on a connection of its own.
///
/// It blocks its thread; ``descriptor`` lets a program wait for several at once. Closed with the value that owns it.
package final class WebStream {
    /// What came of the body.
    package enum Piece: Sendable, Hashable {
        /// Some bytes of it.
        case bytes([UInt8])
        /// The answer is whole.
        case end
        /// Nothing came in time.
        case nothing
    }

    /// The status line and the header fields.
    package let head: ResponseHead
    /// Where the server listens.
    package let endpoint: Endpoint

    private let transport: Transport
    private let maximumBody: Int
    private var parser: ResponseParser

    /// The socket's descriptor, to be waited for beside others; ``isReadable`` is asked first.
    package var descriptor: Int32 { transport.descriptor }

    /// Whether ``next(waiting:)`` has something to give without reading the socket.
    package var isReadable: Bool { !parser.body.isEmpty || parser.isComplete || transport.hasBuffered }

    /// Sends a request and waits for the head of its answer.
    ///
    /// - Parameters:
    ///   - request: what is asked for; its time-out is for the head alone.
    ///   - limits: what the connection may take; the body is bounded only in ``rest()``.
    /// - Throws: ``WebError``.
    package init(
        to endpoint: Endpoint,
        _ request: WebRequest,
        limits: WebConnection.Limits = WebConnection.Limits(),
        tls: TLSOptions = TLSOptions()
    ) throws(WebError) {
        self.endpoint = endpoint
        maximumBody = limits.maximumBody
        transport = try Transport.connect(to: endpoint, timeout: limits.connectTimeout, tls: tls)
        parser = ResponseParser(method: request.method, maximumBody: .max)
        let deadline = Deadline(after: request.timeout ?? limits.responseTimeout)
        let sendFailure = transport.send(request.encoded(for: endpoint), until: deadline)
        while parser.head == nil {
            guard try transport.read(into: &parser, endpoint, until: deadline, sendFailure: sendFailure).isEmpty else {
                throw WebStream.surplus(endpoint)
            }
        }
        guard let head = parser.head else { preconditionFailure("A head is read and not there.") }
        self.head = head
    }

    /// Waits for the next piece of the body.
    ///
    /// - Parameter duration: how long; nil: for ever.
    /// - Throws: ``WebError`` where the answer breaks off; nothing more comes after that.
    package func next(waiting duration: Duration?) throws(WebError) -> Piece {
        let deadline = duration.map { Deadline(after: $0) } ?? .never
        while true {
            if !parser.body.isEmpty {
                let bytes = parser.body
                parser.body.removeAll()
                return .bytes(bytes)
            }
            if parser.isComplete { return .end }
            do throws(WebError) {
                guard try transport.read(into: &parser, endpoint, until: deadline).isEmpty else {
                    throw WebStream.surplus(endpoint)
                }
            } catch {
                guard error.code == .timedOut else { throw error }
                return .nothing
            }
        }
    }

    /// Waits for the rest of the body, as that of an error.
    ///
    /// - Throws: ``WebError``.
    package func rest(waiting duration: Duration = .seconds(30)) throws(WebError) -> [UInt8] {
        let deadline = Deadline(after: duration)
        while !parser.isComplete {
            guard try transport.read(into: &parser, endpoint, until: deadline).isEmpty else {
                throw WebStream.surplus(endpoint)
            }
            guard parser.body.count <= maximumBody else {
                throw WebError(
                    .tooLarge,
                    "The answer of \(endpoint) can't be read: its body is larger than \(maximumBody) bytes."
                )
            }
        }
        return parser.body
    }

    private static func surplus(_ endpoint: Endpoint) -> WebError {
        WebError(.malformed, "The answer of \(endpoint) can't be read: more follows than was asked for.")
    }
}
