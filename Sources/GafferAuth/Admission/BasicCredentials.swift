internal import GafferModel

/// A name and a password of `Authorization: Basic`.
package struct BasicCredentials: Sendable {
    /// Who it is said to be.
    package let name: String
    /// Any bytes.
    package let password: Password

    /// Reads a header's value; nil where it is of another scheme, or can't be read.
    ///
    /// The name ends at the first colon, so that a password may have some.
    package init?(authorization value: String) {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Self.bytes(ofBase64: parts[1].trimmed.utf8)
        else {
            return nil
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = String(validating: bytes[..<colon], as: UTF8.self),
            let password = try? Password(Array(bytes[(colon + 1)...]))
        else { return nil }
        self.name = name
        self.password = password
    }

    /// nil where it is not base64 (RFC 4648, 4), with or without its padding.
    private static func bytes(ofBase64 text: some Collection<UInt8>) -> [UInt8]? {
        var digits = Array(text)
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding == 0 || padding <= 2 && digits.count.isMultiple(of: 4) else { return nil }
        digits.removeLast(padding)
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // What is left over has to be nothing: two texts for the same bytes are one too many.
        return bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
