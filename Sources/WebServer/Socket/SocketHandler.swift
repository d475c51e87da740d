internal import GafferSystem
internal import NIOCore

/// The conversation on a connection that has become a websocket.
///
/// Messages go to the task of the plan and come from tasks; frames that keep the conversation up are answered here.
final class SocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case open
        /// We have closed, and wait for the client to do the same.
        case closing
        /// Nothing that comes is looked at.
        case closed
    }

    private let plan: WebSocketPlan
    private let connection: ConnectionGuard
    private let outlet: Outlet
    private let inbox: Inbox
    private let link: SocketLink
    private var reader: SocketReader
    private var clock: SocketClock
    private var state = State.open
    private var task: Task<Void, Never>?
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?
    /// There is no room for a further message, so that nothing is read.
    private var isPaused = false
    private var readIsPending = false
    private var inputIsClosed = false
    private var isProcessing = false
    /// The latest question of the client, while it takes no answer.
    private var owedPong: [UInt8]?
    private var written = 0

    /// Makes the handler of a channel; used on its event loop.
    init(plan: WebSocketPlan, connection: ConnectionGuard, limits: ConnectionLimits, loop: any EventLoop) {
        self.plan = plan
        self.connection = connection
        reader = SocketReader(largestFrame: plan.limits.frame, largestMessage: plan.limits.message)
        clock = SocketClock(limits: plan.limits, closing: limits.lingering, now: .now())
        let link = SocketLink(loop)
        self.link = link
        outlet = Outlet { link.perform { $0.drain() } }
        inbox = Inbox(largest: plan.limits.message) { link.perform { $0.resume() } }
        link.handler = self
    }

    /// Answers the handshake and begins the conversation.
    func start(_ answer: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        connection.enter(.answering)
        let channel = SocketChannel(outlet: outlet, inbox: inbox)
        // No parent could own it: a channel's handler is no task. It is cancelled with the connection.
        task = Task(executorPreference: ThreadExecutor.shared) { [plan] in
            await plan.run(channel)
            await channel.close(code: 1000, reason: "")
        }
        lookAtClock()
        context.read()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        link.handler = nil
        self.context = nil
    }

    // MARK: What comes in

    func read(context: ChannelHandlerContext) {
        if isPaused {
            readIsPending = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .closed else { return }
        clock.heard(at: .now())
        reader.append(unwrapInboundIn(data).readableBytesView)
        process()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputIsClosed = true
            // What it said before it went may still be looked at, but nobody waits for an answer.
            if isPaused { task?.cancel() } else { vanish() }
        case is ChannelShouldQuiesceEvent, is ConnectionGuard.Stopping:
            close(code: 1001, reason: "The server stops.")
            task?.cancel()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func resume() {
        guard isPaused, let context else { return }
        isPaused = false
        process()
        guard !isPaused else { return }
        if inputIsClosed { vanish() }
        if readIsPending {
            readIsPending = false
            context.read()
        }
    }

    private func process() {
        // A message that is delivered may make its receiver ask for more before this returns.
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        do throws(SocketReader.Failure) {
            while state != .closed, !isPaused, let input = try reader.next() { took(input) }
        } catch {
            fail(error)
        }
    }

    private func took(_ input: SocketReader.Input) {
        switch input {
        case .message(let message):
            // After our close nobody looks at messages any more.
            if state == .open, !inbox.deliver(message) { isPaused = true }
        case .ping(let payload):
            owedPong = payload
            payPong()
        case .pong: break
        case .close(let code):
            if state == .open { closeOutlet(with: .closeFrame(code)) }
            finish()
        }
    }

    private func fail(_ failure: SocketReader.Failure) {
        guard let context, state != .closed else { return }
        if state == .open { closeOutlet(with: .closeFrame(failure.code, failure.reason)) }
        end()
        let connection = NIOLoopBound(connection, eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in connection.value.linger() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    // MARK: What goes out

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        outlet.setBlocked(!context.channel.isWritable)
        if context.channel.isWritable { payPong() } else { lookAtClock() }
        context.fireChannelWritabilityChanged()
    }

    private func drain() {
        guard let context, state != .closed else { return }
        let (pieces, isLast) = outlet.take()
        for piece in pieces { write(piece) }
        context.flush()
        outlet.setBlocked(!context.channel.isWritable)
        if isLast { beginClosing() }
    }

    private func payPong() {
        guard let context, let payload = owedPong, context.channel.isWritable, state == .open else { return }
        owedPong = nil
        var frame = ByteBuffer()
        frame.writeFrame(.pong, payload)
        write(frame)
        context.flush()
    }

    private func write(_ bytes: ByteBuffer) {
        written += bytes.readableBytes
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: The end

    private func close(code: UInt16, reason: String) {
        guard state == .open else { return }
        closeOutlet(with: .closeFrame(code, reason))
        beginClosing()
    }

    /// Writes all that was sent before, and then the frame that closes.
    private func closeOutlet(with frame: ByteBuffer) {
        outlet.finish(frame)
        for piece in outlet.take().pieces { write(piece) }
        context?.flush()
    }

    /// Everything is written; the client is given time to take it and to close as well.
    private func beginClosing() {
        guard let context, state == .open else { return }
        state = .closing
        inbox.end()
        resume()
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenSuccess {
            bound.value.clock.closed(at: .now())
            bound.value.lookAtClock()
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// Both sides have closed.
    private func finish() {
        end()
        connection.closeOnceWritten()
    }

    /// The client has closed its side without a word.
    private func vanish() {
        guard state != .closed else { return }
        finish()
    }

    private func end() {
        state = .closed
        timer?.scheduled.cancel()
        timer = nil
        outlet.close()
        inbox.end()
        task?.cancel()
    }

    // MARK: Time

    private func lookAtClock() {
        guard let context, state != .closed else { return }
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let next: NIODeadline
        switch clock.look(at: .now(), written: written, waiting: waiting, isReading: !isPaused) {
        case .wait(let deadline): next = deadline
        case .ping(let deadline):
            next = deadline
            guard state == .open else { break }
            var frame = ByteBuffer()
            frame.writeFrame(.ping, [])
            write(frame)
            context.flush()
        case .cutOff:
            context.close(promise: nil)
            return
        }
        if let timer, timer.deadline <= next { return }
        timer?.scheduled.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let scheduled = context.eventLoop.scheduleTask(deadline: next) {
            bound.value.timer = nil
            bound.value.lookAtClock()
        }
        timer = (next, scheduled)
    }
}

/// The way from tasks to the handler.
private final class SocketLink: Sendable {
    private let loop: any EventLoop
    private let bound: NIOLoopBoundBox<SocketHandler?>

    init(_ loop: any EventLoop) {
        self.loop = loop
        bound = NIOLoopBoundBox(nil, eventLoop: loop)
    }

    /// Used on the event loop only.
    var handler: SocketHandler? {
        get { bound.value }
        set { bound.value = newValue }
    }

    func perform(_ action: @escaping @Sendable (SocketHandler) -> Void) {
        loop.execute { [bound] in bound.value.map(action) }
    }
}

/// The conversation as its task sees it.
private struct SocketChannel: MessageChannel {
    let outlet: Outlet
    let inbox: Inbox

    func receive() async -> Message? {
        await inbox.receive()
    }

    func send(_ messages: OutgoingMessages) async throws(ConnectionClosed) {
        try await outlet.write(messages.frames)
    }

    func close(code: UInt16, reason: String) async {
        outlet.finish(.closeFrame(code, reason))
    }
}
