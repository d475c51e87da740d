/// Base64 of RFC 4648 § 4, as JSON and header fields carry bytes.
package enum Base64 {
    /// The bytes; nil where the text is not exactly Base64 with its padding.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        guard let last = text.last else { return [] }
        let padding = last != pad ? 0 : text[text.count - 2] == pad ? 2 : 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, character) in text.enumerated() {
            if index >= text.count - padding {
                bits <<= 6
            } else {
                guard let value = value(of: character) else { return nil }
                bits = bits << 6 | value
            }
            if index % 4 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
            }
        }
        bytes.removeLast(padding)
        return bytes
    }

    /// The text of the bytes, with its padding.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                append(bits, digits: 4, to: &text)
                bits = 0
                count = 0
            }
        }
        if count > 0 {
            append(bits << UInt32(8 * (3 - count)), digits: count + 1, to: &text)
            for _ in count..<3 { text.append(pad) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds the first digits of 24 bits.
    private static func append(_ bits: UInt32, digits count: Int, to text: inout [UInt8]) {
        for index in 0..<count {
            text.append(alphabet[Int(bits >> UInt32(18 - 6 * index) & 0x3F)])
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let pad = UInt8(ascii: "=")

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
