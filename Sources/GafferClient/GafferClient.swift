package import GafferModel
package import WebClient

/// The API of a gafferd as Swift: one method a route.
///
/// It keeps one connection for all its requests and blocks its thread, as command-line programs want it.
package final class GafferClient {
    /// How long a route that changes something may take until it is done.
    package enum Wait: Sendable, Hashable {
        /// The answer comes when the change is decided.
        case no
        /// The answer comes when it is done, or a time-out after so long.
        case upTo(Duration)
    }

    /// Who asks, and whom they trust.
    package struct Access: Sendable, Hashable {
        /// The API key, sent as `X-API-Key`; nil: none, as on a unix socket, where the user counts.
        package var apiKey: String?
        /// Certificates, for an `https` endpoint.
        package var tls: TLSOptions

        /// Makes an access.
        package init(apiKey: String? = nil, tls: TLSOptions = TLSOptions()) {
            self.apiKey = apiKey
            self.tls = tls
        }
    }

    /// The port of an `http` or `https` endpoint that names none.
    package static let defaultPort: UInt16 = 5000
    /// How many requests ``performAll(_:)`` has under way at a time.
    static let concurrency = 16

    /// How deep an answer may be nested: a configuration may be as deep as a body, and lists of jobs stand around it.
    static let maximumDepth = 64

    /// Where gafferd listens.
    package let endpoint: Endpoint
    let limits: WebConnection.Limits
    let access: Access
    private var connections: [WebConnection] = []

    /// Makes a client; nothing is sent yet.
    package init(
        endpoint: Endpoint,
        limits: WebConnection.Limits = WebConnection.Limits(),
        access: Access = Access()
    ) {
        self.endpoint = endpoint
        self.limits = limits
        self.access = access
    }

    /// Another client for the same gafferd, with connections of its own, as for another thread.
    package func twin() -> GafferClient {
        GafferClient(endpoint: endpoint, limits: limits, access: access)
    }

    /// Makes a client for an endpoint as a user gives it: `unix:PATH`, `http://HOST[:PORT]` or `https://HOST[:PORT]`.
    ///
    /// - Throws: ``ClientError`` where it is no endpoint, or the key can't be one.
    package convenience init(
        endpoint text: String,
        responseTimeout: Duration = .seconds(30),
        access: Access = Access()
    ) throws(ClientError) {
        if let key = access.apiKey, !key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) || key.isEmpty {
            throw ClientError(
                .invalid,
                reason: "bad_key",
                message: "The API key is empty or has a character that no key has."
            )
        }
        let endpoint: Endpoint
        do throws(WebError) {
            endpoint = try Endpoint(parsing: text, defaultPort: GafferClient.defaultPort)
        } catch {
            throw ClientError(error)
        }
        let limits = WebConnection.Limits(
            connectTimeout: min(responseTimeout, .seconds(5)),
            responseTimeout: responseTimeout
        )
        self.init(endpoint: endpoint, limits: limits, access: access)
    }

    /// Sends one request and takes its answer.
    ///
    /// - Throws: ``ClientError`` where there is none, or one that tells an error.
    package func perform(_ request: WebRequest) throws(ClientError) -> WebResponse {
        try GafferClient.checked(Result { () throws(WebError) in try connection(0).perform(signed(request)) })
    }

    /// Sends many requests, several of them at a time, and gives the outcomes in the order of the requests.
    package func performAll(_ requests: [WebRequest]) -> [Result<WebResponse, ClientError>] {
        var outcomes: [Result<WebResponse, ClientError>] = []
        outcomes.reserveCapacity(requests.count)
        var failures: [Int: WebError] = [:]
        for first in stride(from: 0, to: requests.count, by: GafferClient.concurrency) {
            let batch = requests[first..<min(first + GafferClient.concurrency, requests.count)]
            for (slot, request) in batch.enumerated() {
                do throws(WebError) {
                    try connection(slot).send(signed(request))
                } catch {
                    failures[slot] = error
                }
            }
            for slot in 0..<batch.count {
                let outcome: Result<WebResponse, WebError> =
                    if let failure = failures.removeValue(forKey: slot) {
                        .failure(failure)
                    } else {
                        Result { () throws(WebError) in try connection(slot).receive() }
                    }
                outcomes.append(Result { () throws(ClientError) in try GafferClient.checked(outcome) })
            }
        }
        return outcomes
    }

    /// Sends one request and reads the JSON of its answer.
    ///
    /// - Throws: ``ClientError``.
    package func document(_ request: WebRequest) throws(ClientError) -> JSON {
        try GafferClient.document(of: perform(request))
    }

    /// Reads the JSON of an answer.
    ///
    /// - Throws: ``ClientError`` where it is none.
    package static func document(of response: WebResponse) throws(ClientError) -> JSON {
        do throws(JSON.ParseError) {
            return try JSON(parsing: response.body, maximumDepth: GafferClient.maximumDepth)
        } catch {
            throw .unexpected("\(error)")
        }
    }

    /// The request with the key.
    func signed(_ request: WebRequest) -> WebRequest {
        guard let header = keyHeader else { return request }
        var request = request
        request.headers.append(header)
        return request
    }

    /// The header field with the key.
    var keyHeader: WebHeader? { access.apiKey.map { WebHeader("X-API-Key", $0) } }

    /// Sends a request whose answer is read while it is made.
    ///
    /// - Throws: ``ClientError``, also for an answer that tells an error.
    func open(_ request: WebRequest) throws(ClientError) -> WebStream {
        do throws(WebError) {
            let stream = try WebStream(to: endpoint, signed(request), limits: limits, tls: access.tls)
            guard stream.head.status != 200 else { return stream }
            throw WebError(
                .rejected,
                "\(endpoint) answers with status \(stream.head.status).",
                response: WebResponse(head: stream.head, body: try stream.rest())
            )
        } catch {
            throw ClientError(error)
        }
    }

    private static func checked(_ outcome: Result<WebResponse, WebError>) throws(ClientError) -> WebResponse {
        switch outcome {
        case .success(let response):
            guard (200..<300).contains(response.status) else { throw ClientError(response) }
            return response
        case .failure(let error):
            throw ClientError(error)
        }
    }

    private func connection(_ slot: Int) -> WebConnection {
        while connections.count <= slot {
            connections.append(WebConnection(to: endpoint, limits: limits, tls: access.tls))
        }
        return connections[slot]
    }
}

extension WebRequest {
    /// A request with a JSON body.
    static func json(_ method: String, _ target: String, _ body: JSON) -> WebRequest {
        WebRequest(method, target, body: body.encoded())
    }

    /// The same request, whose answer comes when the change is done.
    func waiting(_ wait: GafferClient.Wait) -> WebRequest {
        guard case .upTo(let duration) = wait else { return self }
        var request = self
        let separator: Character = target.contains("?") ? "&" : "?"
        request.target.append("\(separator)wait=\(Self.seconds(duration))")
        // gafferd tells whom it waits for; so it gets the time to say so before this side gives up.
        request.timeout = duration + .seconds(10)
        return request
    }

    private static func seconds(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = parts.attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else { return "\(parts.seconds)" }
        let digits = String(milliseconds)
        return "\(parts.seconds)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
