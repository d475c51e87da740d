/// Where an endpoint listens.
package enum ListenAddress: Sendable, Hashable {
    /// A unix socket's path.
    case unix(String)
    /// A host's name or address, without brackets, and a port.
    case tcp(host: String, port: Int)

    /// The port of an address that names none.
    package static let defaultPort = 5000

    /// Reads `host`, `host:port`, `[v6]:port`, `:port` or `unix:PATH`; nil where it is none.
    ///
    /// Without a host it is loopback.
    package init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty else { return nil }
            self = .unix(path)
            return
        }
        var host = text
        var port = Self.defaultPort
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
            guard host.contains(":") else { return nil }
        } else if let colon = text.lastIndex(of: ":") {
            guard let number = Self.port(text[text.index(after: colon)...]) else { return nil }
            port = number
            host = String(text[..<colon])
            guard !host.contains(":") else { return nil }
        }
        if host.isEmpty { host = "127.0.0.1" }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") })
        else { return nil }
        self = .tcp(host: host, port: port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), (0...65_535).contains(number)
        else { return nil }
        return number
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As `unix:/run/x.sock`, `127.0.0.1:5000` or `[::1]:5000`.
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
