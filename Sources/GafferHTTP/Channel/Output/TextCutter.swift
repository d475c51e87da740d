/// Cuts bytes at the borders of characters, so that what stands in two pieces of a stream can be joined again.
enum TextCutter {
    /// A piece of a stream.
    struct Piece: Sendable, Hashable {
        /// The bytes as they came.
        var bytes: [UInt8]
        /// Their offset from the stream's beginning.
        var offset: UInt64
        /// Whether they are UTF-8.
        var isText: Bool

        /// Makes a piece, and finds out whether it is text.
        init(_ bytes: [UInt8], at offset: UInt64) {
            self.bytes = bytes
            self.offset = offset
            isText = TextCutter.isText(bytes)
        }
    }

    /// Whether bytes are UTF-8.
    static func isText(_ bytes: [UInt8]) -> Bool {
        // Most output is ASCII, which is found out at a fraction of the cost.
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    /// How many bytes at the beginning are the rest of a character: three at most.
    static func leadLength(of bytes: [UInt8]) -> Int {
        bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
    }

    /// How many bytes at the end are the beginning of a character whose rest is missing: three at most.
    static func restLength(of bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            // The rest of a character: what it is the rest of stands before it.
            if byte & 0xC0 == 0x80 { continue }
            let length =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            guard length > back else { return 0 }
            guard back > 1 else { return back }
            // Not everything may follow the first byte of a long one.
            switch (byte, bytes[bytes.count - back + 1]) {
            case (0xE0, ..<0xA0), (0xED, 0xA0...), (0xF0, ..<0x90), (0xF4, 0x90...): return 0
            default: return back
            }
        }
        return 0
    }
}
