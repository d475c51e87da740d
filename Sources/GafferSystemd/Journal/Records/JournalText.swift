internal import CGafferSystem
internal import GafferSystem

/// Makes of a line what journalctl shows, rather than `[28B blob data]`.
///
/// | bytes | in MESSAGE |
/// |---|---|
/// | printable UTF-8 and tabs | themselves |
/// | escape sequences of terminals (colours, titles) | left out |
/// | other control characters (C0, DEL, C1), and those that Unicode says are none | `\x0d`, a byte each |
/// | what is not UTF-8 | `\xff`, a byte each |
///
/// Whoever needs the bytes finds them in GAFFER_RAW, which is there where MESSAGE differs.
enum JournalText {
    private static let digits = Array("0123456789abcdef".utf8)
    private static let escape: UInt8 = 0x1B
    private static let bell: UInt8 = 0x07

    /// Whether journalctl shows the bytes as they are.
    static func isPrintable(_ bytes: ByteView) -> Bool {
        let buffer = bytes.buffer
        if gaffer_is_plain_text(buffer.baseAddress, buffer.count) != 0 { return true }
        var index = 0
        while index < buffer.count {
            let length = printableLength(buffer, at: index)
            if length == 0 { return false }
            index += length
        }
        return true
    }

    /// Adds the bytes, made printable.
    static func append(_ bytes: ByteView, to text: inout [UInt8]) {
        let buffer = bytes.buffer
        var index = 0
        while index < buffer.count {
            let length = printableLength(buffer, at: index)
            if length > 0 {
                text.append(contentsOf: buffer[index..<index + length])
                index += length
            } else if let end = endOfEscape(buffer, at: index) {
                index = end
            } else {
                text.append(contentsOf: "\\x".utf8)
                text.append(digits[Int(buffer[index] >> 4)])
                text.append(digits[Int(buffer[index] & 0xF)])
                index += 1
            }
        }
    }

    /// The text, made printable.
    static func printable(_ text: String) -> String {
        Array(text.utf8).withByteView { bytes in
            guard !isPrintable(bytes) else { return text }
            var printable: [UInt8] = []
            append(bytes, to: &printable)
            return String(decoding: printable, as: UTF8.self)
        }
    }

    /// How many bytes the character has that begins here; 0 where it can't be shown.
    private static func printableLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = bytes[index]
        if first < 0x80 { return first >= 0x20 && first != 0x7F || first == UInt8(ascii: "\t") ? 1 : 0 }
        let (length, lead, lowest): (Int, UInt32, UInt32) =
            switch first {
            case 0xC2...0xDF: (2, UInt32(first & 0x1F), 0xA0)
            case 0xE0...0xEF: (3, UInt32(first & 0x0F), 0x800)
            case 0xF0...0xF4: (4, UInt32(first & 0x07), 0x1_0000)
            default: (0, 0, 0)
            }
        guard length > 0, bytes.count - index >= length else { return 0 }
        var scalar = lead
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return 0 }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= lowest, scalar <= 0x10FFFF else { return 0 }
        switch scalar {
        case 0xD800...0xDFFF, 0xFDD0...0xFDEF: return 0
        default: return scalar & 0xFFFE == 0xFFFE ? 0 : length
        }
    }

    /// Where the escape sequence ends that begins here; nil where none does, or where its end is not there.
    private static func endOfEscape(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        guard bytes[start] == escape, start + 1 < bytes.count else { return nil }
        var index = start + 2
        switch bytes[start + 1] {
        case UInt8(ascii: "["):
            while index < bytes.count, 0x20...0x3F ~= bytes[index] { index += 1 }
            return index < bytes.count && 0x40...0x7E ~= bytes[index] ? index + 1 : nil
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // A text, which a bell or ESC \ ends.
            while index < bytes.count {
                if bytes[index] == bell { return index + 1 }
                if bytes[index] == escape {
                    return index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\\") ? index + 2 : nil
                }
                index += 1
            }
            return nil
        default:
            index -= 1
            while index < bytes.count, 0x20...0x2F ~= bytes[index] { index += 1 }
            return index < bytes.count && 0x30...0x7E ~= bytes[index] ? index + 1 : nil
        }
    }
}

/// Reads what a program says of a line's level, as systemd does for its services (SyslogLevelPrefix=).
///
/// | line | priority | message |
/// |---|---|---|
/// | `<3>disk full` | 3 | `disk full` |
/// | `<007>x` | 7 | `x` |
/// | `<8>x`, `<>x`, `<3 >x`, `< 3>x`, `x<3>` | the stream's | the line |
enum LevelPrefix {
    /// The level, and how many bytes say it; nil where the line has none.
    static func parse(_ line: ByteView) -> (priority: JournalPriority, length: Int)? {
        let bytes = line.buffer
        guard bytes.first == UInt8(ascii: "<") else { return nil }
        var value: UInt8 = 0
        for index in 1..<min(bytes.count, 5) {
            switch bytes[index] {
            case UInt8(ascii: ">"):
                guard index > 1, let priority = JournalPriority(rawValue: value) else { return nil }
                return (priority, index + 1)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                // A digit before this one must be a 0, since no level has two.
                guard value == 0 else { return nil }
                value = bytes[index] - UInt8(ascii: "0")
            default:
                return nil
            }
        }
        return nil
    }
}
