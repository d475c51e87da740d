/// Where output is cut into pieces: pure, so that each rule is a unit test.
///
/// A piece ends at a line's end where there is one, and in no case within a character of UTF-8, as far as the bytes are
/// UTF-8.
enum OutputPieces {
    /// The most bytes of a piece.
    static let limit = 64 << 10

    /// The ends of the pieces that are to go out now; what follows the last of them waits.
    ///
    /// What has no line's end goes out by itself, so that a prompt is seen; behind whole lines it waits for its turn.
    /// - Parameter isLast: nothing more comes, or the same bytes have waited before.
    static func ends(in bytes: ArraySlice<UInt8>, isLast: Bool) -> [Int] {
        var ends: [Int] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let window = bytes[start...].prefix(limit)
            let end: Int
            if let newline = window.lastIndex(of: UInt8(ascii: "\n")) {
                end = newline + 1
            } else if window.endIndex < bytes.endIndex {
                end = wholeCharacters(of: window)
            } else if isLast {
                end = window.endIndex
            } else if ends.isEmpty {
                end = wholeCharacters(of: window)
            } else {
                break
            }
            guard end > start else { break }
            ends.append(end)
            start = end
        }
        return ends
    }

    /// Where the last character ends that is there as a whole; in something that is not UTF-8, the end.
    private static func wholeCharacters(of bytes: ArraySlice<UInt8>) -> Int {
        for (distance, byte) in bytes.suffix(3).reversed().enumerated() {
            let length: Int
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF: length = 3
            case 0xF0...0xF4: length = 4
            default: return bytes.endIndex
            }
            return distance + 1 < length ? bytes.endIndex - distance - 1 : bytes.endIndex
        }
        return bytes.endIndex
    }

    /// How long output is collected for so many readers.
    ///
    /// What one reader gets a millisecond later costs nothing; a thousand readers are not woken for each line.
    static func pause(readers: Int) -> Duration {
        .microseconds(1_000 + 49 * min(max(0, readers - 1), 1_000))
    }
}
