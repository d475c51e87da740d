/// Makes the bytes of strangers harmless on a terminal, piece by piece as they come, without losing any.
///
/// | bytes | shown as |
/// |---|---|
/// | printable UTF-8, tabs, line ends (`\n`, `\r\n`) | themselves |
/// | `ESC [ … m`, which changes colours alone | itself where colours are kept, and undone at the end of the line |
/// | other control characters (C0, DEL, C1), so all other escape sequences | `\x1b`, a byte each |
/// | what is not UTF-8 | `\xff`, a byte each |
/// | marks that change the direction of the text, and line and paragraph separators | `\u202e` |
package struct TerminalFilter {
    /// Whether colours pass.
    package let keepsColors: Bool

    /// The beginning of a character or of a sequence whose rest has not come.
    private var pending: [UInt8] = []
    /// Whether a colour was switched on.
    private var isColored = false

    /// The most bytes of a sequence that changes colours.
    private static let longestSequence = 64
    private static let escape: UInt8 = 0x1B

    package init(keepsColors: Bool) {
        self.keepsColors = keepsColors
    }

    /// One line without its end, made harmless.
    package static func line(_ bytes: some Sequence<UInt8>, keepsColors: Bool) -> [UInt8] {
        var filter = TerminalFilter(keepsColors: keepsColors)
        return filter.shown(bytes) + filter.finished()
    }

    /// Takes bytes, and gives what can be shown so far.
    package mutating func shown(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let input = pending + bytes
        var result: [UInt8] = []
        result.reserveCapacity(input.count)
        var rest = input[...]
        while let first = rest.first {
            if first >= 0x20 && first < 0x7F || first == UInt8(ascii: "\t") {
                result.append(first)
                rest = rest.dropFirst()
            } else if let count = special(rest, to: &result) {
                rest = rest.dropFirst(count)
            } else {
                break
            }
        }
        pending = Array(rest)
        return result
    }

    /// Gives what is left at the end: of what was never finished, the first byte is no character of its own; and the
    /// colours are undone.
    package mutating func finished() -> [UInt8] {
        var result: [UInt8] = []
        while let first = pending.first {
            let rest = pending.dropFirst()
            pending = []
            result += Self.hex(first) + shown(rest)
        }
        if isColored { result += Array("\u{1B}[0m".utf8) }
        isColored = false
        return result
    }

    /// Adds one character that is not plain.
    ///
    /// - Returns: how many bytes it took; nil: more are needed.
    private mutating func special(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) -> Int? {
        guard let first = bytes.first else { return nil }
        switch first {
        case UInt8(ascii: "\n"):
            if isColored { result += Array("\u{1B}[0m".utf8) }
            isColored = false
            result.append(first)
            return 1
        case UInt8(ascii: "\r"):
            guard bytes.count > 1 else { return nil }
            // Only as a part of a line end.
            if bytes[bytes.startIndex + 1] != UInt8(ascii: "\n") { result += Self.hex(first) }
            return 1
        case Self.escape:
            return sequence(bytes, to: &result)
        case ..<0x80:
            result += Self.hex(first)
            return 1
        default:
            return character(bytes, to: &result)
        }
    }

    /// An escape sequence: the whole of it where it changes colours and may, else its first byte.
    private mutating func sequence(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) -> Int? {
        func refused() -> Int {
            result += Self.hex(Self.escape)
            return 1
        }
        guard keepsColors else { return refused() }
        guard bytes.count > 1 else { return nil }
        guard bytes[bytes.startIndex + 1] == UInt8(ascii: "[") else { return refused() }
        for (index, byte) in bytes.prefix(Self.longestSequence).enumerated().dropFirst(2) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ";"), UInt8(ascii: ":"):
                continue
            case UInt8(ascii: "m"):
                result += bytes.prefix(index + 1)
                isColored = true
                return index + 1
            default:
                return refused()
            }
        }
        return bytes.count < Self.longestSequence ? nil : refused()
    }

    private func character(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) -> Int? {
        let first = bytes[bytes.startIndex]
        let length =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        let piece = bytes.prefix(length)
        guard piece.count == length || !piece.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) else { return nil }
        guard length > 1, let text = String(validating: piece, as: UTF8.self), let scalar = text.unicodeScalars.first
        else {
            result += Self.hex(first)
            return 1
        }
        switch scalar.value {
        case 0x80..<0xA0:
            result += piece.flatMap(Self.hex)
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            let digits = String(scalar.value, radix: 16)
            result += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
        default:
            result += piece
        }
        return length
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
}
