package import NIOCore

/// How a websocket is opened, and what then happens on it.
package struct WebSocketPlan: Sendable {
    /// The sub-protocol that is agreed to, one of those that the client offered; nil: none.
    package var subprotocol: String?
    /// Further headers of the answer 101.
    package var headers: [Response.Header]
    /// What the client may send.
    package var limits: WebSocketLimits
    /// Talks to the client; at its return the socket is closed with 1000.
    ///
    /// Its task is cancelled when the client goes, and when the endpoint stops. What the client sent before can still be
    /// received then.
    package var run: @Sendable (any MessageChannel) async -> Void

    /// Makes a plan.
    package init(
        subprotocol: String? = nil,
        headers: [Response.Header] = [],
        limits: WebSocketLimits = WebSocketLimits(),
        run: @escaping @Sendable (any MessageChannel) async -> Void
    ) {
        self.subprotocol = subprotocol
        self.headers = headers
        self.limits = limits
        self.run = run
    }
}

/// What one websocket client may take.
package struct WebSocketLimits: Sendable, Hashable {
    /// The largest frame, in bytes; beyond it the socket is closed with 1009.
    package var frame = 64 << 10
    /// The largest message, of all its fragments, in bytes.
    package var message = 1 << 20
    /// How often a client that says nothing is asked whether it is still there.
    package var ping: TimeAmount = .seconds(20)
    /// How long an answer to that may take, and how long a client may leave what it is sent in our buffers.
    package var pong: TimeAmount = .seconds(20)

    /// The limits that gafferd serves with.
    package init() {}
}
