package import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import NIOHTTP1
package import WebServer

/// Answers an endpoint's requests by the API, as far as who asks may have them.
package struct APIResponder: Responder {
    private let api: HTTPAPI
    private let rule: @Sendable () -> EndpointRule

    /// Makes a responder.
    ///
    /// - Parameter rule: who may come in, and as whom; asked for each request, since a reload may change it.
    package init(api: HTTPAPI, rule: @escaping @Sendable () -> EndpointRule) {
        self.api = api
        self.rule = rule
    }

    package func plan(for head: RequestHead) -> RequestPlan {
        let credentials = Credentials(
            apiKeys: head.headers["x-api-key"],
            authorizations: head.headers["authorization"]
        )
        let client = ClientFacts(peer: head.client.peer, address: head.client.address)
        switch api.authenticator.admit(credentials, from: client, by: rule()) {
        case .admitted(let principal):
            return plan(for: head, as: principal)
        case .refused(let refusal):
            return .respond(.refusal(refusal))
        case .unsettled(let settle):
            return plan(for: head, after: settle)
        }
    }

    private func plan(for head: RequestHead, as principal: Principal) -> RequestPlan {
        switch api.admit(head, as: principal) {
        case .refused(let answer):
            api.metrics.counted(nil, method: head.method, status: answer.status, seconds: nil)
            return .respond(answer)
        case .admitted(let call):
            return counted(api.plan(for: call), call.route.template, head.method)
        }
    }

    /// The same, counted when it is answered.
    private func counted(_ plan: RequestPlan, _ template: RouteTemplate, _ method: String) -> RequestPlan {
        let start = ContinuousClock.now
        let metrics = api.metrics
        let note = { @Sendable (answer: Response) in
            let isStream = answer.stream != nil
            let seconds = isStream ? nil : (ContinuousClock.now - start) / .seconds(1)
            metrics.counted(template, method: method, status: answer.status, seconds: seconds)
        }
        switch plan {
        case .respond(let answer):
            note(answer)
            return plan
        case .read(let limit, let find):
            return .read(limit: limit) { body in
                switch find(body) {
                case .now(let answer):
                    note(answer)
                    return .now(answer)
                case .later(let find):
                    return .later {
                        let answer = await find()
                        note(answer)
                        return answer
                    }
                }
            }
        case .webSocket:
            metrics.counted(template, method: method, status: 101, seconds: nil)
            return plan
        }
    }

    /// The keys are read anew first, which takes a task: an upgrade can't wait for that and is to be tried again.
    private func plan(
        for head: RequestHead,
        after settle: @escaping @Sendable () async -> GafferAuth.Admission
    ) -> RequestPlan {
        guard !head.asksForWebSocket else {
            Task(executorPreference: ThreadExecutor.shared) { _ = await settle() }
            var response = Response.failure(503, "busy", "The keys have changed and are being read; try again.")
            response.headers = [.init("retry-after", "1")]
            return .respond(response)
        }
        return .read(limit: HTTPAPI.maximumBodySize) { body in
            .later {
                let principal: Principal
                switch await settle() {
                case .admitted(let found): principal = found
                case .refused(let refusal): return .refusal(refusal)
                case .unsettled: return .refusal(.unauthorized("The key is not valid."))
                }
                switch plan(for: head, as: principal) {
                case .respond(let answer): return answer
                case .read(_, let find):
                    switch find(body) {
                    case .now(let answer): return answer
                    case .later(let answer): return await answer()
                    }
                case .webSocket: preconditionFailure("A websocket was planned for a request that asks for none")
                }
            }
        }
    }
}

extension Response {
    /// The answer to who does not come in.
    static func refusal(_ refusal: Refusal) -> Response {
        var response = error(refusal.error)
        if let seconds = refusal.retryAfter {
            response.headers = [.init("retry-after", "\(seconds)")]
        } else {
            response.headers = [.init("www-authenticate", "Bearer realm=\"gaffer\"")]
        }
        return response
    }
}
