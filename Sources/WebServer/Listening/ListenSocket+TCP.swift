internal import Glibc

extension ListenSocket {
    /// Listens on a host and a port.
    ///
    /// - Parameters:
    ///   - host: an address, or a name, of which the first address is taken that can be listened on; IPv4 goes first.
    ///     Brackets around an IPv6 address are left out.
    ///   - port: 0 takes a free one, told by ``port``.
    package static func tcp(
        host: String,
        port: UInt16,
        backlog: Int32 = 128
    ) throws(ListenError) -> ListenSocket {
        let name = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &found)
        guard result == 0 else {
            throw ListenError(name, "getaddrinfo", code: 0, String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(found) }
        var candidates = Array(sequence(first: found) { $0?.pointee.ai_next }.compactMap(\.self))
        candidates.sort { $0.pointee.ai_family == AF_INET && $1.pointee.ai_family != AF_INET }
        var failure = ListenError(name, "getaddrinfo", code: 0, "the host has no address")
        for candidate in candidates {
            do throws(ListenError) {
                return try tcp(candidate.pointee, name, backlog)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func tcp(
        _ candidate: addrinfo,
        _ name: String,
        _ backlog: Int32
    ) throws(ListenError) -> ListenSocket {
        let descriptor = try open(candidate.ai_family, name)
        do throws(ListenError) {
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            guard Glibc.bind(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 else {
                throw ListenError(name, "bind", code: errno)
            }
            guard listen(descriptor, backlog) == 0 else { throw ListenError(name, "listen", code: errno) }
            let (address, port) = try boundAddress(of: descriptor, name)
            return ListenSocket(descriptor: descriptor, address: address, port: port, backlog: backlog)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
    }

    static func boundAddress(of descriptor: CInt, _ name: String) throws(ListenError) -> (String, UInt16) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var service = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let failure = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard getsockname(descriptor, address, &length) == 0 else { return errno }
                let flags = NI_NUMERICHOST | NI_NUMERICSERV
                let result = getnameinfo(
                    address,
                    length,
                    &text,
                    socklen_t(text.count),
                    &service,
                    socklen_t(service.count),
                    flags
                )
                return result == 0 ? 0 : EINVAL
            }
        }
        guard failure == 0, let host = string(text), let port = string(service).flatMap({ UInt16($0) }) else {
            throw ListenError(name, "getsockname", code: failure)
        }
        return ("\(host.contains(":") ? "[\(host)]" : host):\(port)", port)
    }

    private static func string(_ characters: [CChar]) -> String? {
        String(validating: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
