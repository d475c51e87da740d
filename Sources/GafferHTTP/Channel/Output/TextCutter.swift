/// Cuts a stream of bytes into pieces that are text where the stream is.
///
/// A character that is not whole yet waits for the rest of it, three bytes at most; what can't become text is passed on
/// with all that came with it.
struct TextCutter {
    /// A piece of a stream.
    struct Piece: Sendable, Hashable {
        /// The bytes as they came.
        var bytes: [UInt8]
        /// Their offset from the stream's beginning.
        var offset: UInt64
        /// Whether they are UTF-8.
        var isText: Bool
        /// How many bytes before them are missing.
        var gap: UInt64 = 0
    }

    private var held: [UInt8] = []
    /// Where the held bytes stand.
    private var offset: UInt64 = 0

    /// The pieces that are whole after these bytes came.
    ///
    /// - Parameter gap: how many bytes before them were lost; what was held is then as whole as it gets.
    mutating func add(_ bytes: [UInt8], at start: UInt64, gap: UInt64 = 0) -> [Piece] {
        var pieces: [Piece] = []
        if gap > 0 || held.isEmpty || offset + UInt64(held.count) != start {
            if let rest = finish() { pieces.append(rest) }
            offset = start
        }
        let whole = held.isEmpty ? bytes : held + bytes
        let end = TextCutter.wholeCharacters(of: whole)
        held = Array(whole[end...])
        guard end > 0 else {
            if gap > 0 { pieces.append(Piece(bytes: [], offset: start, isText: true, gap: gap)) }
            return pieces
        }
        let piece = end == whole.count ? whole : Array(whole[..<end])
        pieces.append(Piece(bytes: piece, offset: offset, isText: TextCutter.isText(piece), gap: gap))
        offset += UInt64(end)
        return pieces
    }

    /// What is left at the end: the beginning of a character.
    mutating func finish() -> Piece? {
        guard !held.isEmpty else { return nil }
        defer {
            offset += UInt64(held.count)
            held = []
        }
        return Piece(bytes: held, offset: offset, isText: false)
    }

    /// How many bytes stand before a last character that is not whole.
    static func wholeCharacters(of bytes: [UInt8]) -> Int {
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
            guard length > back else { return bytes.count }
            // Of these four leading bytes, not every second one leads anywhere.
            if back > 1 {
                let second = bytes[bytes.count - back + 1]
                switch byte {
                case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90,
                    0xF4 where second > 0x8F:
                    return bytes.count
                default: break
                }
            }
            return bytes.count - back
        }
        return bytes.count
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        // Most output is ASCII, which is found out at a fraction of the cost.
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
