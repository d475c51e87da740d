/// What a path below a service names.
package enum SockJSRoute: Sendable, Hashable {
    /// What a session can be asked for.
    package enum Endpoint: String, Sendable, CaseIterable {
        case webSocket = "websocket"
        case xhr
        case xhrSend = "xhr_send"
        case xhrStreaming = "xhr_streaming"
        case eventSource = "eventsource"
        case htmlFile = "htmlfile"
        case jsonp
        case jsonpSend = "jsonp_send"

        /// How it is asked.
        var method: String {
            switch self {
            case .webSocket, .eventSource, .htmlFile, .jsonp: "GET"
            case .xhr, .xhrSend, .xhrStreaming, .jsonpSend: "POST"
            }
        }
    }

    /// The service itself.
    case greeting
    /// What the service can do.
    case info
    /// The page by which old browsers ask across origins.
    case iframe
    /// A websocket without the frames of SockJS.
    case rawWebSocket
    /// A session; the server in the path is for load balancers alone.
    case session(id: String, Endpoint)

    /// The longest name of a session, in bytes.
    static let longestID = 256

    /// Reads the segments of a path behind that of the service; nil where there is nothing of that name.
    package init?(segments: some Collection<String>) {
        let segments = Array(segments)
        switch segments.count {
        case 0: self = .greeting
        case 1:
            switch segments[0] {
            case "": self = .greeting
            case "info": self = .info
            case "websocket": self = .rawWebSocket
            default:
                guard SockJSRoute.isFrame(segments[0]) else { return nil }
                self = .iframe
            }
        case 3:
            guard SockJSRoute.isID(segments[0]), SockJSRoute.isID(segments[1]),
                let endpoint = Endpoint(rawValue: segments[2])
            else { return nil }
            self = .session(id: segments[1], endpoint)
        default: return nil
        }
    }

    private static func isID(_ text: String) -> Bool {
        (1...longestID).contains(text.utf8.count) && !text.utf8.contains(UInt8(ascii: "."))
    }

    /// Whether it is `iframe.html`, or that with the version of a client in it.
    private static func isFrame(_ text: String) -> Bool {
        guard text.hasPrefix("iframe"), text.hasSuffix(".html") else { return false }
        return text.utf8.dropFirst(6).dropLast(5).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    /// Whether a text may stand in a script as the name of the function that is called.
    package static func isCallback(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}
