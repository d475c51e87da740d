/// Makes bytes of strangers harmless on a terminal and in a log, without losing any.
///
/// | bytes | shown as |
/// |---|---|
/// | printable UTF-8 and tabs | themselves |
/// | control characters (C0, DEL, C1), so escape sequences of every kind, colours too | `\x1b`, a byte each |
/// | what is not UTF-8 | `\xff`, a byte each |
/// | marks that change the direction of the text, and line and paragraph separators | `\u202e` |
package enum PrintableText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Adds the bytes to a line, made harmless.
    package static func append(_ bytes: UnsafeRawBufferPointer, to line: inout [UInt8]) {
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isPlain(byte) {
                index += 1
                continue
            }
            line.append(contentsOf: bytes[start..<index])
            index += appendSpecial(bytes[index...], to: &line)
            start = index
        }
        line.append(contentsOf: bytes[start..<index])
    }

    /// The text, made harmless.
    package static func of(_ text: String) -> String {
        let utf8 = Array(text.utf8)
        guard !utf8.allSatisfy(isPlain) else { return text }
        var line: [UInt8] = []
        utf8.withUnsafeBytes { append($0, to: &line) }
        return String(decoding: line, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F || byte == UInt8(ascii: "\t")
    }

    /// Adds one character that is not plain; how many bytes it took.
    private static func appendSpecial(_ bytes: Slice<UnsafeRawBufferPointer>, to line: inout [UInt8]) -> Int {
        guard let (scalar, length) = decode(bytes) else {
            appendHex(bytes[bytes.startIndex], to: &line)
            return 1
        }
        let character = bytes.prefix(length)
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0:
            for byte in character { appendHex(byte, to: &line) }
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            line.append(contentsOf: "\\u".utf8)
            for shift in [12, 8, 4, 0] { line.append(digits[Int(scalar >> UInt32(shift) & 0xF)]) }
        default:
            line.append(contentsOf: character)
        }
        return length
    }

    private static func appendHex(_ byte: UInt8, to line: inout [UInt8]) {
        line.append(contentsOf: "\\x".utf8)
        line.append(digits[Int(byte >> 4)])
        line.append(digits[Int(byte & 0xF)])
    }

    /// The first character, where it is well-formed UTF-8.
    private static func decode(_ bytes: Slice<UnsafeRawBufferPointer>) -> (scalar: UInt32, length: Int)? {
        let first = bytes[bytes.startIndex]
        let (length, lead, lowest): (Int, UInt32, UInt32) =
            switch first {
            case 0x00...0x7F: (1, UInt32(first), 0)
            case 0xC2...0xDF: (2, UInt32(first & 0x1F), 0x80)
            case 0xE0...0xEF: (3, UInt32(first & 0x0F), 0x800)
            case 0xF0...0xF4: (4, UInt32(first & 0x07), 0x1_0000)
            default: (0, 0, 0)
            }
        guard length > 0, bytes.count >= length else { return nil }
        var scalar = lead
        for byte in bytes.prefix(length).dropFirst() {
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= lowest, Unicode.Scalar(scalar) != nil else { return nil }
        return (scalar, length)
    }
}
