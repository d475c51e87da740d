package import GafferSystem
package import NIOHTTP1

/// What stands before a request's body.
package struct RequestHead: Sendable {
    /// How it asks; names are a matter of the responder.
    package var method: String
    /// The target as it came: a path with its query, or an absolute URL.
    package var target: String
    /// The headers as they came.
    package var headers: HTTPHeaders
    /// Whether plain text is what `Accept` asks for first.
    package var acceptsText: Bool
    /// Whether it asks for a websocket.
    package var asksForWebSocket: Bool
    /// Who asks.
    package var client: Client

    /// Makes a head.
    package init(
        method: String,
        target: String,
        headers: HTTPHeaders = [:],
        acceptsText: Bool = false,
        asksForWebSocket: Bool = false,
        client: Client = Client()
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.acceptsText = acceptsText
        self.asksForWebSocket = asksForWebSocket
        self.client = client
    }
}

/// Who is at the other end of a connection.
package struct Client: Sendable, Hashable {
    /// The kernel's word on the peer of a unix socket; nil on TCP.
    package var peer: Peer?
    /// The peer's address without its port, as `127.0.0.1` or `::1`; nil on a unix socket.
    package var address: String?
    /// Whether the connection is encrypted.
    package var isSecure = false
    /// The subject of the certificate that the client proved to have; nil: it has none, or none was asked for.
    package var certificate: String?

    /// Makes a client.
    package init(peer: Peer? = nil, address: String? = nil, isSecure: Bool = false, certificate: String? = nil) {
        self.peer = peer
        self.address = address
        self.isSecure = isSecure
        self.certificate = certificate
    }
}
