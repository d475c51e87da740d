internal import GafferModel
package import WebServer

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
    case refused(Response)
}
