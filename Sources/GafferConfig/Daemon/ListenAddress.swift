/// Where an endpoint listens.
package enum ListenAddress: Sendable, Hashable {
    /// A unix socket's path.
    case unix(String)
    /// A host's name or address, without brackets, and a port.
    case tcp(host: String, port: Int)

    /// The port of an address that names none.
    package static let defaultPort = 5000
    /// What the kernel has room for in the path of a unix socket, in bytes.
    package static let longestPath = 107

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
        guard !text.isEmpty else { return nil }
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
        // A number alone is meant for a port, and would be taken for an address.
        guard host.utf8.allSatisfy(Self.isHostByte), UInt64(host) == nil else { return nil }
        self = .tcp(host: host, port: port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), (0...65_535).contains(number)
        else { return nil }
        return number
    }

    /// Those of names, of IPv4 and of IPv6 with a zone.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:%".utf8.contains(byte)
        }
    }

    /// Whether the kernel chooses the port, so that two of these are not one.
    var isAnyPort: Bool {
        if case .tcp(_, 0) = self { true } else { false }
    }

    /// Whether only this machine can reach it.
    ///
    /// A name other than `localhost` is none that can be told without asking somebody, as `127.example.org`.
    package var isLocal: Bool {
        switch self {
        case .unix:
            return true
        case .tcp(let host, _):
            if host.lowercased() == "localhost" || host == "::1" { return true }
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && $0.first != "+" }
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
