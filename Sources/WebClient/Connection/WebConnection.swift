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
        var sendError: Int32?
    }

    /// Where the server listens.
    package let endpoint: Endpoint

    private let limits: Limits
    private var socket: Socket?
    private var pending: Pending?

    /// Makes a connection; nothing happens before the first request.
    package init(to endpoint: Endpoint, limits: Limits = Limits()) {
        self.endpoint = endpoint
        self.limits = limits
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
            case .failure(.lost(let code)):
                socket = nil
                guard current.isOnKeptConnection else { throw lost(code ?? current.sendError) }
                try send(current.request, until: current.deadline)
                guard let next = pending else { preconditionFailure("A request was sent and is not pending.") }
                current = next
            case .failure(.final(let error)):
                socket = nil
                throw error
            }
        }
    }

    private func send(_ request: WebRequest, until deadline: Deadline) throws(WebError) {
        let isKept = socket != nil
        if !isKept { socket = try Socket.connect(to: endpoint, timeout: limits.connectTimeout) }
        let error = socket?.send(request.encoded(for: endpoint), until: deadline)
        pending = Pending(request: request, deadline: deadline, isOnKeptConnection: isKept, sendError: error)
    }

    private enum Failure: Error {
        /// The connection ended before the first byte of an answer.
        case lost(Int32?)
        /// There is nothing to be tried again.
        case final(WebError)
    }

    private func read(_ current: Pending) -> Result<WebResponse, Failure> {
        guard let open = socket.take() else { return .failure(.lost(nil)) }
        var parser = ResponseParser(method: current.request.method, maximumBody: limits.maximumBody)
        let outcome = read(from: open, into: &parser, until: current.deadline)
        // A server that answered before it had read all of the request will not read another one right.
        if parser.allowsReuse, current.sendError == nil, case .success = outcome { socket = consume open }
        return outcome
    }

    private func read(
        from open: borrowing Socket,
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
                case .failed(let code):
                    if parser.isUntouched { return .failure(.lost(code)) }
                    return .failure(.final(lost(code)))
                }
            }
        } catch {
            return .failure(.final(bad(error)))
        }
        guard let head = parser.head else { preconditionFailure("An answer is whole and has no head.") }
        return .success(WebResponse(head: head, body: parser.body))
    }

    private func bad(_ failure: ResponseParser.Failure) -> WebError {
        WebError(
            failure.isTooLarge ? .tooLarge : .malformed,
            "The answer of \(endpoint) can't be read: \(failure.reason)."
        )
    }

    private func lost(_ code: Int32?) -> WebError {
        if code == ETIMEDOUT {
            return WebError(.timedOut, "\(endpoint) did not take the request in time.", errno: code)
        }
        let reason = code.map { ": \(Socket.describe($0))" } ?? ""
        return WebError(.closed, "\(endpoint) closed the connection without an answer\(reason).", errno: code)
    }
}
