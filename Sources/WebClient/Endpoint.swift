/// Where a server listens: `unix:PATH`, `http://HOST[:PORT]` or `https://HOST[:PORT]`.
package enum Endpoint: Sendable, Hashable {
    /// A unix socket at a path.
    case unix(path: String)
    /// A TCP port of a host: a name, an IPv4 or an IPv6 address without brackets.
    case http(host: String, port: UInt16)
    /// The same, with TLS around it.
    case https(host: String, port: UInt16)

    /// The longest path that fits into the kernel's `sun_path`, in bytes.
    package static let maximumPathLength = 107

    /// Reads `unix:PATH`, a path that begins with `/`, `http://HOST[:PORT]` or `https://HOST[:PORT]`, where an IPv6
    /// address stands in brackets.
    ///
    /// - Parameters:
    ///   - text: what the user gave.
    ///   - defaultPort: the port of an `http` endpoint that names none.
    /// - Throws: ``WebError`` that names the text and what is wrong with it.
    package init(parsing text: String, defaultPort: UInt16 = 80) throws(WebError) {
        if text.hasPrefix("/") {
            self = try Endpoint.unixSocket(text, in: text)
        } else if text.hasPrefix("unix://") {
            self = try Endpoint.unixSocket(String(text.dropFirst("unix://".count)), in: text)
        } else if text.hasPrefix("unix:") {
            self = try Endpoint.unixSocket(String(text.dropFirst("unix:".count)), in: text)
        } else if text.hasPrefix("http://") {
            let (host, port) = try Endpoint.web(text.dropFirst("http://".count), in: text, defaultPort: defaultPort)
            self = .http(host: host, port: port)
        } else if text.hasPrefix("https://") {
            let (host, port) = try Endpoint.web(text.dropFirst("https://".count), in: text, defaultPort: defaultPort)
            self = .https(host: host, port: port)
        } else {
            throw Endpoint.bad(text, "give unix:PATH, http://HOST[:PORT] or https://HOST[:PORT]")
        }
    }

    private static func unixSocket(_ path: String, in text: String) throws(WebError) -> Endpoint {
        guard !path.isEmpty else { throw bad(text, "the path is missing") }
        guard !path.utf8.contains(0) else { throw bad(text, "the path holds a NUL") }
        guard path.utf8.count <= maximumPathLength else {
            throw bad(text, "the path is longer than the \(maximumPathLength) bytes that a unix socket may have")
        }
        return .unix(path: path)
    }

    private static func web(
        _ rest: Substring,
        in text: String,
        defaultPort: UInt16
    ) throws(WebError) -> (host: String, port: UInt16) {
        let scheme = text.prefix { $0 != "/" }
        var authority = rest
        if authority.hasSuffix("/") { authority.removeLast() }
        guard !authority.contains("@") else { throw bad(text, "a user and a password can't be given in it") }
        guard !authority.contains(where: { $0 == "/" || $0 == "?" || $0 == "#" }) else {
            throw bad(text, "it may not have a path: give \(scheme)//HOST[:PORT]")
        }
        let host: Substring
        let afterHost: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw bad(text, "the ] after the address is missing") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            afterHost = authority[authority.index(after: end)...]
            guard host.contains(":"), host.utf8.allSatisfy(isAddressByte) else {
                throw bad(text, "between [ and ] stands no IPv6 address")
            }
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<end]
            afterHost = authority[end...]
            guard !afterHost.dropFirst().contains(":") else {
                throw bad(text, "an IPv6 address stands in brackets, as in \(scheme)//[::1]:5000")
            }
            guard !host.isEmpty else { throw bad(text, "the host is missing") }
            guard host.utf8.allSatisfy(isHostByte) else { throw bad(text, "the host has a character that no host has") }
        }
        guard !afterHost.isEmpty else { return (String(host), defaultPort) }
        let digits = afterHost.dropFirst()
        guard afterHost.first == ":", digits.utf8.allSatisfy(isDigit), let port = UInt16(digits), port > 0 else {
            throw bad(text, "the port is a number from 1 to 65535")
        }
        return (String(host), port)
    }

    private static func bad(_ text: String, _ reason: String) -> WebError {
        WebError(.badEndpoint, "\(quoted(text)) is no endpoint: \(reason).")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        // Bytes above ASCII are left to the resolver, which may know international names.
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), 0x80...0xFF: true
        default: isDigit(byte)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        // `%` begins the zone of a link-local address, as in fe80::1%eth0.
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") || isHostByte(byte)
    }
}

extension Endpoint: CustomStringConvertible {
    /// As ``init(parsing:defaultPort:)`` reads it.
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .http(let host, let port): "http://\(Endpoint.bracketed(host)):\(port)"
        case .https(let host, let port): "https://\(Endpoint.bracketed(host)):\(port)"
        }
    }

    /// The value of the header `Host`.
    package var hostHeader: String {
        switch self {
        case .unix: "localhost"
        case .http(let host, let port), .https(let host, let port): "\(Endpoint.bracketed(host)):\(port)"
        }
    }

    private static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}

/// A text of the user's in quotation marks, safe on a terminal.
func quoted(_ text: some StringProtocol) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
