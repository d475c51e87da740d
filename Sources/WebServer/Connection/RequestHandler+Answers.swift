internal import GafferSystem
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension RequestHandler {
    /// Answers what is ready, as long as the client takes it.
    ///
    /// A loop and not a call from each answer to the next request: writing an answer makes the next request come in
    /// before the write returns, and a client that pipelines thousands would fill the stack.
    func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while case .ready(let exchange, let work) = state, context.channel.isWritable {
            switch work {
            case .respond(let answer):
                state = .idle
                write(answer, exchange, context)
            case .read(_, let find):
                let body = body
                self.body = []
                switch find(body) {
                case .now(let answer):
                    state = .idle
                    write(answer, exchange, context)
                case .later(let find):
                    begin(find, exchange, context)
                }
            case .upgrade(let plan, let handshake):
                upgrade(plan, handshake, exchange, context)
            }
        }
        isAdvancing = false
        guard !isReading || !context.channel.isWritable else { return }
        context.flush()
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
        goOn(context) { write(answer, exchange, context) }
    }

    /// Writes the rest of an answer, and then looks at the next request.
    private func goOn(_ context: ChannelHandlerContext, _ write: () -> Void) {
        isAdvancing = true
        write()
        isAdvancing = false
        advance(context)
        context.flush()
        connection.setTimer()
    }

    /// Answers before the request is complete, and ends the connection: the rest of it may be endless.
    func answerEarly(_ answer: Response, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        var exchange = exchange
        exchange.keepAlive = false
        var answer = answer
        // A body without an end would outlive the request that has none either.
        if answer.stream != nil { answer = .failure(413, "too_large", "This request takes no body of that size.") }
        body = []
        write(answer, exchange, context)
        context.flush()
    }

    private func write(_ answer: Response, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        var answer = answer
        answer.headers += headers(beside: answer.headers, exchange)
        if let stream = answer.stream {
            begin(stream, answer, exchange, context)
            return
        }
        let keepAlive = exchange.keepAlive && !endsAfterAnswer
        if setting.logger.logLevel <= .debug { log(answer.status, exchange) }
        let head = answer.head(keepAlive: keepAlive, version: exchange.version, date: date.value())
        if !keepAlive { state = .ended }
        connection.enter(context.channel.isWritable ? .idle : .writing)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if exchange.method != .HEAD, !answer.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        writeEnd(keepAlive: keepAlive, context)
    }

    private func writeEnd(keepAlive: Bool, _ context: ChannelHandlerContext) {
        guard keepAlive else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: lingerOnceWritten(context))
            return
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func lingerOnceWritten(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let connection = NIOLoopBound(connection, eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in connection.value.linger() }
        return written
    }

    /// What a page that may ask has to be told, unless who answers has told it already.
    private func headers(beside others: [Response.Header], _ exchange: Exchange) -> [Response.Header] {
        guard let origin = exchange.origin, !others.contains(where: { $0.name == "access-control-allow-origin" })
        else { return [] }
        return CORS.headers(for: origin)
    }

    /// A target without what may be a secret: its parameters, and what names a key.
    private static func loggable(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let keys = parts.firstIndex(of: "keys") else { return String(path.prefix(500)) }
        return parts[...keys].joined(separator: "/") + (parts.count > keys + 1 ? "/…" : "")
    }

    private func log(_ status: Int, _ exchange: Exchange) {
        setting.logger.debug(
            "request",
            metadata: [
                "method": "\(exchange.method.rawValue)", "path": "\(RequestHandler.loggable(exchange.target))",
                "status": "\(status)",
                "uid": "\(setting.client.peer.map { String($0.uid) } ?? "-")",
            ]
        )
    }
}

// MARK: - Bodies that are written bit by bit

extension RequestHandler {
    /// Writes the head and lets a task write the body.
    ///
    /// The task is cancelled as soon as the client closes its side. It may only have said that it sends nothing more,
    /// as `nc -N` does; but a client that is killed says the same, and a body that has nothing to tell would never
    /// learn of it. What such a task writes until it returns still arrives.
    private func begin(
        _ stream: ResponseStream,
        _ answer: Response,
        _ exchange: Exchange,
        _ context: ChannelHandlerContext
    ) {
        if setting.logger.logLevel <= .debug { log(answer.status, exchange) }
        let isOld = exchange.version != .http1_1
        // A body of unknown length ends with the connection where there are no chunks, as a client may not tell HEAD
        // from GET by what it gets.
        var exchange = exchange
        exchange.keepAlive = exchange.keepAlive && !isOld && exchange.method != .HEAD
        var head = answer.head(
            keepAlive: exchange.keepAlive && !endsAfterAnswer,
            version: exchange.version,
            date: date.value()
        )
        if isOld { head.version = .http1_0 }
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        guard exchange.method != .HEAD else {
            state = .ended
            context.writeAndFlush(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))),
                promise: lingerOnceWritten(context)
            )
            return
        }
        connection.enter(context.channel.isWritable ? .answering : .writing)
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        let outlet = Outlet { loop.execute { bound.value.handler.drain(bound.value.context) } }
        outlet.setBlocked(!context.channel.isWritable)
        // No parent could own it: a channel's handler is no task. It ends with the connection, see channelInactive.
        let task = Task(executorPreference: ThreadExecutor.shared) {
            await stream.write(StreamWriter(outlet: outlet))
            outlet.finish()
        }
        state = .streaming(exchange, outlet, task)
        if connection.inputIsClosed || connection.isStopping { task.cancel() }
    }

    private func drain(_ context: ChannelHandlerContext) {
        guard case .streaming(let exchange, let outlet, _) = state else { return }
        let (pieces, isLast) = outlet.take()
        for piece in pieces { context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil) }
        guard isLast else {
            context.flush()
            outlet.setBlocked(!context.channel.isWritable)
            return
        }
        outlet.close()
        let keepAlive = exchange.keepAlive && !endsAfterAnswer
        state = keepAlive ? .idle : .ended
        connection.enter(context.channel.isWritable ? .idle : .writing)
        goOn(context) { writeEnd(keepAlive: keepAlive, context) }
    }
}

// MARK: - Websockets

extension RequestHandler {
    private func upgrade(
        _ plan: WebSocketPlan,
        _ handshake: SocketHandshake,
        _ exchange: Exchange,
        _ context: ChannelHandlerContext
    ) {
        state = .ended
        if setting.logger.logLevel <= .debug { log(101, exchange) }
        let answer = ByteBuffer(
            string: handshake.answer(plan, date: date.value(), headers: headers(beside: plan.headers, exchange))
        )
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        // Not in the middle of the request that is being handed through the handlers that go.
        context.eventLoop.execute { bound.value.handler.makeSocket(plan, answer, bound.value.context) }
    }

    private func makeSocket(_ plan: WebSocketPlan, _ answer: ByteBuffer, _ context: ChannelHandlerContext) {
        let channel = context.channel
        guard channel.isActive, !connection.inputIsClosed, !connection.isStopping else {
            channel.close(promise: nil)
            return
        }
        let socket = SocketHandler(plan: plan, connection: connection, limits: setting.limits, loop: context.eventLoop)
        do {
            try channel.pipeline.syncOperations.addHandler(socket)
        } catch {
            channel.close(promise: nil)
            return
        }
        channel.pipeline.syncOperations.removeHandler(self, promise: nil)
        codec.remove(from: channel.pipeline.syncOperations)
        socket.start(answer)
    }
}
