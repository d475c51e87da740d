/// Walks over a command line as a POSIX shell's parser does, far enough to tell what the shell would be needed for.
///
/// It errs on the side of the shell: what it does not know is left to it.
struct ShellScanner {
    struct Word {
        /// Where it begins.
        var start: Int
        /// As it is written.
        var raw: String
        /// Without its quotes; what is expanded stands in it as written.
        var value: String.UnicodeScalarView
        /// Whether the shell makes something else of it.
        var isExpanded: Bool
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    /// Those of the command, without the files of redirections.
    private(set) var words: [Word] = []
    private(set) var hasRedirection = false
    /// Whether there is more than one simple command.
    private(set) var isCompound = false

    init(_ text: String) throws(ShellLine.Failure) {
        scalars = Array(text.unicodeScalars)
        try scan()
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func scan() throws(ShellLine.Failure) {
        var expectsFile = false
        while let scalar = next {
            switch scalar {
            case " ", "\t":
                index += 1
            case "#":
                skip { $0 != "\n" }
            case ";", "&", "|", "(", ")", "\n":
                isCompound = true
                index += 1
            case "<", ">":
                readRedirection()
                expectsFile = true
            default:
                let word = try readWord()
                let isNumber = word.raw.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                if isNumber, next == "<" || next == ">" {
                    // The descriptor of a redirection.
                } else if expectsFile {
                    expectsFile = false
                } else if !word.raw.isEmpty {
                    words.append(word)
                }
            }
        }
        // A redirection without a file is a mistake, which the shell tells best.
        if expectsFile { isCompound = true }
    }

    private mutating func readRedirection() {
        hasRedirection = true
        let first = next
        index += 1
        guard let second = next else { return }
        switch (first, second) {
        case ("<", "<"):
            isCompound = true
            index += 1
        case ("<", "&"), ("<", ">"), (">", ">"), (">", "&"), (">", "|"):
            index += 1
        default:
            break
        }
    }

    private mutating func readWord() throws(ShellLine.Failure) -> Word {
        let start = index
        var value = String.UnicodeScalarView()
        var isExpanded = false
        loop: while let scalar = next {
            switch scalar {
            case " ", "\t", "\n", ";", "&", "|", "(", ")", "<", ">":
                break loop
            case "\\":
                index += 1
                guard let escaped = next else {
                    throw ShellLine.Failure(message: "nothing follows the last backslash", offset: index - 1)
                }
                // A joined line.
                if escaped != "\n" { value.append(escaped) }
                index += 1
            case "'":
                try readSingleQuotes(into: &value)
            case "\"":
                if try readDoubleQuotes(into: &value) { isExpanded = true }
            case "$", "`":
                if readExpansion(into: &value) { isExpanded = true }
            case "*", "?", "[", "{":
                isExpanded = true
                value.append(scalar)
                index += 1
            case "~":
                if index == start { isExpanded = true }
                value.append(scalar)
                index += 1
            default:
                value.append(scalar)
                index += 1
            }
        }
        return Word(start: start, raw: text(start..<index), value: value, isExpanded: isExpanded)
    }

    private mutating func readSingleQuotes(into value: inout String.UnicodeScalarView) throws(ShellLine.Failure) {
        let start = index
        index += 1
        while let scalar = next {
            index += 1
            if scalar == "'" { return }
            value.append(scalar)
        }
        throw ShellLine.Failure(message: "a single quote is not closed", offset: start)
    }

    /// - Returns: whether the shell expands something in them.
    private mutating func readDoubleQuotes(
        into value: inout String.UnicodeScalarView
    ) throws(ShellLine.Failure) -> Bool {
        let start = index
        var isExpanded = false
        index += 1
        while let scalar = next {
            switch scalar {
            case "\"":
                index += 1
                return isExpanded
            case "$", "`":
                if readExpansion(into: &value, inQuotes: true) { isExpanded = true }
            case "\\":
                index += 1
                guard let escaped = next else { break }
                switch escaped {
                case "\"", "\\", "$", "`": value.append(escaped)
                case "\n": break
                default: value.append(contentsOf: ["\\", escaped])
                }
                index += 1
            default:
                value.append(scalar)
                index += 1
            }
        }
        throw ShellLine.Failure(message: "a double quote is not closed", offset: start)
    }

    /// Passes over `$NAME`, `${…}`, `$(…)` or `` `…` ``.
    ///
    /// - Returns: whether it is one; a `$` that nothing of that kind follows is a character as any other.
    private mutating func readExpansion(
        into value: inout String.UnicodeScalarView,
        inQuotes: Bool = false
    ) -> Bool {
        let start = index
        let sign = next
        index += 1
        var isExpansion = true
        switch (sign, next) {
        case ("`", _): skip(to: "`")
        case (_, "("): skipNested(until: ")")
        case (_, "{"): skipNested(until: "}")
        // Some shells read escapes in $'…'; what they do with it is theirs to say.
        case (_, "'"), (_, "\""): isExpansion = !inQuotes
        case (_, let following?): isExpansion = Self.beginsVariable(following)
        case (_, nil): isExpansion = false
        }
        index = min(index, scalars.count)
        value.append(contentsOf: scalars[start..<index])
        return isExpansion
    }

    private static func beginsVariable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "@", "*", "#", "?", "-", "$", "!": true
        default: false
        }
    }

    private mutating func skip(while isSkipped: (Unicode.Scalar) -> Bool) {
        while let scalar = next, isSkipped(scalar) { index += 1 }
    }

    private mutating func skip(to end: Unicode.Scalar) {
        while let scalar = next {
            index += scalar == "\\" ? 2 : 1
            if scalar == end { return }
        }
        leaveToShell()
    }

    /// Passes over brackets and all that is within them, quotes and further brackets too.
    private mutating func skipNested(until end: Unicode.Scalar) {
        let begin: Unicode.Scalar = end == ")" ? "(" : "{"
        var depth = 0
        while let scalar = next {
            index += scalar == "\\" ? 2 : 1
            switch scalar {
            case begin: depth += 1
            case end: depth -= 1
            case "'":
                skip { $0 != "'" }
                index += 1
            case "\"", "`": skip(to: scalar)
            default: break
            }
            if depth == 0 { return }
        }
        leaveToShell()
    }

    /// The end of something was not found: it may be a mistake, or beyond this parser.
    private mutating func leaveToShell() {
        index = scalars.count
        isCompound = true
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }
}
