internal import GafferModel

/// How Python's `shlex` takes a text apart, which supervisord and circus leave it to.
enum PythonWords {
    /// As `shlex.split(text)`: like ``ShellWords``, but within double quotes a backslash stands before `"` and `\` only.
    static func split(_ text: String) throws(SettingError) -> [String] {
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
                if word == nil { word = .init() }
                word?.append(next)
            case "'", "\"":
                word = word ?? .init()
                while true {
                    guard var next = scalars.next() else { throw SettingError("a quote is not closed") }
                    if next == scalar { break }
                    if next == "\\", scalar == "\"" {
                        guard let escaped = scalars.next() else { throw SettingError("a quote is not closed") }
                        if escaped != "\"", escaped != "\\" { word?.append(next) }
                        next = escaped
                    }
                    word?.append(next)
                }
            default:
                if word == nil { word = .init() }
                word?.append(scalar)
            }
        }
        if let finished = word { words.append(String(finished)) }
        return words
    }

    /// `KEY="value",KEY2=value` as supervisord reads it: by `shlex` without its POSIX rules, so that a quote opens one
    /// at the start of a token only, no backslash means anything, and `#` begins a comment.
    static func pairs(_ text: String) throws(SettingError) -> [(name: String, value: String)] {
        let tokens = try tokens(text)
        var pairs: [(name: String, value: String)] = []
        var index = 0
        while index < tokens.count {
            guard index + 2 < tokens.count, tokens[index + 1] == "=" else {
                throw SettingError("KEY=\"value\" pairs with commas between them are expected")
            }
            pairs.append((tokens[index], unquoted(tokens[index + 2])))
            // Whatever stands between two pairs is taken for the comma.
            index += 4
        }
        return pairs
    }

    private static func tokens(_ text: String) throws(SettingError) -> [String] {
        var tokens: [String] = []
        var token = ""
        var quote: Unicode.Scalar?
        var isComment = false
        for scalar in text.unicodeScalars {
            if isComment {
                isComment = scalar != "\n"
            } else if let open = quote {
                token.unicodeScalars.append(scalar)
                guard scalar == open else { continue }
                tokens.append(token)
                token = ""
                quote = nil
            } else if isWordCharacter(scalar) || !token.isEmpty && (scalar == "'" || scalar == "\"") {
                token.unicodeScalars.append(scalar)
            } else {
                if !token.isEmpty { tokens.append(token) }
                token = ""
                switch scalar {
                case " ", "\t", "\r", "\n": break
                case "#": isComment = true
                case "'", "\"":
                    quote = scalar
                    token = String(scalar)
                default: tokens.append(String(scalar))
                }
            }
        }
        guard quote == nil else { throw SettingError("a quote is not closed") }
        if !token.isEmpty { tokens.append(token) }
        return tokens
    }

    /// What stands for something that is not known yet is part of a word as what it stands for would be.
    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "/", ".", "+", "-", "(", ")", ":": true
        default: scalar.value >= 0x100000
        }
    }

    private static func unquoted(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first == "'" || first == "\"" { scalars.removeFirst() }
        while let last = scalars.last, last == "'" || last == "\"" { scalars.removeLast() }
        return String(scalars)
    }
}
