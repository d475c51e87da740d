package import GafferAuth
internal import GafferModel
package import WebServer

/// A request that was found to be meant for a route, and allowed; its body may still be on the way.
package struct APICall: Sendable {
    /// How it asks.
    package var method: Method
    /// What it asks of.
    package var route: Route
    /// Its parameters.
    package var query: Query
    /// Who asks.
    package var principal: Principal
    /// All that stood before the body.
    package var head: RequestHead

    /// Makes a call.
    package init(method: Method, route: Route, query: Query, principal: Principal, head: RequestHead) {
        self.method = method
        self.route = route
        self.query = query
        self.principal = principal
        self.head = head
    }

    /// Whether who asks may see what a job is, how it does and what it writes.
    func maySee(_ job: JobName) -> Bool {
        principal.permissions.allow(.read, .job(job))
    }
}

/// Whether a request is let in.
package enum CallAdmission: Sendable {
    /// It is answered once its body is there.
    case admitted(APICall)
    /// It is answered so, whatever its body.
    case refused(Response)
}
