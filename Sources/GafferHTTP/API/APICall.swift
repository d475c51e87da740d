internal import GafferModel

/// A request that was found to be meant for a route, and allowed; its body may still be on the way.
package struct APICall: Sendable, Hashable {
    /// How it asks.
    package var method: Method
    /// What it asks of.
    package var route: Route
    /// Its parameters.
    package var query: Query
    /// Whether the header `Accept` asks for plain text.
    package var acceptsText: Bool

    /// Makes a call.
    package init(method: Method, route: Route, query: Query = Query(), acceptsText: Bool = false) {
        self.method = method
        self.route = route
        self.query = query
        self.acceptsText = acceptsText
    }
}

/// Whether a request is let in.
package enum Admission: Sendable, Hashable {
    /// It is answered once its body is there.
    case admitted(APICall)
    /// It is answered so, whatever its body.
    case refused(APIResponse)
}

/// An answer, or the way to it.
///
/// What can be told from what was last published is answered where the request came in, without a task and without a
/// hop; only what changes something, or has to look at /proc, needs more.
package enum Answer: Sendable {
    /// Here it is.
    case now(APIResponse)
    /// It takes a task, which may be cancelled when the client is gone.
    case later(@Sendable () async -> APIResponse)
}
