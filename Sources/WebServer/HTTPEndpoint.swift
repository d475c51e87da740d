internal import GafferSystem
internal import Glibc
package import Logging
package import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Serves one socket that listens.
///
/// It ends when the group of services shuts down: first the socket is closed, then running requests get
/// ``ConnectionLimits/shutdown`` to end, then what is left is cut off. A task that is cancelled skips the middle.
package struct HTTPEndpoint: Service {
    private let socket: ListenSocket
    private let responder: any Responder
    private let hosts: HostRule?
    private let group: any EventLoopGroup
    private let limits: ConnectionLimits
    private let logger: Logger

    /// Makes an endpoint, which owns the socket from here on.
    ///
    /// - Parameters:
    ///   - hosts: which `Host` headers are answered; nil for a unix socket, which no web page reaches.
    ///   - group: where its connections are served; one thread is enough, and saves memory.
    package init(
        socket: ListenSocket,
        responder: any Responder,
        hosts: HostRule?,
        group: any EventLoopGroup,
        limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger
    ) {
        self.socket = socket
        self.responder = responder
        self.hosts = hosts
        self.group = group
        self.limits = limits
        self.logger = logger
    }

    /// Serves until it is told to stop.
    package func run() async throws {
        let registry = ConnectionRegistry(limit: limits.connections)
        let channel = try await bootstrap(registry).withBoundSocket(socket.descriptor).get()
        // NIO calls listen(2) with a backlog of its own.
        listen(socket.descriptor, socket.backlog)
        logger.info("listening", metadata: ["endpoint": "\(socket.address)"])
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await channel.closeFuture.get()
                // A connection that was accepted just before has yet to be made.
                try? await channel.eventLoop.submit {}.get()
                let closed = registry.stop(on: channel.eventLoop)
                let limit = channel.eventLoop.scheduleTask(in: limits.shutdown) { registry.closeAll() }
                try? await closed.get()
                limit.cancel()
            } onGracefulShutdown: {
                channel.close(promise: nil)
            }
        } onCancel: {
            channel.close(promise: nil)
            registry.closeAll()
        }
        socket.removeFile()
        logger.debug("closed", metadata: ["endpoint": "\(socket.address)"])
    }

    private func bootstrap(_ registry: ConnectionRegistry) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try configure(channel, registry)
                }
            }
    }

    private func configure(_ channel: any Channel, _ registry: ConnectionRegistry) throws {
        let pipeline = channel.pipeline.syncOperations
        let connection = ConnectionGuard(limits: limits)
        try pipeline.addHandler(connection)
        guard registry.add(channel) else {
            try pipeline.addHandler(Rejection(connection: connection))
            return
        }
        let descriptor: NIOBSDSocket.Handle? = try pipeline.withUnsafeTransportIfAvailable { $0 }
        let peer = descriptor.flatMap(Peer.init(of:))
        let codec = HTTPCodec(limits: limits)
        try codec.add(to: pipeline)
        let setting = RequestHandler.Setting(
            responder: responder,
            hosts: hosts,
            client: Client(peer: peer, address: peer == nil ? channel.remoteAddress?.ipAddress : nil),
            limits: limits,
            logger: logger
        )
        try pipeline.addHandler(RequestHandler(setting: setting, connection: connection, codec: codec))
    }
}

/// Answers a connection that is one too many, and ends it.
private final class Rejection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: ConnectionGuard

    init(connection: ConnectionGuard) {
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        let answer = Response.failure(
            503,
            "too_many_connections",
            "This endpoint serves no further connection now: close one, or try again later."
        )
        context.writeAndFlush(wrapOutboundOut(answer.closingBytes(context.channel.allocator)), promise: nil)
        connection.linger()
    }
}
