internal import Glibc

/// One connection to a server, over which requests go one after the other.
///
/// It connects at the first request and keeps the connection for the next. A server may close a kept one at any moment,
/// so a request on it that got no byte of an answer is sent once more, on a new connection; on a new connection it is not.
///
/// It blocks its thread: it is made for command-line programs. ``send(_:)`` and ``receive()`` are apart, so that a
/// program can have several connections wait at the same time without threads.
package final class WebConnection {
    /// What a connection may take.
    package struct Limits: Sendable {
        /// How long connecting may take.
        package var connectTimeout: Duration
        /// How long an answer may take, unless the request says otherwise.
        package var responseTimeout: Duration
        /// The most bytes of an answer's body.
        package var maximumBody: Int

        /// Makes limits.
        package init(
            connectTimeout: Duration = .seconds(5),
            responseTimeout: Duration = .seconds(30),
            maximumBody: Int = 256 << 20
        ) {
            self.connectTimeout = connectTimeout
            self.responseTimeout = responseTimeout
            self.maximumBody = maximumBody
        }
    }

    private struct Pending {
        var request: WebRequest
        var deadline: Deadline
        var isOnKeptConnection: Bool
        /// Why not all of the request went out; the server may have answered all the same.
        var sendError: Socket.Failure?
    }

    /// Where the server listens.
    package let endpoint: Endpoint

    private let limits: Limits
    private let tls: TLSOptions
    private var transport: Transport?
    private var pending: Pending?

    /// Makes a connection; nothing happens before the first request.
    package init(to endpoint: Endpoint, limits: Limits = Limits(), tls: TLSOptions = TLSOptions()) {
        self.endpoint = endpoint
        self.limits = limits
        self.tls = tls
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: ``WebError``; after it the connection is closed, and the next request makes a new one.
    package func perform(_ request: WebRequest) throws(WebError) -> WebResponse {
        try send(request)
        return try receive()
    }

    /// Sends a request; ``receive()`` has to follow before the next.
    ///
    /// - Throws: ``WebError`` where there is no connection to be had.
    package func send(_ request: WebRequest) throws(WebError) {
        precondition(pending == nil, "A request was sent before the answer to the one before it was taken.")
        try send(request, until: Deadline(after: request.timeout ?? limits.responseTimeout))
    }

    /// Waits for the answer to the request that was sent.
    ///
    /// - Throws: ``WebError``; after it the connection is closed.
    package func receive() throws(WebError) -> WebResponse {
        guard var current = pending else { preconditionFailure("There is no request to be answered.") }
        while true {
            pending = nil
            switch read(current) {
            case .success(let response):
                return response
            case .failure(.lost(let failure)):
                transport = nil
                guard current.isOnKeptConnection else { throw endpoint.lost(failure ?? current.sendError) }
                try send(current.request, until: current.deadline)
                guard let next = pending else { preconditionFailure("A request was sent and is not pending.") }
                current = next
            case .failure(.final(let error)):
                transport = nil
                throw error
            }
        }
    }

    private func send(_ request: WebRequest, until deadline: Deadline) throws(WebError) {
        let isKept = transport != nil
        if !isKept { transport = try Transport.connect(to: endpoint, timeout: limits.connectTimeout, tls: tls) }
        let error = transport?.send(request.encoded(for: endpoint), until: deadline)
        pending = Pending(request: request, deadline: deadline, isOnKeptConnection: isKept, sendError: error)
    }

    private enum Failure: Error {
        /// The connection ended before the first byte of an answer.
        case lost(Socket.Failure?)
        /// There is nothing to be tried again.
        case final(WebError)
    }

    private func read(_ current: Pending) -> Result<WebResponse, Failure> {
        guard let open = transport.take() else { return .failure(.lost(nil)) }
        var parser = ResponseParser(method: current.request.method, maximumBody: limits.maximumBody)
        let outcome = read(from: open, into: &parser, until: current.deadline)
        // A server that answered before it had read all of the request will not read another one right.
        if parser.allowsReuse, current.sendError == nil, case .success = outcome { transport = consume open }
        return outcome
    }

    private func read(
        from open: borrowing Transport,
        into parser: inout ResponseParser,
        until deadline: Deadline
    ) -> Result<WebResponse, Failure> {
        let size = 65_536
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        do throws(ResponseParser.Failure) {
            while !parser.isComplete {
                switch open.receive(into: buffer, until: deadline) {
                case .bytes(0):
                    if parser.isUntouched { return .failure(.lost(nil)) }
                    try parser.endOfInput()
                case .bytes(let count):
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    guard try parser.consume(bytes) == count else {
                        throw ResponseParser.Failure(reason: "more follows than was asked for")
                    }
                case .timedOut:
                    return .failure(.final(WebError(.timedOut, "\(endpoint) did not answer in time.")))
                case .failed(let failure):
                    if parser.isUntouched { return .failure(.lost(failure)) }
                    return .failure(.final(endpoint.lost(failure)))
                }
            }
        } catch {
            return .failure(.final(endpoint.unreadable(error)))
        }
        guard let head = parser.head else { preconditionFailure("An answer is whole and has no head.") }
        return .success(WebResponse(head: head, body: parser.body))
    }
}
