/// The source of a manual page, in the macros of man(7).
package struct Roff {
    /// What was written so far.
    package private(set) var text = ""

    package init() {}

    /// A macro on a line of its own, with its arguments as they are.
    package mutating func macro(_ name: String, _ arguments: String...) {
        text += ".\(name)"
        for argument in arguments { text += " " + Roff.quoted(argument) }
        text += "\n"
    }

    /// A paragraph's words, which are filled to the width of the page.
    package mutating func words(_ words: String) {
        text += Roff.line(Roff.escaped(words)) + "\n"
    }

    /// A line of roff that is escaped already.
    package mutating func raw(_ line: String) {
        text += Roff.line(line) + "\n"
    }

    /// Paragraphs with empty lines between them, indented by what the caller has begun; lines that are indented stay as they
    /// are.
    ///
    /// - Parameter separator: the macro between two paragraphs.
    package mutating func paragraphs(_ body: String, separator: String = "PP") {
        var isFirst = true
        for paragraph in Roff.paragraphs(of: body) {
            if !isFirst { macro(separator) }
            isFirst = false
            if paragraph.allSatisfy({ $0.hasPrefix(" ") }) {
                block(paragraph.map(String.init))
            } else {
                words(paragraph.joined(separator: " "))
            }
        }
    }

    /// Lines that are not filled.
    package mutating func block(_ lines: [String]) {
        macro("EX")
        for line in lines { words(line) }
        macro("EE")
    }

    /// A term, and what it means indented below it.
    ///
    /// - Parameter term: escaped already.
    package mutating func item(_ term: String, _ meaning: String) {
        macro("TP")
        raw(term)
        words(meaning)
    }

    private static func paragraphs(of body: String) -> [[Substring]] {
        var paragraphs: [[Substring]] = [[]]
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            if !line.isEmpty {
                paragraphs[paragraphs.count - 1].append(line)
            } else if paragraphs.last?.isEmpty == false {
                paragraphs.append([])
            }
        }
        return paragraphs.filter { !$0.isEmpty }
    }

    /// Words as they are to be read: a dash is the one of the keyboard, so that a command line can be copied.
    package static func escaped(_ words: String) -> String {
        var result = ""
        for character in words {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "…": result += "..."
            default: result.append(character)
            }
        }
        return result
    }

    /// The words in bold letters.
    package static func bold(_ words: String) -> String { "\\fB\(escaped(words))\\fR" }

    /// The words slanted, as what stands for something else is.
    package static func italic(_ words: String) -> String { "\\fI\(escaped(words))\\fR" }

    /// A dot at the beginning of a line would be a macro.
    private static func line(_ text: String) -> String { text.hasPrefix(".") ? "\\&\(text)" : text }

    private static func quoted(_ argument: String) -> String {
        argument.isEmpty || argument.contains(" ") ? "\"\(argument)\"" : argument
    }
}
