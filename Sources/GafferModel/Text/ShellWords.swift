/// Splits a command line into words as a POSIX shell does, without expanding anything.
///
/// | text | words |
/// |---|---|
/// | `a  b` | `a`, `b` |
/// | `'a b'` | `a b`: nothing is special within single quotes |
/// | `"a \"b\""` | `a "b"`: within double quotes `\` stands before `"`, `\`, `$` and `` ` `` only |
/// | `a\ b` | `a b` |
/// | `""` | one empty word |
///
/// A backslash at the end of a line joins it to the next one. `#` is no comment.
public enum ShellWords {
    /// The words of a command line.
    ///
    /// - Throws: ``GafferError`` (`bad_value`) where a quote is not closed or nothing follows a backslash.
    public static func split(_ text: String) throws(GafferError) -> [String] {
        do throws(SettingError) {
            return try words(in: text)
        } catch {
            throw GafferError(.badValue, "\(text.cited) can't be split into words: \(error.message).")
        }
    }

    /// The words of a command line, as ``split(_:)``, with an error that does not repeat the text.
    package static func words(in text: String) throws(SettingError) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case " ", "\t", "\n", "\r":
                if let finished = word { words.append(String(finished)) }
                word = nil
            case "\\":
                guard let next = scalars.next() else { throw SettingError("nothing follows the last backslash") }
                // A joined line is no word of its own.
                guard next != "\n" else { continue }
                word = word ?? .init()
                word?.append(next)
            case "'":
                word = word ?? .init()
                while true {
                    guard let next = scalars.next() else { throw SettingError("a single quote is not closed") }
                    if next == "'" { break }
                    word?.append(next)
                }
            case "\"":
                word = word ?? .init()
                while true {
                    guard let next = scalars.next() else { throw SettingError("a double quote is not closed") }
                    if next == "\"" { break }
                    guard next == "\\" else {
                        word?.append(next)
                        continue
                    }
                    guard let escaped = scalars.next() else { throw SettingError("a double quote is not closed") }
                    switch escaped {
                    case "\"", "\\", "$", "`": break
                    case "\n": continue
                    default: word?.append("\\")
                    }
                    word?.append(escaped)
                }
            default:
                word = word ?? .init()
                word?.append(scalar)
            }
        }
        if let finished = word { words.append(String(finished)) }
        return words
    }

    /// The text as one word of a shell's command line.
    public static func quote(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default:
                "-_./:=@%+,".utf8.contains(byte)
            }
        }
        if isPlain, !text.isEmpty { return text }
        var quoted = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "'" { quoted.append(contentsOf: "'\\''".unicodeScalars) } else { quoted.append(scalar) }
        }
        quoted.append("'")
        return String(quoted)
    }
}
