internal import NIOCore

/// Looks at the first byte of a connection that is to be encrypted, and tells a client that does not encrypt.
///
/// Otherwise it would see bytes of TLS that tell of an alert, or nothing at all.
final class PlainTextAnswer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The first byte of a record that begins a handshake.
    private static let handshake: UInt8 = 0x16

    private let limits: ConnectionLimits
    private var isAnswered = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        let bytes = unwrapInboundIn(data)
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self), first != PlainTextAnswer.handshake
        else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            return
        }
        isAnswered = true
        let answer = Response.failure(
            400,
            "bad_request",
            "This endpoint is encrypted: ask with https, or wss."
        )
        context.writeAndFlush(wrapOutboundOut(answer.closingBytes(context.channel.allocator)), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: limits.lingering) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isAnswered, case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
