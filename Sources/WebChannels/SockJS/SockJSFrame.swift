/// Why a session ends, as the client is told.
package struct SockJSClosing: Sendable, Hashable {
    /// One of RFC 6455, section 7.4, or of the range 3000 to 4999, or 2010.
    package var code: UInt16
    /// A word for people.
    package var reason: String

    /// Makes a reason.
    package init(_ code: UInt16, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The application has ended it.
    static let goAway = SockJSClosing(3000, "Go away!")
    /// The session already has a connection that receives.
    static let anotherConnection = SockJSClosing(2010, "Another connection still open")
    /// A connection broke, so that messages may be lost.
    static let interrupted = SockJSClosing(1002, "Connection interrupted")
    /// The client does not fetch what waits for it.
    static let tooSlow = SockJSClosing(1008, "Too many messages are waiting")
    /// There are too many sessions.
    static let tooManySessions = SockJSClosing(1013, "Too many sessions")
}

/// What a client is sent.
enum SockJSFrame: Sendable, Hashable {
    /// The session is there.
    case open
    /// So are we.
    case heartbeat
    /// Messages, each as a string of JSON, with commas between them.
    case messages([UInt8])
    /// The session is no more.
    case close(SockJSClosing)

    /// The frame without what a transport adds to it.
    var bytes: [UInt8] {
        switch self {
        case .open: return [UInt8(ascii: "o")]
        case .heartbeat: return [UInt8(ascii: "h")]
        case .messages(let strings):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(strings.count + 3)
            bytes.append(contentsOf: "a[".utf8)
            bytes.append(contentsOf: strings)
            bytes.append(UInt8(ascii: "]"))
            return bytes
        case .close(let closing):
            var bytes = Array("c[\(closing.code),".utf8)
            SockJSText.appendQuoted(Array(closing.reason.utf8), to: &bytes)
            bytes.append(UInt8(ascii: "]"))
            return bytes
        }
    }

    /// Whether it is the last of a connection.
    var isLast: Bool {
        if case .close = self { true } else { false }
    }
}
