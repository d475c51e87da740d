internal import Glibc
internal import NIOCore
internal import NIOEmbedded
internal import NIOSSL
internal import NIOTLS

/// TLS around one connection: plain bytes on one side, ciphered ones for the socket on the other.
///
/// The library is made for event loops; here its handler stands in a channel without one, which turns bytes into bytes
/// while the thread blocks on the socket. To link it costs a program some 0.2 ms at its start, used or not.
final class TLSSession {
    private let channel = EmbeddedChannel()
    private let watcher: TLSWatcher
    private var plain: ByteBuffer?

    /// Makes a session; nothing is sent yet.
    ///
    /// - Parameter host: whose name, or address, the certificate has to have.
    /// - Throws: ``WebError`` where the options can't be used.
    init(host: String, endpoint: Endpoint, options: TLSOptions) throws(WebError) {
        let context = try options.context()
        // A zone is no part of an address that a certificate could have.
        let bare = host.prefix { $0 != "%" }
        let address = try? SocketAddress(ipAddress: String(bare), port: 0)
        do {
            let handler = try NIOSSLClientHandler(context: context, serverHostname: address == nil ? host : nil)
            watcher = TLSWatcher(handler)
            try channel.pipeline.syncOperations.addHandlers([handler, watcher])
            // Only the address is looked at, and only where no name is to be verified; no connection is made by this.
            channel.connect(to: try address ?? SocketAddress(ipAddress: "127.0.0.1", port: 0), promise: nil)
        } catch {
            throw WebError(.badEndpoint, "\(endpoint) can't be asked by TLS: \(TLSFault.words(of: error)).")
        }
    }

    deinit {
        // Gives up waiting for the other side's goodbye: nothing is read any more.
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
    }

    /// Whether plain bytes are there already.
    var hasBuffered: Bool {
        fill()
        return plain != nil
    }

    /// Greets the server and checks who it is.
    ///
    /// - Throws: ``WebError`` that names the endpoint.
    func handshake(
        over socket: borrowing Socket,
        _ endpoint: Endpoint,
        until deadline: Deadline
    ) throws(WebError) {
        while true {
            let failure = flush(to: socket, until: deadline)
            if let fault = watcher.fault {
                throw WebError(.untrusted, "The TLS connection to \(endpoint) failed: \(fault.reason).")
            }
            if let failure { throw endpoint.lost(failure) }
            if watcher.isEstablished { return }
            switch readCiphered(from: socket, until: deadline) {
            case .bytes: continue
            case .timedOut: throw WebError(.timedOut, "\(endpoint) does not answer by TLS: timed out.")
            case .failed(let failure): throw endpoint.lost(failure)
            }
        }
    }

    /// Sends all of `bytes`.
    func send(_ bytes: [UInt8], over socket: borrowing Socket, until deadline: Deadline) -> Socket.Failure? {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return flush(to: socket, until: deadline)
            ?? watcher.fault.map { Socket.Failure(errno: EPROTO, reason: $0.reason) }
    }

    /// Reads what has come, waiting for something.
    func receive(
        into buffer: UnsafeMutableRawBufferPointer,
        from socket: borrowing Socket,
        until deadline: Deadline
    ) -> Socket.Received {
        while true {
            fill()
            if var bytes = plain {
                let count = min(bytes.readableBytes, buffer.count)
                bytes.readWithUnsafeReadableBytes { source in
                    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
                    return count
                }
                plain = bytes.readableBytes > 0 ? bytes : nil
                return .bytes(count)
            }
            if let fault = watcher.fault { return .failed(Socket.Failure(errno: EPROTO, reason: fault.reason)) }
            if watcher.isOver { return .bytes(0) }
            switch readCiphered(from: socket, until: deadline) {
            case .bytes: break
            case .timedOut: return .timedOut
            case .failed(let failure): return .failed(failure)
            }
            // What the library answers by itself, as to a change of keys.
            if let failure = flush(to: socket, until: deadline) { return .failed(failure) }
        }
    }

    private func fill() {
        if plain == nil, let next = try? channel.readInbound(as: ByteBuffer.self), next.readableBytes > 0 {
            plain = next
        }
    }

    /// Gives the library what the socket has.
    private func readCiphered(from socket: borrowing Socket, until deadline: Deadline) -> Socket.Received {
        let size = 32_768
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        let received = socket.receive(into: buffer, until: deadline)
        if case .bytes(let count) = received {
            if count > 0 {
                channel.pipeline.fireChannelRead(ByteBuffer(bytes: buffer[..<count]))
                channel.pipeline.fireChannelReadComplete()
            } else if !watcher.isOver {
                channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
                if watcher.fault == nil { watcher.failed(TLSFault(reason: "it ended without a goodbye")) }
            }
        }
        return received
    }

    /// Sends what the library has ciphered.
    private func flush(to socket: borrowing Socket, until deadline: Deadline) -> Socket.Failure? {
        while let bytes = try? channel.readOutbound(as: ByteBuffer.self) {
            if let failure = socket.send(Array(bytes.readableBytesView), until: deadline) { return failure }
        }
        return nil
    }
}

/// What TLS tells the one who uses it.
private final class TLSWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var isEstablished = false
    /// Whether the other side said goodbye.
    private(set) var isOver = false
    private(set) var fault: TLSFault?
    private let handler: NIOSSLClientHandler

    init(_ handler: NIOSSLClientHandler) {
        self.handler = handler
    }

    /// Notes the first thing that went wrong; what follows comes of it.
    func failed(_ fault: TLSFault) {
        self.fault = self.fault ?? fault
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { isEstablished = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failed(TLSFault(error, certificate: handler.peerCertificate))
    }
}
