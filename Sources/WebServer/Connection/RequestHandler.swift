internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NIOTLS

/// Answers the requests of one connection, one after the other.
///
/// What can be answered at once is answered on the event loop, without a task: an API that is asked while all shared
/// threads are busy with jobs still answers. The handler before it (NIO's `HTTPServerPipelineHandler`) gives the next
/// request only when the answer to the last is written, and ends the connection between two requests when the
/// endpoint is to stop.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// What all connections of an endpoint have in common, and who is at the other end of this one.
    struct Setting {
        var responder: any Responder
        var hosts: HostRule?
        var origins: OriginRule
        var client: Client
        var limits: ConnectionLimits
        var logger: Logger
    }

    /// The head of the request that is being answered, as far as it is needed until then.
    struct Exchange {
        var method: HTTPMethod
        var target: String
        var version: HTTPVersion
        var keepAlive: Bool
        /// The page that asks, where it may.
        var origin: String?
    }

    enum State {
        /// Between two requests.
        case idle
        /// The body is on its way; what it is for is decided, and may be a refusal, which is told at its end.
        case receiving(Exchange, Work)
        /// The request is complete; answered as soon as the client takes what was written before.
        case ready(Exchange, Work)
        /// A task finds the answer.
        case answering(Exchange, Task<Void, Never>)
        /// A task writes the body.
        case streaming(Exchange, Outlet, Task<Void, Never>)
        /// The last answer is given; nothing that comes is looked at.
        case ended
    }

    var setting: Setting
    let connection: ConnectionGuard
    let codec: HTTPCodec
    var state = State.idle
    var body: [UInt8] = []
    private var bodySize = 0
    var isAdvancing = false
    var isReading = false
    var endsAfterAnswer = false
    var date = DateHeader()

    init(setting: Setting, connection: ConnectionGuard, codec: HTTPCodec) {
        self.setting = setting
        self.connection = connection
        self.codec = codec
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): received(head, context)
        case (.body(let bytes), .receiving(let exchange, let plan)): received(bytes, exchange, plan, context)
        case (.end, .receiving(let exchange, let plan)):
            state = .ready(exchange, plan)
            connection.enter(.answering)
            advance(context)
        case (.head, _), (.body, _), (.end, _):
            // The rest of a request that was answered early.
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        // One flush for all answers to what came in one piece.
        context.flush()
        connection.setTimer()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if case .streaming(_, let outlet, _) = state {
            connection.enter(isWritable ? .answering : .writing)
            connection.setTimer()
            outlet.setBlocked(!isWritable)
        } else if isWritable {
            if case .idle = state { connection.enter(.idle) }
            advance(context)
        } else if isIdleOrReady {
            connection.enter(.writing)
            connection.setTimer()
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Nobody is left to be told; what was decided goes on without us.
        switch state {
        case .answering(_, let task): task.cancel()
        case .streaming(_, let outlet, let task):
            outlet.close()
            task.cancel()
        case .idle, .receiving, .ready, .ended: break
        }
        state = .ended
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // A client may close its side and still want its answer, as `nc -N` does.
            endsAfterAnswer = true
            if case .idle = state { connection.closeOnceWritten() }
        case is ConnectionGuard.ClientFinished, is ConnectionGuard.Stopping:
            if case .streaming(_, _, let task) = state { task.cancel() }
            context.fireUserInboundEventTriggered(event)
        case is ConnectionGuard.BodyTimeout:
            if case .receiving(let exchange, _) = state {
                answerEarly(.failure(408, "timed_out", "The body of the request took too long."), exchange, context)
            }
        case TLSUserEvent.handshakeCompleted:
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            setting.client.certificate = certificate?.subject
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            setting.logger.debug("a connection failed", metadata: ["error": "\(error)"])
            context.close(promise: nil)
            return
        }
        switch state {
        case .idle:
            let exchange = Exchange(method: .GET, target: "", version: .http1_1, keepAlive: false)
            answerEarly(RequestHandler.answer(to: error), exchange, context)
        case .receiving(var exchange, _):
            // Not the method that came: to HEAD there would be no body to say what was wrong.
            exchange.method = .GET
            answerEarly(RequestHandler.answer(to: error), exchange, context)
        case .ready, .answering, .streaming, .ended:
            break
        }
    }

    // MARK: Requests

    private func received(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let facts = RequestFacts(headers: head.headers)
        let isOtherProtocol = facts.asksForUpgrade || head.method == .CONNECT
        let exchange = Exchange(
            method: head.method,
            target: head.uri,
            version: head.version,
            // The decoder stops at another protocol, so that what follows it would never be read; and where a body ends
            // that nobody here can decode is not for us to say.
            keepAlive: head.isKeepAlive && !isOtherProtocol && !facts.isEncoded,
            origin: facts.origin(allowedBy: setting.origins)
        )
        let work = work(head, facts)
        body = []
        bodySize = 0
        state = .receiving(exchange, work)
        connection.enter(.body)
        if let length = facts.declaredLength, length > work.limit {
            answerEarly(tooLarge(work), exchange, context)
        } else if facts.expectsContinue {
            guard case .read = work else {
                if case .respond(let answer) = work { answerEarly(answer, exchange, context) }
                return
            }
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func received(
        _ bytes: ByteBuffer,
        _ exchange: Exchange,
        _ work: Work,
        _ context: ChannelHandlerContext
    ) {
        bodySize += bytes.readableBytes
        guard bodySize <= work.limit else {
            answerEarly(tooLarge(work), exchange, context)
            return
        }
        if case .read = work { body.append(contentsOf: bytes.readableBytesView) }
    }

    private func work(_ head: HTTPRequestHead, _ facts: RequestFacts) -> Work {
        let authority = head.uri.utf8.first == UInt8(ascii: "/") ? nil : try? RequestTarget(parsing: head.uri).authority
        if let refusal = facts.refusal(by: setting.hosts, pages: setting.origins, authority: authority) {
            return .respond(refusal)
        }
        if head.method == .OPTIONS, facts.isPreflight, !facts.origins.isEmpty { return .respond(CORS.preflight) }
        let asksForWebSocket = facts.asksForWebSocket && head.method == .GET && head.version == .http1_1
        let plan = setting.responder.plan(
            for: RequestHead(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers,
                acceptsText: facts.acceptsText,
                asksForWebSocket: asksForWebSocket,
                client: setting.client
            )
        )
        switch plan {
        case .respond(let answer): return .respond(answer)
        case .read(let limit, let find): return .read(limit: limit, find)
        case .webSocket(let plan):
            do throws(SocketRefusal) {
                return .upgrade(plan, try SocketHandshake(asks: asksForWebSocket, headers: head.headers))
            } catch {
                return .respond(error.response)
            }
        }
    }

    // A refusal outweighs the size: who may not ask is not told what would be too much.
    private func tooLarge(_ work: Work) -> Response {
        switch work {
        case .respond(let answer): answer
        case .read(let limit, _): .bodyTooLarge(limit: limit)
        case .upgrade: .failure(400, "bad_request", "A handshake of a websocket has no body.")
        }
    }

    private var isIdleOrReady: Bool {
        switch state {
        case .idle, .ready: true
        case .receiving, .answering, .streaming, .ended: false
        }
    }

    private static func answer(to error: HTTPParserError) -> Response {
        switch error {
        case .headerOverflow:
            .failure(431, "headers_too_large", "The head of the request is too large.")
        default:
            .failure(400, "bad_request", "This is no HTTP/1.1 request: \(error.debugDescription).")
        }
    }
}

extension RequestHandler {
    /// What is to be done for a request.
    enum Work {
        case respond(Response)
        case read(limit: Int, @Sendable ([UInt8]) -> Answer)
        case upgrade(WebSocketPlan, SocketHandshake)

        /// The largest body that is read for it, in bytes; what is larger ends the connection.
        var limit: Int {
            switch self {
            case .respond: 1 << 20
            case .read(let limit, _): limit
            case .upgrade: 0
            }
        }
    }
}
