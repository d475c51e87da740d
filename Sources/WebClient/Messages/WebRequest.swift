/// One request to be sent.
package struct WebRequest: Sendable, Hashable {
    /// The method, as `GET`.
    package var method: String
    /// The path and the query, as `/jobs?info=true`; already percent-encoded.
    package var target: String
    /// Header fields beside `Host`, `Content-Length` and `Content-Type`, which are made from the rest.
    package var headers: [WebHeader] = []
    /// The type of the body.
    package var contentType = "application/json"
    /// The body; nil: none.
    package var body: [UInt8]?
    /// How long the whole answer may take; nil: as the connection is configured.
    package var timeout: Duration?

    /// Makes a request.
    package init(_ method: String, _ target: String, body: [UInt8]? = nil, timeout: Duration? = nil) {
        self.method = method
        self.target = target
        self.body = body
        self.timeout = timeout
    }

    /// The request as it goes to `endpoint`, in HTTP/1.1.
    package func encoded(for endpoint: Endpoint) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(endpoint.hostHeader)\r\n"
        for header in headers {
            head += "\(header.name): \(header.value)\r\n"
        }
        if let body {
            head += "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n"
        } else if method != "GET" && method != "HEAD" && method != "DELETE" {
            // Without it, a server may take a POST for one whose body ends with the connection.
            head += "Content-Length: 0\r\n"
        }
        head += "\r\n"
        return Array(head.utf8) + (body ?? [])
    }

    /// `text` for a place in a path or a query: everything but letters, digits and `-._~` as `%XX`.
    package static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One header field.
package struct WebHeader: Sendable, Hashable {
    /// Its name; compared without regard to case.
    package var name: String
    /// Its value, without the white space around it.
    package var value: String

    /// Makes a field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
