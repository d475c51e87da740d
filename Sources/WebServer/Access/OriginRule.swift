/// Which web pages may ask.
///
/// A browser tells where the page comes from that makes it ask. None is trusted unless it is on a list, whatever its
/// name: a page of another port of this machine, of an address or of a file has no more right than any other.
package struct OriginRule: Sendable, Hashable {
    private let allowed: Set<String>
    private var allowsAny = false

    /// Any page at all, even one without an origin: for services that guard nothing, as those are that tests ask.
    package static let any: OriginRule = {
        var rule = OriginRule()
        rule.allowsAny = true
        return rule
    }()

    /// Allows a list of origins, as `https://panel.example:8443`; what is no origin allows nothing.
    package init(allowed origins: [String] = []) {
        allowed = Set(origins.filter(OriginRule.isOrigin).map { $0.lowercased() })
    }

    /// Whether a text is an origin that can be on the list: `scheme://host` or `scheme://host:port`, and no more.
    package static func isOrigin(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, isLetter(first),
            parts[0].allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }),
            parts[1].starts(with: "//".utf8)
        else { return false }
        let host = parts[1].dropFirst(2)
        return !host.isEmpty && host.allSatisfy { isLetter($0) || isDigit($0) || "-._:[]".utf8.contains($0) }
    }

    /// Whether a page of this origin, as its browser tells it, may ask.
    package func allows(_ origin: String) -> Bool {
        allowsAny || !allowed.isEmpty && allowed.contains(origin.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What a browser is told about an origin that is allowed.
enum CORS {
    /// The headers of every answer to it.
    ///
    /// - Parameter origin: as the browser told it.
    static func headers(for origin: String) -> [Response.Header] {
        [
            Response.Header("access-control-allow-origin", origin), Response.Header("vary", "Origin"),
            Response.Header("access-control-expose-headers", "x-api-key, location"),
        ]
    }

    /// The answer to the question whether it may ask.
    static let preflight: Response = {
        var response = Response(status: 204, contentType: .none, body: [])
        response.headers = [
            Response.Header("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
            Response.Header(
                "access-control-allow-headers",
                "authorization, content-type, x-api-key, last-event-id, x-requested-with"
            ),
            Response.Header("access-control-max-age", "86400"),
        ]
        return response
    }()
}
