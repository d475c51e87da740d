/// One whole answer.
package struct WebResponse: Sendable, Hashable {
    /// The status line and the header fields.
    package var head: ResponseHead
    /// The body, its chunks joined.
    package var body: [UInt8]

    /// Makes an answer.
    package init(head: ResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    /// The status, as 200.
    package var status: Int { head.status }

    /// The body as text; what is no UTF-8 is replaced.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// What stands before the body of an answer.
package struct ResponseHead: Sendable, Hashable {
    /// The minor version of HTTP/1: 0 or 1.
    package var minorVersion: Int
    /// The status, 100 to 999.
    package var status: Int
    /// The words after the status, which may be empty.
    package var reason: String
    /// The header fields, in order.
    package var headers: [WebHeader] = []

    /// Makes a head.
    package init(minorVersion: Int = 1, status: Int, reason: String = "", headers: [WebHeader] = []) {
        self.minorVersion = minorVersion
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// The values of all fields of that name, whose case does not matter, joined by commas as RFC 9110 has it.
    package subscript(name: String) -> String? {
        var result: String?
        let wanted = name.lowercased()
        for header in headers where header.name.lowercased() == wanted {
            result = result.map { "\($0), \(header.value)" } ?? header.value
        }
        return result
    }

    /// Whether one of the comma-separated words of a field is `token`.
    func hasToken(_ token: String, in name: String) -> Bool {
        guard let value = self[name] else { return false }
        return value.lowercased().split(separator: ",").contains { trimmed($0) == token }
    }
}

/// `text` without the blanks and tabs around it.
func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
}
