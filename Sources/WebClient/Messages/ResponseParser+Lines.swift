extension ResponseParser {
    /// Reads `HTTP/1.1 200 OK`.
    static func statusLine(_ line: [UInt8]) throws(Failure) -> ResponseHead {
        let prefix = Array("HTTP/1.".utf8)
        guard line.starts(with: prefix), line.count >= prefix.count + 5 else {
            throw Failure(reason: "it does not begin with a status line of HTTP/1")
        }
        let minor = line[prefix.count]
        let digits = line[(prefix.count + 2)..<(prefix.count + 5)]
        let rest = line[(prefix.count + 5)...]
        guard minor == UInt8(ascii: "0") || minor == UInt8(ascii: "1"), line[prefix.count + 1] == UInt8(ascii: " "),
            let status = decimal(digits), status >= 100, rest.isEmpty || rest.first == UInt8(ascii: " ")
        else {
            throw Failure(reason: "its status line is \(quoted(String(decoding: line.prefix(80), as: UTF8.self)))")
        }
        return ResponseHead(
            minorVersion: minor == UInt8(ascii: "1") ? 1 : 0,
            status: status,
            reason: String(decoding: rest.dropFirst(), as: UTF8.self)
        )
    }

    /// Reads `Name: value`; a line that continues the one before it is refused, as RFC 9112 has it.
    static func field(_ line: [UInt8]) throws(Failure) -> WebHeader {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isTokenByte)
        else {
            throw Failure(reason: "a header field is \(quoted(String(decoding: line.prefix(80), as: UTF8.self)))")
        }
        let value = line[(colon + 1)...]
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            let name = String(decoding: line[..<colon], as: UTF8.self)
            throw Failure(reason: "the header field \(name) has a control character")
        }
        return WebHeader(
            String(decoding: line[..<colon], as: UTF8.self),
            String(trimmed(Substring(String(decoding: value, as: UTF8.self))))
        )
    }

    /// Reads `1A` or `1A;extension=value`.
    static func chunkSize(_ line: [UInt8]) throws(Failure) -> Int {
        var size = 0
        var count = 0
        loop: for byte in line {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"): break loop
            default: throw badSize(line)
            }
            size = size << 4 | Int(digit)
            count += 1
            // 15 digits fit into an Int; leading zeros past them are nobody's.
            guard count <= 15 else { throw badSize(line) }
        }
        guard count > 0 else { throw badSize(line) }
        return size
    }

    private static func badSize(_ line: [UInt8]) -> Failure {
        Failure(reason: "the size of a chunk is \(quoted(String(decoding: line.prefix(80), as: UTF8.self)))")
    }

    private static func decimal(_ digits: some Sequence<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
