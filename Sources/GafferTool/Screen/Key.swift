/// A key of a terminal.
package enum Key: Hashable, Sendable {
    /// A character that is printed, or a letter with Ctrl as its control character.
    case character(Character)
    case enter, escape, backspace, tab
    case up, down, left, right
    case pageUp, pageDown, home, end, delete
    /// A sequence that means nothing here.
    case unknown
}

/// Makes keys of the bytes that a terminal sends.
package struct KeyParser {
    private var pending: [UInt8] = []

    /// The most bytes of a sequence; a longer one is none.
    private static let longest = 32

    package init() {}

    /// Whether what came so far may be the beginning of a key.
    package var isWaiting: Bool { !pending.isEmpty }

    /// Takes bytes, and gives the keys that are whole.
    package mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let (key, count) = KeyParser.first(pending[...], isWhole: false) {
            keys.append(key)
            pending.removeFirst(count)
        }
        return keys
    }

    /// Nothing more comes: what waits is a key by itself, as Escape.
    package mutating func finish() -> [Key] {
        var keys: [Key] = []
        while let (key, count) = KeyParser.first(pending[...], isWhole: true) {
            keys.append(key)
            pending.removeFirst(count)
        }
        pending = []
        return keys
    }

    /// The first key and how many bytes it takes; nil: more are needed.
    private static func first(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> (Key, Int)? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x1B: return sequence(bytes, isWhole: isWhole)
        case 0x0D, 0x0A: return (.enter, 1)
        case 0x08, 0x7F: return (.backspace, 1)
        case 0x09: return (.tab, 1)
        case ..<0x80: return (.character(Character(Unicode.Scalar(first))), 1)
        default: break
        }
        let length =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        guard bytes.count >= length else { return isWhole ? (.unknown, bytes.count) : nil }
        let text = String(validating: bytes.prefix(length), as: UTF8.self)
        guard let character = text?.first else { return (.unknown, 1) }
        return (.character(character), length)
    }

    private static func sequence(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> (Key, Int)? {
        let rest = bytes.dropFirst()
        guard let kind = rest.first else { return isWhole ? (.escape, 1) : nil }
        guard kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else { return (.escape, 1) }
        let body = rest.dropFirst()
        // Digits and the like, up to the letter that ends it.
        guard let end = body.firstIndex(where: { $0 >= 0x40 && $0 < 0x7F }) else {
            return isWhole || bytes.count > longest ? (.unknown, bytes.count) : nil
        }
        let count = end - bytes.startIndex + 1
        let key: Key =
            switch (bytes[end], String(decoding: body[..<end], as: UTF8.self)) {
            case (UInt8(ascii: "A"), _): .up
            case (UInt8(ascii: "B"), _): .down
            case (UInt8(ascii: "C"), _): .right
            case (UInt8(ascii: "D"), _): .left
            case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .home
            case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
            case (UInt8(ascii: "~"), "3"): .delete
            case (UInt8(ascii: "~"), "5"): .pageUp
            case (UInt8(ascii: "~"), "6"): .pageDown
            case (UInt8(ascii: "M"), _) where kind == UInt8(ascii: "O"): .enter
            default: .unknown
            }
        return (key, count)
    }
}
