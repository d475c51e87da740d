/// Splits a command line into words as a POSIX shell does, without expanding anything.
///
/// | text | words |
/// |---|---|
/// | `a  b` | `a`, `b` |
/// | `'a b'` | `a b`: nothing is special within single quotes |
/// | `"a \"b\""` | `a "b"`: within double quotes `\` stands before `"`, `\`, `$` and `` ` `` only |
/// | `a\ b` | `a b` |
/// | `""` | one empty word |
public enum ShellWords {
    /// - Throws: ``GafferError`` (`bad_value`) where a quote is not closed or nothing follows a backslash.
    public static func split(_ text: String) throws(GafferError) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var scalars = text.unicodeScalars.makeIterator()
        func unclosed(_ what: String) -> GafferError {
            GafferError(.badValue, "\(JSON.string(text)) can't be split into words: \(what).")
        }
        while let scalar = scalars.next() {
            switch scalar {
            case " ", "\t", "\n", "\r":
                if let finished = word { words.append(String(finished)) }
                word = nil
            case "\\":
                guard let next = scalars.next() else { throw unclosed("nothing follows the last backslash") }
                word = word ?? .init()
                if next != "\n" { word?.append(next) }
            case "'":
                word = word ?? .init()
                while true {
                    guard let next = scalars.next() else { throw unclosed("a single quote is not closed") }
                    if next == "'" { break }
                    word?.append(next)
                }
            case "\"":
                word = word ?? .init()
                while true {
                    guard let next = scalars.next() else { throw unclosed("a double quote is not closed") }
                    if next == "\"" { break }
                    guard next == "\\" else {
                        word?.append(next)
                        continue
                    }
                    guard let escaped = scalars.next() else { throw unclosed("a double quote is not closed") }
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
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
