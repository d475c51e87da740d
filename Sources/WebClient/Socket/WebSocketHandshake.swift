/// The switch from HTTP to a WebSocket, of RFC 6455 § 4.
enum WebSocketHandshake {
    /// A key that nobody can foretell.
    static func key(using random: inout some RandomNumberGenerator) -> String {
        Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    /// The request.
    static func request(_ target: String, key: String, headers: [WebHeader]) -> WebRequest {
        var request = WebRequest("GET", target)
        request.headers =
            [
                WebHeader("Connection", "Upgrade"), WebHeader("Upgrade", "websocket"),
                WebHeader("Sec-WebSocket-Version", "13"), WebHeader("Sec-WebSocket-Key", key),
            ] + headers
        return request
    }

    /// What `Sec-WebSocket-Accept` has to be for a key.
    static func accept(_ key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// What is wrong with an answer 101, in a few words; nil: it is right.
    static func fault(of head: ResponseHead, key: String) -> String? {
        guard head.hasToken("websocket", in: "upgrade"), head.hasToken("upgrade", in: "connection") else {
            return "it switches to another protocol than the WebSocket that was asked for"
        }
        guard head["sec-websocket-accept"] == accept(key) else {
            return "its Sec-WebSocket-Accept does not belong to the key that was sent"
        }
        // Nothing of both was offered, so nothing may be chosen.
        for name in ["Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"] {
            guard head[name] == nil else { return "it chooses a \(name) that was not offered" }
        }
        return nil
    }
}
