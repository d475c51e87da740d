internal import NIOHTTP1
package import WebServer

/// Conversations in messages with any browser: websockets, and what SockJS 0.3.3 has in their place.
///
/// It serves all paths below one prefix, which it does not know. It asks nobody for a key, since browsers can't send one
/// with a websocket: the application has the client say who it is in a message, or refuses.
package final class SockJSService: Sendable {
    /// Talks to one client; at its return the session ends.
    ///
    /// Its task is cancelled when the client is gone.
    package typealias Application = @Sendable (any MessageChannel, SockJSContext) async -> Void

    private let configuration: SockJSConfiguration
    private let application: Application
    private let sessions: SockJSSessions
    private let page: String
    private let pageTag: String

    /// The largest body of a request that should have none.
    private static let idleBody = 4 << 10
    /// The largest payload that is read on the event loop.
    private static let shortPayload = 16 << 10

    /// Makes a service.
    ///
    /// - Parameter run: talks to a client, unless the request that opens the session says otherwise.
    package init(_ configuration: SockJSConfiguration = SockJSConfiguration(), run: @escaping Application) {
        self.configuration = configuration
        application = run
        sessions = SockJSSessions(configuration)
        page = SockJSPages.frame(clientURL: configuration.clientURL)
        pageTag = SockJSPages.entityTag(of: page)
    }

    /// How many sessions there are, websockets included.
    package var sessionCount: Int { sessions.count }

    /// Ends all sessions but websockets, which end with their server, and lets none begin.
    package func stop() {
        sessions.stop()
    }

    /// One request and who sent it.
    private struct Request: Sendable {
        var head: RequestHead
        var query: Query
        var owner: String
        var headers: SockJSHeaders
        var run: Application
    }

    /// Decides what becomes of a request.
    ///
    /// - Parameters:
    ///   - segments: those of the path behind the service's own, decoded.
    ///   - owner: whom sessions belong to that this request opens: only requests of the same owner find them. It should
    ///     be something that another client can't choose, as its address is, or its user.
    ///   - answersOrigin: whether the page that asks may read the answer and is to be told so by this service; false
    ///     where nobody may, or where another part of the server adds the headers for it.
    ///   - run: talks to the client of the session that this request opens; nil: as the service does.
    package func plan(
        for head: RequestHead,
        segments: some Collection<String>,
        query: Query,
        owner: String,
        answersOrigin: Bool,
        run: Application? = nil
    ) -> RequestPlan {
        guard let route = SockJSRoute(segments: segments) else { return .respond(SockJSService.notFound) }
        let headers = SockJSHeaders(configuration: configuration, head: head, answersOrigin: answersOrigin)
        let request = Request(head: head, query: query, owner: owner, headers: headers, run: run ?? application)
        switch route {
        case .greeting:
            return .respond(get(request) { Response(contentType: .textForSockJS, SockJSPages.greeting) })
        case .iframe:
            return .respond(get(request) { frame(request) })
        case .info:
            if head.method == "OPTIONS" { return .respond(options(request, method: "GET")) }
            return .respond(get(request) { info(request) })
        case .rawWebSocket:
            return webSocket(request, isFramed: false)
        case .session(_, .webSocket):
            return webSocket(request, isFramed: true)
        case .session(let id, let endpoint):
            switch head.method {
            case endpoint.method: return session(id, endpoint, request)
            case "OPTIONS": return .respond(options(request, method: endpoint.method))
            default: return .respond(SockJSService.notAllowed("OPTIONS, \(endpoint.method)"))
            }
        }
    }

    // MARK: What is the same for all

    private func get(_ request: Request, _ answer: () -> Response) -> Response {
        switch request.head.method {
        case "GET", "HEAD": answer()
        default: SockJSService.notAllowed("GET")
        }
    }

    private func options(_ request: Request, method: String) -> Response {
        Response(status: 204, contentType: .none, body: [], headers: request.headers.options(method: method))
    }

    private func frame(_ request: Request) -> Response {
        let headers = [Response.Header("etag", pageTag)] + request.headers.cached
        let known = request.head.headers[canonicalForm: "if-none-match"]
        guard !known.contains(where: { $0 == pageTag || $0 == "W/\(pageTag)" || $0 == "*" }) else {
            return Response(status: 304, contentType: .none, body: [], headers: headers)
        }
        return Response(contentType: .html, body: Array(page.utf8), headers: headers)
    }

    private func info(_ request: Request) -> Response {
        Response(
            contentType: .jsonWithCharset,
            body: SockJSService.info(configuration, entropy: UInt32.random(in: 0...UInt32.max)),
            headers: request.headers.uncached
        )
    }

    // MARK: Websockets

    private func webSocket(_ request: Request, isFramed: Bool) -> RequestPlan {
        guard configuration.allowsWebSockets else { return .respond(SockJSService.notFound) }
        guard request.head.method == "GET" else { return .respond(SockJSService.notAllowed("GET")) }
        guard request.head.asksForWebSocket else {
            let isForWebSocket = request.head.headers.first(name: "upgrade")?.lowercased() == "websocket"
            let message = isForWebSocket ? #""Connection" must be "Upgrade"."# : #"Can "Upgrade" only to "WebSocket"."#
            return .respond(Response(status: 400, contentType: .textForSockJS, message))
        }
        let context = context(request, isFramed ? .webSocket : .rawWebSocket)
        let heartbeat = configuration.heartbeat
        return .webSocket(
            WebSocketPlan(limits: configuration.effectiveWebSocketLimits) { [sessions] channel in
                let framed = SockJSWebSocket(channel)
                guard sessions.enter(context.owner) else {
                    let closing = SockJSClosing.tooManySessions
                    await channel.close(code: closing.code, reason: closing.reason)
                    return
                }
                defer { sessions.leave(context.owner) }
                if isFramed {
                    await framed.run(heartbeat: heartbeat) { await request.run($0, context) }
                } else {
                    await request.run(channel, context)
                }
            }
        )
    }

    private func context(_ request: Request, _ transport: SockJSContext.Transport) -> SockJSContext {
        SockJSContext(transport: transport, owner: request.owner, head: request.head)
    }

    // MARK: Sessions

    private func session(_ id: String, _ endpoint: SockJSRoute.Endpoint, _ request: Request) -> RequestPlan {
        switch endpoint {
        case .xhr: return receive(id, .xhr, request)
        case .xhrStreaming: return receive(id, .xhrStreaming, request)
        case .eventSource: return receive(id, .eventSource, request)
        case .htmlFile:
            return withCallback(request) { receive(id, .htmlFile(callback: $0), request) }
        case .jsonp:
            return withCallback(request) { receive(id, .jsonp(callback: $0), request) }
        case .xhrSend, .jsonpSend:
            return send(id, isForm: endpoint == .jsonpSend, request)
        case .webSocket:
            return webSocket(request, isFramed: true)
        }
    }

    private func withCallback(_ request: Request, _ plan: (String) -> RequestPlan) -> RequestPlan {
        let callback = request.query["c"] ?? request.query["callback"] ?? ""
        guard SockJSRoute.isCallback(callback) else {
            let word = callback.isEmpty ? #""callback" parameter required"# : #"invalid "callback" parameter"#
            return .respond(Response(status: 500, contentType: .textForSockJS, word, request.headers.uncached))
        }
        return plan(callback)
    }

    private func receive(_ id: String, _ framing: SockJSFraming, _ request: Request) -> RequestPlan {
        .read(limit: SockJSService.idleBody) { [self] _ in
            let context = context(request, framing.transport)
            let found = sessions.open(id, of: request.owner) { conversation in
                conversation.start { await request.run($0, context) }
            }
            guard let conversation = found else {
                let word = "There are too many sessions; try again later.\n"
                return .now(Response(status: 503, contentType: .textForSockJS, word, request.headers.session))
            }
            let reply = SockJSReply(conversation: conversation, framing: framing, limit: configuration.responseBytes)
            return reply.answer(headers: request.headers.session)
        }
    }

    private func send(_ id: String, isForm: Bool, _ request: Request) -> RequestPlan {
        .read(limit: configuration.messageBytes) { [self] body in
            guard let conversation = sessions.find(id, of: request.owner) else { return .now(SockJSService.notFound) }
            let contentType = request.head.headers.first(name: "content-type")
            let payload = isForm ? SockJSPayload.payload(ofForm: body, contentType: contentType) : body
            let taken =
                isForm
                ? Response(contentType: .textForSockJS, "ok", request.headers.session)
                : Response(status: 204, contentType: .textForSockJS, "", request.headers.session)
            guard payload.count > SockJSService.shortPayload else {
                if let refusal = accept(payload, conversation, request) { return .now(refusal) }
                if conversation.isRead { return .now(taken) }
                return .later {
                    // The client sends no more before it is answered.
                    await conversation.waitUntilRead()
                    return taken
                }
            }
            return .later { [self] in
                if let refusal = accept(payload, conversation, request) { return refusal }
                await conversation.waitUntilRead()
                return taken
            }
        }
    }

    /// Hands messages on; gives the answer where they can't be.
    private func accept(_ payload: [UInt8], _ conversation: SockJSConversation, _ request: Request) -> Response? {
        let messages: [String]
        do {
            messages = try SockJSPayload.messages(in: payload)
        } catch {
            return Response(status: 500, contentType: .textForSockJS, error.message, request.headers.uncached)
        }
        switch conversation.accept(messages) {
        case .accepted: return nil
        case .ended: return SockJSService.notFound
        case .refused:
            let word = "Messages that were sent before are not read yet; try again later.\n"
            return Response(status: 503, contentType: .textForSockJS, word, request.headers.session)
        }
    }
}
