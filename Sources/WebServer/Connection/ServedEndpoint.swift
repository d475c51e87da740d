internal import GafferSystem
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import Synchronization

/// An endpoint while it is served.
///
/// It ends when it is told to, or when the group of services shuts down: first the socket is closed, then running
/// requests get ``ConnectionLimits/shutdown`` to end, then what is left is cut off. A task that is cancelled skips the
/// middle.
final class ServedEndpoint: Sendable {
    private struct State {
        /// The socket that listens; nil: not yet, or no more.
        var channel: (any Channel)?
        var tls: NIOSSLContext?
        var isStopped = false
    }

    let endpoint: HTTPServer.Endpoint
    private let limits: ConnectionLimits
    private let logger: Logger
    private let registry: ConnectionRegistry
    private let state: Mutex<State>

    /// Makes an endpoint, which owns the socket from here on.
    init(_ endpoint: HTTPServer.Endpoint, tls: NIOSSLContext?, limits: ConnectionLimits, logger: Logger) {
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
        registry = ConnectionRegistry(limits: limits)
        state = Mutex(State(tls: tls))
    }

    /// Encrypts connections that come from now on so.
    func replaceTLS(_ context: NIOSSLContext) {
        state.withLock { $0.tls = context }
    }

    /// Closes the socket, so that ``run(on:)`` comes to its end.
    func stop() {
        let channel = state.withLock { state in
            state.isStopped = true
            return state.channel
        }
        channel?.close(promise: nil)
    }

    /// Serves until it is told to stop.
    func run(on group: any EventLoopGroup) async throws {
        defer { endpoint.socket.removeFile() }
        let channel: any Channel
        do {
            channel = try await bootstrap(group).withBoundSocket(endpoint.socket.descriptor).get()
        } catch {
            logger.error("an endpoint can't be served", metadata: metadata(["error": "\(error)"]))
            throw error
        }
        // NIO calls listen(2) with a backlog of its own.
        listen(endpoint.socket.descriptor, endpoint.socket.backlog)
        logger.info("listening", metadata: metadata())
        let isStopped = state.withLock { state in
            state.channel = channel
            return state.isStopped
        }
        if isStopped { channel.close(promise: nil) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serve(channel)
            } onGracefulShutdown: {
                channel.close(promise: nil)
            }
        } onCancel: {
            channel.close(promise: nil)
            registry.closeAll()
        }
        state.withLock { $0.channel = nil }
        logger.debug("closed", metadata: metadata())
    }

    private func serve(_ channel: any Channel) async {
        try? await channel.closeFuture.get()
        // A connection that was accepted just before has yet to be made.
        try? await channel.eventLoop.submit {}.get()
        let closed = registry.stop(on: channel.eventLoop)
        let limit = channel.eventLoop.scheduleTask(in: limits.shutdown) { [registry] in registry.closeAll() }
        try? await closed.get()
        limit.cancel()
    }

    private func metadata(_ others: Logger.Metadata = [:]) -> Logger.Metadata {
        var metadata = others
        metadata["endpoint"] = "\(endpoint.socket.address)"
        if endpoint.name != endpoint.socket.address { metadata["name"] = "\(endpoint.name)" }
        if endpoint.tls != nil { metadata["tls"] = "yes" }
        return metadata
    }

    private func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
        var bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.configure(channel) }
            }
        if endpoint.socket.port != nil {
            // A machine that vanishes says nothing; the kernel asks, so that a stream that is silent is not kept for it.
            bootstrap =
                bootstrap
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
                .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 20)
                .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 4)
        }
        return bootstrap
    }

    private func configure(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let tls = state.withLock { $0.tls }
        let connection = ConnectionGuard(limits: limits, isSecure: tls != nil)
        let descriptor: NIOBSDSocket.Handle? = try pipeline.withUnsafeTransportIfAvailable { $0 }
        let peer = descriptor.flatMap(Peer.init(of:))
        let address = peer == nil ? channel.remoteAddress?.ipAddress : nil
        let refusal = registry.add(channel, from: address)
        guard refusal != .silent else {
            channel.close(promise: nil)
            return
        }
        if let tls, refusal == nil {
            try pipeline.addHandler(PlainTextAnswer(limits: limits))
            try pipeline.addHandler(NIOSSLServerHandler(context: tls))
        }
        try pipeline.addHandler(connection)
        if let refusal {
            // In plain text also where TLS is spoken: to agree to it for a refusal would cost what is to be saved.
            try pipeline.addHandler(Rejection(refusal, connection: connection))
            return
        }
        let codec = HTTPCodec(limits: limits)
        try codec.add(to: pipeline)
        let setting = RequestHandler.Setting(
            responder: endpoint.responder,
            hosts: endpoint.hosts,
            origins: endpoint.origins,
            client: Client(peer: peer, address: address, isSecure: tls != nil),
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

    private let refusal: ConnectionRegistry.Refusal
    private let connection: ConnectionGuard

    init(_ refusal: ConnectionRegistry.Refusal, connection: ConnectionGuard) {
        self.refusal = refusal
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        let message =
            switch refusal {
            case .all: "This endpoint serves no further connection now: close one, or try again later."
            case .address, .silent: "This endpoint serves no further connection from this address: close one first."
            }
        let answer = Response.failure(503, "too_many_connections", message)
        context.writeAndFlush(wrapOutboundOut(answer.closingBytes(context.channel.allocator)), promise: nil)
        connection.linger()
    }
}
