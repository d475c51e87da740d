/// Whether bytes need no filter: printable ASCII and tabs, as nearly all lines are.
enum PlainBytes {
    private static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // A byte below 0x20 borrows from its high bit; 0x7F and what has the high bit set carry into it.
            let below = (word &- ones &* 0x20) & ~word
            let above = (word &+ ones) | word
            if (below | above) & highBits != 0 {
                // A tab, or a byte beside one that borrowed: looked at one by one.
                guard bytes[index..<(index + 8)].allSatisfy(isPlain) else { return false }
            }
            index += 8
        }
        return bytes[index...].allSatisfy(isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F || byte == UInt8(ascii: "\t")
    }
}
