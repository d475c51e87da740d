internal import GafferModel
internal import WebServer

extension SockJSService {
    /// There is nothing of that name.
    static var notFound: Response {
        Response(status: 404, contentType: .textForSockJS, "Not found\n")
    }

    /// It is there, but can't be asked so.
    static func notAllowed(_ methods: String) -> Response {
        Response(status: 405, contentType: .none, body: [], headers: [Response.Header("allow", methods)])
    }

    /// What a client asks before it chooses how to talk to us.
    static func info(_ configuration: SockJSConfiguration, entropy: UInt32) -> [UInt8] {
        let info: JSON = [
            "websocket": .bool(configuration.allowsWebSockets),
            "cookie_needed": .bool(configuration.needsCookie),
            "origins": .array(configuration.origins.map(JSON.string)),
            "entropy": .integer(Int64(entropy)),
        ]
        return info.encoded()
    }
}

extension Response {
    /// A text.
    init(status: Int = 200, contentType: ContentType, _ text: String, _ headers: [Header] = []) {
        self.init(status: status, contentType: contentType, body: Array(text.utf8), headers: headers)
    }
}
