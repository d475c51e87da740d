internal import NIOCore
internal import NIOTLS

/// Stands next to the socket: keeps a connection's clock, and after a last answer reads on for the client's sake.
///
/// To close a socket with unread bytes in it makes the kernel tell the client that the connection was reset, often
/// before it has read the answer that says why. So the output is closed first, and what still comes is thrown away
/// until the client closes too, or the clock ends it.
///
/// A connection that has just come, from a client that is about to ask, is not cut off either when the endpoint is to
/// stop: the client would take gafferd for broken, where it only restarts on a socket that systemd keeps for it.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The phase's time is over, and whoever answers requests has to say so.
    struct BodyTimeout {}

    /// The endpoint is to stop: what has no end of its own has to end.
    struct Stopping {}

    /// The client sends nothing more, and may be gone; told at once, however much it has sent before.
    struct ClientFinished {}

    private let limits: ConnectionLimits
    private var clock: ConnectionClock
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    private(set) var inputIsClosed = false
    private(set) var isStopping = false
    /// How many bytes the client had yet to take when it was last looked at.
    private var waitingBytes = Int.max
    private var discarded = 0
    /// No request has come yet.
    private var isFresh = true
    /// The endpoint's wish to stop is kept from the others until the first request is there.
    private var holdsStop = false

    /// Makes a guard.
    ///
    /// - Parameter isSecure: whether encryption has to be agreed to first.
    init(limits: ConnectionLimits, isSecure: Bool) {
        self.limits = limits
        clock = ConnectionClock(limits: limits, now: .now())
        if isSecure { clock.entered(.handshake, at: .now()) }
    }

    /// Notes that another phase begins.
    func enter(_ phase: ConnectionClock.Phase) {
        clock.entered(phase, at: .now())
        if phase == .writing { waitingBytes = bytesToTake }
        guard isFresh, phase == .body || phase == .answering else { return }
        isFresh = false
        guard holdsStop, let context else { return }
        let guarded = NIOLoopBound(self, eventLoop: context.eventLoop)
        // Not in the middle of the request that is being handed through the pipeline.
        context.eventLoop.execute { guarded.value.passStop() }
    }

    private func passStop() {
        guard holdsStop, let context else { return }
        holdsStop = false
        isFresh = false
        tellToStop(context)
    }

    private func tellToStop(_ context: ChannelHandlerContext) {
        isStopping = true
        context.fireUserInboundEventTriggered(Stopping())
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Closes the output, and the rest once the client has seen it.
    func linger() {
        guard let context, context.channel.isActive else { return }
        clock.entered(.lingering, at: .now())
        guard !inputIsClosed else {
            closeOnceWritten()
            return
        }
        // Through the whole pipeline, since the handler of pipelined requests has to know as well.
        context.channel.close(mode: .output, promise: nil)
        setTimer()
    }

    /// Closes the connection behind the last byte that was written.
    func closeOnceWritten() {
        guard let context, context.channel.isActive else { return }
        enter(.writing)
        setTimer()
        let written = context.eventLoop.makePromise(of: Void.self)
        let guarded = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in guarded.value.context?.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { setTimer() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        setTimer()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch clock.phase {
        case .lingering:
            discarded += unwrapInboundIn(data).readableBytes
            if discarded > limits.lingeringBytes { context.close(promise: nil) }
            return
        case .idle:
            enter(.head)
        case .handshake, .head, .body, .answering, .writing:
            break
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Here and not at every phase: most requests come whole, and need no timer at all.
        setTimer()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            enter(.idle)
            setTimer()
        }
        if case ChannelEvent.inputClosed = event {
            inputIsClosed = true
            if clock.phase == .lingering { context.close(promise: nil) }
            context.fireUserInboundEventTriggered(ClientFinished())
        }
        if event is ChannelShouldQuiesceEvent {
            guard isFresh else {
                tellToStop(context)
                return
            }
            holdsStop = true
            let guarded = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: limits.firstRequest) { guarded.value.passStop() }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Makes sure that the clock is looked at in time.
    func setTimer() {
        guard let context, let alarm = clock.nextAlarm() else { return }
        timer?.cancel()
        let guarded = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: alarm) { guarded.value.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard let context else { return }
        guard clock.timerFired(at: .now()) else {
            setTimer()
            return
        }
        switch clock.phase {
        case .writing where bytesToTake < waitingBytes:
            // Slow, but not gone.
            enter(.writing)
            setTimer()
        case .handshake, .idle, .writing, .lingering, .answering:
            context.close(promise: nil)
        case .head:
            let answer = Response.failure(
                408,
                "timed_out",
                "The head of the request took longer than \(limits.head.nanoseconds / 1_000_000_000) seconds."
            )
            // The decoder is in the middle of a request, so the answer goes around it.
            context.writeAndFlush(wrapOutboundOut(answer.closingBytes(context.channel.allocator)), promise: nil)
            linger()
        case .body:
            context.fireUserInboundEventTriggered(BodyTimeout())
        }
    }

    /// How many bytes of what was written the client has yet to take.
    private var bytesToTake: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
