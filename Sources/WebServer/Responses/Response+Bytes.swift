package import Glibc
internal import NIOCore
internal import NIOHTTP1

extension Response {
    /// The head of the answer.
    func head(keepAlive: Bool, version: HTTPVersion, date: String) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(6)
        if contentType != .none { headers.add(name: "content-type", value: contentType.rawValue) }
        if stream == nil, status != 204, status != 304 {
            headers.add(name: "content-length", value: String(body.count))
        }
        headers.add(name: "date", value: date)
        if contentType == .bytes {
            // What a process writes must never become a page, whatever it looks like.
            headers.add(name: "x-content-type-options", value: "nosniff")
        }
        for header in self.headers { headers.add(name: header.name, value: header.value) }
        if !keepAlive {
            headers.add(name: "connection", value: "close")
        } else if version != .http1_1 {
            headers.add(name: "connection", value: "keep-alive")
        }
        return HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
    }

    /// The whole answer as bytes, where there is no encoder to go through; the connection ends with it.
    func closingBytes(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var buffer = allocator.buffer(capacity: body.count + 160)
        buffer.writeString(
            "HTTP/1.1 \(status) \(reason)\r\ncontent-type: \(contentType.rawValue)\r\n"
                + "content-length: \(body.count)\r\nconnection: close\r\n\r\n"
        )
        buffer.writeBytes(body)
        return buffer
    }
}

/// The header `Date`, written once a second.
package struct DateHeader {
    private var second: time_t = -1
    private var text = ""

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Makes one that has written nothing yet.
    package init() {}

    /// The time as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter now: in seconds since 1970.
    package mutating func value(at now: time_t = time(nil)) -> String {
        guard now != second else { return text }
        var moment = now
        var parts = tm()
        gmtime_r(&moment, &parts)
        second = now
        text =
            "\(DateHeader.days[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) \(DateHeader.months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec)) GMT"
        return text
    }

    private func padded(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
