package import WebServer

/// Answers an endpoint's requests by the API, as far as who asks may have them.
package struct APIResponder: Responder {
    private let api: HTTPAPI
    private let access: AccessRule

    /// Makes a responder for endpoints with one rule of who is who.
    package init(api: HTTPAPI, access: AccessRule) {
        self.api = api
        self.access = access
    }

    package func plan(for head: RequestHead) -> RequestPlan {
        let admission = api.admit(
            method: head.method,
            target: head.target,
            role: access.role(of: head.client.peer),
            acceptsText: head.acceptsText
        )
        switch admission {
        case .refused(let answer): return .respond(answer)
        case .admitted(let call): return .read(limit: HTTPAPI.maximumBodySize) { body in api.answer(call, body: body) }
        }
    }
}
