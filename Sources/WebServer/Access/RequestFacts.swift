internal import GafferModel
internal import NIOHTTP1

/// What of a request's head matters before its route is looked at.
struct RequestFacts: Equatable {
    /// The `Host` headers, of which there may be one.
    var hosts: [String] = []
    /// The `Origin` headers: which page made a browser ask.
    var origins: [String] = []
    /// Whether a browser says that a page of another site made it ask.
    var isFromOtherSite = false
    /// Whether a browser asks first whether it may ask.
    var isPreflight = false
    /// Whether the body is compressed, or something else that nobody here undoes.
    var isEncoded = false
    /// Whether plain text is asked for.
    var acceptsText = false
    /// How long the body says it is; nil: it does not say.
    var declaredLength: Int?
    /// Whether the client waits for a word before it sends the body.
    var expectsContinue = false
    /// Whether bytes of another protocol follow, which nobody here can read.
    var asksForUpgrade = false
    /// Whether these bytes are to be a websocket's.
    var asksForWebSocket = false

    /// Looks at each header once.
    init(headers: HTTPHeaders) {
        var upgrades = false
        var namesWebSocket = false
        for (name, value) in headers {
            // The length is compared first: most headers are none of these.
            switch name.utf8.count {
            case 4 where name.isEqual(to: "host"): hosts.append(value)
            case 6 where name.isEqual(to: "origin"): origins.append(value)
            case 6 where name.isEqual(to: "accept"): acceptsText = RequestFacts.prefersText(value)
            case 6 where name.isEqual(to: "expect"): expectsContinue = value.isEqual(to: "100-continue")
            case 7 where name.isEqual(to: "upgrade"):
                asksForUpgrade = true
                namesWebSocket = namesWebSocket || RequestFacts.lists("websocket", value)
            case 10 where name.isEqual(to: "connection"): upgrades = upgrades || RequestFacts.lists("upgrade", value)
            case 14 where name.isEqual(to: "content-length"): declaredLength = Int(value) ?? Int.max
            case 14 where name.isEqual(to: "sec-fetch-site"):
                // Browsers that leave `Origin` out of a plain GET still send this one.
                isFromOtherSite =
                    isFromOtherSite || !(value.isEqual(to: "same-origin") || value.isEqual(to: "none"))
            case 16 where name.isEqual(to: "content-encoding"): isEncoded = isEncoded || !value.isEqual(to: "identity")
            case 17 where name.isEqual(to: "transfer-encoding"):
                isEncoded = isEncoded || !value.isEqual(to: "chunked")
            case 29 where name.isEqual(to: "access-control-request-method"): isPreflight = true
            default: break
            }
        }
        asksForWebSocket = upgrades && namesWebSocket
    }

    /// Whether a word stands in a list with commas.
    private static func lists(_ word: StaticString, _ value: String) -> Bool {
        if value.isEqual(to: word) { return true }
        return value.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
            let trimmed = part.drop { blanks.contains($0) }
            let end = trimmed.lastIndex { !blanks.contains($0) }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            return String(Substring(trimmed[..<end])).isEqual(to: word)
        }
    }

    private static func prefersText(_ accept: String) -> Bool {
        guard let first = accept.split(separator: ",").first?.split(separator: ";").first else { return false }
        return String(first).isEqual(to: "text/plain")
    }

    /// The page that asks, where it may; as its browser tells it.
    func origin(allowedBy rule: OriginRule) -> String? {
        guard origins.count == 1, let origin = origins.first, rule.allows(origin) else { return nil }
        return origin
    }

    /// Why the request is refused before anything is looked at; nil: it is not.
    ///
    /// - Parameters:
    ///   - rule: nil where any `Host` will do: no page reaches a unix socket under a name of its own.
    ///   - pages: the pages that may ask.
    ///   - authority: the host in an absolute target, which has to pass as well.
    func refusal(by rule: HostRule?, pages: OriginRule = OriginRule(), authority: String?) -> Response? {
        guard hosts.count < 2 else {
            return .failure(400, "bad_request", "The header Host is given twice.")
        }
        if let rule, !rule.allows(hosts.first) || authority.map({ !rule.allows($0) }) == true {
            let host = JSON.string(authority ?? hosts.first ?? "")
            return .failure(
                421,
                "misdirected_request",
                "This gafferd does not answer to the host \(host): use localhost, or the address of its endpoint."
            )
        }
        guard origins.isEmpty && !isFromOtherSite || origin(allowedBy: pages) != nil else {
            return .failure(403, "forbidden", "Requests of this web page are refused: its origin is not allowed.")
        }
        guard !isEncoded else {
            return .failure(
                415,
                "unsupported_media_type",
                "A body is taken as it is: without a Content-Encoding, and in no Transfer-Encoding but chunked."
            )
        }
        return nil
    }
}

extension String {
    /// Compares letters of ASCII without regard to case; `other` is in lower case.
    fileprivate func isEqual(to other: StaticString) -> Bool {
        let count = other.utf8CodeUnitCount
        guard utf8.count == count else { return false }
        var index = 0
        for byte in utf8 {
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            guard lower == other.utf8Start[index] else { return false }
            index += 1
        }
        return true
    }
}
