internal import NIOHTTP1

/// How a client's wish for a websocket is answered (RFC 6455, section 4.2).
struct SocketHandshake: Equatable {
    /// The value of `Sec-WebSocket-Accept`.
    let accept: String

    /// Looks at a request for which there is a plan.
    ///
    /// - Throws: the answer to a request that is no good handshake.
    init(asks: Bool, headers: HTTPHeaders) throws(SocketRefusal) {
        guard asks else {
            throw SocketRefusal(
                426,
                "upgrade_required",
                "This is a websocket: ask with GET, Connection: Upgrade and Upgrade: websocket.",
                [Response.Header("upgrade", "websocket"), .version]
            )
        }
        guard headers["sec-websocket-version"] == ["13"] else {
            throw SocketRefusal(
                426,
                "upgrade_required",
                "The version of the websocket protocol has to be 13.",
                [Response.Header("upgrade", "websocket"), .version]
            )
        }
        let keys = headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, SocketHandshake.isKey(key) else {
            throw SocketRefusal(400, "bad_request", "The header Sec-WebSocket-Key has to be 16 bytes in base64.", [])
        }
        accept = SocketHandshake.accept(key)
    }

    /// The answer 101, as bytes.
    ///
    /// - Parameter headers: those of the plan, and of whom it is answered.
    func answer(_ plan: WebSocketPlan, date: String, headers: [Response.Header]) -> String {
        var text = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        text += "sec-websocket-accept: \(accept)\r\ndate: \(date)\r\n"
        if let subprotocol = plan.subprotocol { text += "sec-websocket-protocol: \(subprotocol)\r\n" }
        for header in plan.headers + headers { text += "\(header.name): \(header.value)\r\n" }
        return text + "\r\n"
    }

    private static func accept(_ key: String) -> String {
        base64(SHA1.digest(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// 16 bytes are 22 digits and two signs that fill up.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22...].elementsEqual("==".utf8) else { return false }
        return bytes.prefix(22).allSatisfy(digits.contains)
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 0x3F] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The answer to a handshake that is none.
struct SocketRefusal: Error {
    var response: Response

    init(_ status: Int, _ reason: String, _ message: String, _ headers: [Response.Header]) {
        response = .failure(status, reason, message)
        response.headers = headers
    }
}

extension Response.Header {
    fileprivate static let version = Response.Header("sec-websocket-version", "13")
}
