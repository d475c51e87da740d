/// Strings of JSON as SockJS sends them.
package enum SockJSText {
    /// Appends a string of JSON in which everything is escaped that browsers are known to change on the way.
    ///
    /// These are the control characters and U+200C to U+200F, U+2028 to U+202F, U+2060 to U+206F and U+FFF0 to U+FFFF.
    ///
    /// - Parameters:
    ///   - escapesMarkup: whether `<` and `>` are escaped too, since the string becomes part of a page.
    package static func appendQuoted(_ text: [UInt8], escapesMarkup: Bool = false, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // What need not be escaped is copied in one piece.
        var copied = 0
        var index = 0
        while index < text.count {
            let length: Int
            let byte = text[index]
            switch byte {
            case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): length = 1
            case UInt8(ascii: "<"), UInt8(ascii: ">"): length = escapesMarkup ? 1 : 0
            case 0xE2, 0xEF: length = isDangerous(text, at: index) ? 3 : 0
            default: length = 0
            }
            guard length > 0 else {
                index += 1
                continue
            }
            bytes.append(contentsOf: text[copied..<index])
            if length == 3 {
                let low = UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
                appendEscape(UInt32(byte & 0xF) << 12 | low, to: &bytes)
            } else {
                appendEscape(ofASCII: byte, to: &bytes)
            }
            index += length
            copied = index
        }
        bytes.append(contentsOf: text[copied...])
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether three bytes that begin with 0xE2 or 0xEF are a character that has to be escaped.
    private static func isDangerous(_ text: [UInt8], at index: Int) -> Bool {
        guard index + 2 < text.count else { return false }
        let last = text[index + 2]
        switch (text[index], text[index + 1]) {
        case (0xE2, 0x80): return (0x8C...0x8F).contains(last) || (0xA8...0xAF).contains(last)
        case (0xE2, 0x81): return (0xA0...0xAF).contains(last)
        case (0xEF, 0xBF): return (0xB0...0xBF).contains(last)
        default: return false
        }
    }

    private static func appendEscape(ofASCII byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        default: appendEscape(UInt32(byte), to: &bytes)
        }
    }

    private static func appendEscape(_ unit: UInt32, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(hexadecimal[Int(unit >> shift & 0xF)]) }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
