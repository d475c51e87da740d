/// Answers the requests of an endpoint.
package protocol Responder: Sendable {
    /// Decides what becomes of a request when its head is there; called on the event loop, so that it must not block.
    func plan(for head: RequestHead) -> RequestPlan
}

/// What becomes of a request.
package enum RequestPlan: Sendable {
    /// It is answered so, whatever its body.
    case respond(Response)
    /// Its body is read, up to so many bytes, and then decides.
    case read(limit: Int, @Sendable ([UInt8]) -> Answer)
    /// The connection becomes a websocket.
    case webSocket(WebSocketPlan)
}

/// An answer, or the way to it.
///
/// What can be told from what was last published is answered where the request came in, without a task and without a
/// hop; only what changes something, or has to look at /proc, needs more.
package enum Answer: Sendable {
    /// Here it is.
    case now(Response)
    /// It takes a task, which may be cancelled when the client is gone.
    case later(@Sendable () async -> Response)
}
