internal import Glibc

/// The bytes to and from a server: a socket, with TLS around it where the endpoint wants it.
struct Transport: ~Copyable {
    private let socket: Socket
    private let session: TLSSession?

    /// Connects to an endpoint and, with TLS, greets it.
    ///
    /// - Throws: ``WebError`` that names the endpoint.
    static func connect(to endpoint: Endpoint, timeout: Duration, tls: TLSOptions) throws(WebError) -> Transport {
        let deadline = Deadline(after: timeout)
        let socket = try Socket.connect(to: endpoint, timeout: timeout)
        guard case .https(let host, _) = endpoint else { return Transport(socket: socket, session: nil) }
        let session = try TLSSession(host: host, endpoint: endpoint, options: tls)
        try session.handshake(over: socket, endpoint, until: deadline)
        return Transport(socket: socket, session: session)
    }

    private init(socket: consuming Socket, session: TLSSession?) {
        self.socket = socket
        self.session = session
    }

    /// The socket's descriptor, to be waited for beside others.
    var descriptor: Int32 { socket.descriptor }

    /// Whether bytes can be had that the descriptor does not tell of, since they were read and deciphered already.
    var hasBuffered: Bool { session?.hasBuffered ?? false }

    /// Sends all of `bytes`.
    ///
    /// - Returns: the failure, with `ETIMEDOUT` where the deadline came first; nil: all is sent.
    borrowing func send(_ bytes: [UInt8], until deadline: Deadline) -> Socket.Failure? {
        guard let session else { return socket.send(bytes, until: deadline) }
        return session.send(bytes, over: socket, until: deadline)
    }

    /// Reads what has come, waiting for something.
    borrowing func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline) -> Socket.Received {
        guard let session else { return socket.receive(into: buffer, until: deadline) }
        return session.receive(into: buffer, from: socket, until: deadline)
    }
}
