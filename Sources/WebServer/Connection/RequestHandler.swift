internal import GafferSystem
internal import Logging
internal import NIOCore
internal import NIOHTTP1

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
        var client: Client
        var logger: Logger
    }

    /// The head of the request that is being answered, as far as it is needed until then.
    private struct Exchange {
        var method: HTTPMethod
        var target: String
        var version: HTTPVersion
        var keepAlive: Bool
    }

    private enum State {
        /// Between two requests.
        case idle
        /// The body is on its way; what it is for is decided, and may be a refusal, which is told at its end.
        case receiving(Exchange, RequestPlan)
        /// The request is complete; answered as soon as the client takes what was written before.
        case ready(Exchange, RequestPlan)
        /// A task finds the answer.
        case answering(Exchange, Task<Void, Never>)
        /// The last answer is given; nothing that comes is looked at.
        case ended
    }

    private let setting: Setting
    private let connection: ConnectionGuard
    private var state = State.idle
    private var body: [UInt8] = []
    private var bodySize = 0
    private var isAdvancing = false
    private var isReading = false
    private var endsAfterAnswer = false
    private var date = DateHeader()

    init(setting: Setting, connection: ConnectionGuard) {
        self.setting = setting
        self.connection = connection
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
        if context.channel.isWritable {
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
        if case .answering(_, let task) = state { task.cancel() }
        state = .ended
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // A client may close its side and still want its answer, as `nc -N` does.
            endsAfterAnswer = true
            if case .idle = state { connection.closeOnceWritten() }
        case is ConnectionGuard.BodyTimeout:
            if case .receiving(let exchange, _) = state {
                answerEarly(.failure(408, "timed_out", "The body of the request took too long."), exchange, context)
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
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
        case .ready, .answering, .ended:
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
            // The decoder stops at such a request, so that what follows it would never be read.
            keepAlive: head.isKeepAlive && !isOtherProtocol
        )
        let plan = plan(head, facts)
        body = []
        bodySize = 0
        state = .receiving(exchange, plan)
        connection.enter(.body)
        if let length = facts.declaredLength, length > plan.limit {
            answerEarly(tooLarge(plan), exchange, context)
        } else if facts.expectsContinue {
            guard case .read = plan else {
                if case .respond(let answer) = plan { answerEarly(answer, exchange, context) }
                return
            }
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func received(
        _ bytes: ByteBuffer,
        _ exchange: Exchange,
        _ plan: RequestPlan,
        _ context: ChannelHandlerContext
    ) {
        bodySize += bytes.readableBytes
        guard bodySize <= plan.limit else {
            answerEarly(tooLarge(plan), exchange, context)
            return
        }
        if case .read = plan { body.append(contentsOf: bytes.readableBytesView) }
    }

    private func plan(_ head: HTTPRequestHead, _ facts: RequestFacts) -> RequestPlan {
        let authority = head.uri.utf8.first == UInt8(ascii: "/") ? nil : try? RequestTarget(parsing: head.uri).authority
        if let refusal = facts.refusal(by: setting.hosts, authority: authority) { return .respond(refusal) }
        return setting.responder.plan(
            for: RequestHead(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers,
                acceptsText: facts.acceptsText,
                asksForWebSocket: false,
                client: setting.client
            )
        )
    }

    // A refusal outweighs the size: who may not ask is not told what would be too much.
    private func tooLarge(_ plan: RequestPlan) -> Response {
        if case .respond(let answer) = plan { return answer }
        return .bodyTooLarge(limit: plan.limit)
    }

    // MARK: Answers

    /// Answers what is ready, as long as the client takes it.
    ///
    /// A loop and not a call from each answer to the next request: writing an answer makes the next request come in
    /// before the write returns, and a client that pipelines thousands would fill the stack.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while case .ready(let exchange, let plan) = state, context.channel.isWritable {
            switch answer(plan) {
            case .now(let answer):
                state = .idle
                write(answer, exchange, context)
            case .later(let find):
                begin(find, exchange, context)
            }
        }
        isAdvancing = false
        guard !isReading || !context.channel.isWritable else { return }
        context.flush()
    }

    private func answer(_ plan: RequestPlan) -> Answer {
        switch plan {
        case .respond(let answer):
            return .now(answer)
        case .read(_, let find):
            defer { body = [] }
            return find(body)
        case .webSocket:
            return .now(.failure(501, "not_implemented", "Websockets are not served yet."))
        }
    }

    private func begin(
        _ find: @escaping @Sendable () async -> Response,
        _ exchange: Exchange,
        _ context: ChannelHandlerContext
    ) {
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        // No parent could own it: a channel's handler is no task. It ends with the connection, see channelInactive.
        let task = Task(executorPreference: ThreadExecutor.shared) {
            let answer = await find()
            loop.execute { bound.value.handler.found(answer, bound.value.context) }
        }
        state = .answering(exchange, task)
    }

    private func found(_ answer: Response, _ context: ChannelHandlerContext) {
        guard case .answering(let exchange, _) = state else { return }
        state = .idle
        isAdvancing = true
        write(answer, exchange, context)
        isAdvancing = false
        advance(context)
        context.flush()
        connection.setTimer()
    }

    /// Answers before the request is complete, and ends the connection: the rest of it may be endless.
    private func answerEarly(_ answer: Response, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        var exchange = exchange
        exchange.keepAlive = false
        body = []
        write(answer, exchange, context)
        context.flush()
    }

    private func write(_ answer: Response, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        let keepAlive = exchange.keepAlive && !endsAfterAnswer
        if setting.logger.logLevel <= .debug { log(answer, exchange) }
        let head = answer.head(keepAlive: keepAlive, version: exchange.version, date: date.value())
        if !keepAlive { state = .ended }
        connection.enter(context.channel.isWritable ? .idle : .writing)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if exchange.method != .HEAD, !answer.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        guard keepAlive else {
            let connection = NIOLoopBound(connection, eventLoop: context.eventLoop)
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.whenComplete { _ in connection.value.linger() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
            return
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func log(_ answer: Response, _ exchange: Exchange) {
        setting.logger.debug(
            "request",
            metadata: [
                "method": "\(exchange.method.rawValue)", "path": "\(exchange.target)", "status": "\(answer.status)",
                "uid": "\(setting.client.peer.map { String($0.uid) } ?? "-")",
            ]
        )
    }

    private var isIdleOrReady: Bool {
        switch state {
        case .idle, .ready: true
        case .receiving, .answering, .ended: false
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

extension RequestPlan {
    /// The largest body that is read for it, in bytes; what is larger ends the connection.
    fileprivate var limit: Int {
        switch self {
        case .read(let limit, _): limit
        case .respond, .webSocket: 1 << 20
        }
    }
}
