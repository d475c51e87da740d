/// The cookie by which load balancers send a client to the same server again.
package enum SockJSCookie {
    /// Its name.
    static let name = "JSESSIONID"

    /// Its value in headers of a request; nil where there is none, or one that we would not send back.
    package static func value(in headers: [String]) -> String? {
        for header in headers {
            for part in header.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = part.drop { $0 == 0x20 }
                guard pair.starts(with: "\(name)=".utf8) else { continue }
                let value = pair.dropFirst(name.utf8.count + 1)
                guard (1...256).contains(value.count), value.allSatisfy(isAllowed) else { return nil }
                return String(Substring(value))
            }
        }
        return nil
    }

    /// RFC 6265, section 4.1.1.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
}
