package import WebServer

/// How a service of SockJS behaves, and what its clients may take of it.
package struct SockJSConfiguration: Sendable {
    /// Where the page for old browsers loads the client library from: a path or a URL.
    package var clientURL = "https://cdn.jsdelivr.net/npm/sockjs-client@1/dist/sockjs.min.js"
    /// What `/info` says of the origins that may connect; clients don't look at it.
    package var origins = ["*:*"]
    /// Whether clients may use websockets.
    package var allowsWebSockets = true
    /// Whether answers carry a cookie `JSESSIONID`, by which load balancers send a client to the same server again.
    package var needsCookie = false

    /// How long a session waits for a client that is not there.
    package var disconnectDelay: Duration = .seconds(5)
    /// How long a connection may be silent until something is sent for the sake of those between us and the client.
    package var heartbeat: Duration = .seconds(25)
    /// After how many bytes a streamed answer ends and the client begins the next: it keeps what came in memory.
    package var responseBytes = 128 << 10

    /// How many bytes may wait for a client before whoever sends more has to wait.
    package var waitingBytes = 256 << 10
    /// How many bytes may wait for a client before its session is closed, since senders don't wait.
    package var waitingBytesLimit = 4 << 20
    /// How many bytes of a client may wait for the application before the client has to wait.
    package var unreadBytes = 256 << 10
    /// The largest body of a request with messages, and the largest message of a websocket, in bytes.
    package var messageBytes = 1 << 20
    /// How many sessions there may be, websockets included.
    package var sessions = 256
    /// How many of them one owner may have.
    package var sessionsPerOwner = 32
    /// The limits of websockets; ``messageBytes`` outweighs the message there.
    package var webSocketLimits = WebSocketLimits()

    /// What the protocol recommends, and limits for a small service.
    package init() {}

    /// The limits of websockets with the one of messages that holds for all transports.
    var effectiveWebSocketLimits: WebSocketLimits {
        var limits = webSocketLimits
        limits.message = messageBytes
        return limits
    }
}

/// What the application is told of a session.
package struct SockJSContext: Sendable {
    /// How the client talks to us.
    package enum Transport: String, Sendable {
        /// Polling with requests that wait for messages.
        case xhrPolling = "xhr"
        /// Requests whose answer goes on.
        case xhrStreaming = "xhr_streaming"
        /// Server-sent events.
        case eventSource = "eventsource"
        /// A page that is never complete, in a hidden frame of an old browser.
        case htmlFile = "htmlfile"
        /// Polling with scripts.
        case jsonpPolling = "jsonp"
        /// A websocket with the frames of SockJS.
        case webSocket = "websocket"
        /// A plain websocket: each message is one of the application, and may be binary.
        case rawWebSocket = "raw_websocket"
    }

    /// How the client talked to us when it opened the session; it may go on in another way.
    package var transport: Transport
    /// Whom the session belongs to, as the embedding application named it.
    package var owner: String
    /// The request that opened the session.
    package var head: RequestHead
}
