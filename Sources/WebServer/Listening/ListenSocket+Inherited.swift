internal import Glibc

extension ListenSocket {
    /// Takes over a socket that somebody else has opened, as systemd does for a socket unit.
    ///
    /// Its file, where it is a unix socket, stays the other's to remove.
    ///
    /// - Parameter descriptor: becomes the caller's again where this throws.
    package static func inherited(_ descriptor: Int32) throws(ListenError) -> ListenSocket {
        let name = "descriptor \(descriptor)"
        guard try option(SO_TYPE, of: descriptor, name) == Int32(SOCK_STREAM.rawValue) else {
            throw ListenError(name, "socket", code: EPROTOTYPE, "it is no stream socket")
        }
        guard try option(SO_ACCEPTCONN, of: descriptor, name) == 1 else {
            throw ListenError(name, "socket", code: EINVAL, "it does not listen")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw ListenError(name, "fcntl", code: errno) }
        // The backlog is the socket unit's; the kernel caps what it is asked for here.
        let backlog = Int32(SOMAXCONN)
        switch try option(SO_DOMAIN, of: descriptor, name) {
        case AF_UNIX:
            let path = try unixPath(of: descriptor, name)
            return ListenSocket(descriptor: descriptor, address: "unix:\(path)", port: nil, backlog: backlog)
        case AF_INET, AF_INET6:
            let (address, port) = try boundAddress(of: descriptor, name)
            return ListenSocket(descriptor: descriptor, address: address, port: port, backlog: backlog)
        default:
            throw ListenError(name, "socket", code: EAFNOSUPPORT, "it is neither a unix socket nor TCP")
        }
    }

    private static func option(_ option: Int32, of descriptor: Int32, _ name: String) throws(ListenError) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 else {
            throw ListenError(name, "getsockopt", code: errno)
        }
        return value
    }

    private static func unixPath(of descriptor: Int32, _ name: String) throws(ListenError) -> String {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw ListenError(name, "getsockname", code: errno) }
        let bytes = withUnsafeBytes(of: &address.sun_path) { Array($0) }
        let count = Int(length) - (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2)
        let path = bytes.prefix(max(0, count)).prefix { $0 != 0 }
        guard !path.isEmpty, let text = String(validating: path, as: UTF8.self) else {
            throw ListenError(name, "getsockname", code: EINVAL, "it has no path that is text")
        }
        return text
    }
}
