/// Base64 as in RFC 4648, section 4, with padding.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of `bytes`.
    static func encoded(_ bytes: [UInt8]) -> String {
        let capacity = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: capacity) { buffer in
            var length = 0
            func append(_ digit: UInt8) {
                buffer[length] = digit
                length += 1
            }
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let present = min(3, bytes.count - start)
                let second = present > 1 ? bytes[start + 1] : 0
                let third = present > 2 ? bytes[start + 2] : 0
                append(digits[Int(bytes[start] >> 2)])
                append(digits[Int((bytes[start] & 0x03) << 4 | second >> 4)])
                append(present > 1 ? digits[Int((second & 0x0F) << 2 | third >> 6)] : UInt8(ascii: "="))
                append(present > 2 ? digits[Int(third & 0x3F)] : UInt8(ascii: "="))
            }
            return length
        }
    }
}
