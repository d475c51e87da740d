internal import Glibc

extension Socket {
    /// Connects to an endpoint.
    ///
    /// - Throws: ``WebError`` that names the endpoint.
    static func connect(to endpoint: Endpoint, timeout: Duration) throws(WebError) -> Socket {
        switch endpoint {
        case .unix(let path): try connectUnix(path, endpoint, timeout)
        case .http(let host, let port), .https(let host, let port): try connectTCP(host, port, endpoint, timeout)
        }
    }

    private static func connectUnix(
        _ path: String,
        _ endpoint: Endpoint,
        _ timeout: Duration
    ) throws(WebError) -> Socket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw WebError(.badEndpoint, "The path of \(endpoint) is too long for a unix socket.")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafeBytes(of: &address) { bytes in
            connect(family: AF_UNIX, address: bytes, timeout: timeout)
        }
        switch code {
        case .success(let socket): return Socket(owning: socket)
        case .failure(let failure): throw failed(failure.errno, endpoint)
        }
    }

    private static func connectTCP(
        _ host: String,
        _ port: UInt16,
        _ endpoint: Endpoint,
        _ timeout: Duration
    ) throws(WebError) -> Socket {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else {
            let reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
            throw WebError(.unreachable, "The host of \(endpoint) can't be looked up: \(reason).")
        }
        defer { freeaddrinfo(list) }
        var lastError = EHOSTUNREACH
        var next = list
        while let entry = next?.pointee {
            let bytes = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
            switch connect(family: entry.ai_family, address: bytes, timeout: timeout) {
            case .success(let descriptor):
                var one: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
                return Socket(owning: descriptor)
            case .failure(let failure):
                lastError = failure.errno
            }
            next = entry.ai_next
        }
        throw failed(lastError, endpoint)
    }

    private static func connect(
        family: Int32,
        address: UnsafeRawBufferPointer,
        timeout: Duration
    ) -> Result<Int32, Failure> {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return .failure(Failure(errno: errno)) }
        // A connect on a non-blocking unix socket whose queue is full can't be waited for with poll(2), but a blocking
        // one keeps to the send time-out, on unix and TCP alike.
        let parts = timeout.components
        var time = timeval(
            tv_sec: Int(clamping: parts.seconds),
            tv_usec: Int(parts.attoseconds / 1_000_000_000_000)
        )
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let code = address.withMemoryRebound(to: sockaddr.self) { pointer in
            Glibc.connect(descriptor, pointer.baseAddress, socklen_t(address.count))
        }
        guard code == 0 else {
            let failure = Failure(errno: errno)
            close(descriptor)
            return .failure(failure)
        }
        return .success(descriptor)
    }

    private static func failed(_ code: Int32, _ endpoint: Endpoint) -> WebError {
        switch code {
        case ENOENT, ENOTDIR:
            WebError(.noSuchSocket, "There is no socket at \(endpoint).", errno: code)
        case ECONNREFUSED:
            WebError(.refused, "Nobody listens at \(endpoint).", errno: code)
        case EACCES, EPERM:
            WebError(.denied, "You may not connect to \(endpoint): permission denied.", errno: code)
        // A blocking connect that runs into its time-out says EAGAIN on unix, EINPROGRESS on TCP.
        case EAGAIN, EINPROGRESS, ETIMEDOUT:
            WebError(.timedOut, "\(endpoint) does not accept the connection: timed out.", errno: code)
        default:
            WebError(.unreachable, "Can't connect to \(endpoint): \(describe(code)).", errno: code)
        }
    }

    /// The system's words for an errno.
    static func describe(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
