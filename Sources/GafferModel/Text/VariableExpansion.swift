/// Replaces `$NAME` and `${NAME}` in one word; `$$` is `$`.
///
/// Names are `[A-Za-z_][A-Za-z0-9_]*`. What comes in is never split or looked through again.
public enum VariableExpansion {
    /// - Parameter value: gives a variable's value; nil: it is unknown.
    /// - Throws: ``GafferError`` (`bad_value`) that names the variable that is unknown, or what follows a `$` wrongly.
    public static func expand(
        _ text: String,
        with value: (String) -> String?
    ) throws(GafferError) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        for piece in try pieces(of: text) {
            switch piece {
            case .text(let text):
                result += text
            case .variable(let name):
                guard let value = value(name) else {
                    throw GafferError(.badValue, "The variable $\(name) in \(JSON.string(text)) is unknown.")
                }
                result += value
            }
        }
        return result
    }

    /// The variables that a text names, in order.
    ///
    /// - Throws: ``GafferError`` (`bad_value`) where something follows a `$` wrongly.
    public static func names(in text: String) throws(GafferError) -> [String] {
        try pieces(of: text).compactMap { piece in
            if case .variable(let name) = piece { name } else { nil }
        }
    }

    private enum Piece {
        case text(String)
        case variable(String)
    }

    private static func pieces(of text: String) throws(GafferError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            if dollar > rest.startIndex { pieces.append(.text(String(rest[..<dollar]))) }
            rest = rest[rest.index(after: dollar)...]
            guard let next = rest.first else {
                throw GafferError(.badValue, "\(JSON.string(text)) ends in a single $; write $$ for the sign itself.")
            }
            if next == "$" {
                pieces.append(.text("$"))
                rest = rest.dropFirst()
            } else if next == "{" {
                guard let end = rest.firstIndex(of: "}"), isName(rest[rest.index(after: rest.startIndex)..<end]) else {
                    throw GafferError(.badValue, "\(JSON.string(text)): \"${\" needs a name and a closing brace.")
                }
                pieces.append(.variable(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                guard isName(name) else {
                    throw GafferError(
                        .badValue,
                        "\(JSON.string(text)): \"$\(next)\" is no variable; write $$ for the sign itself."
                    )
                }
                pieces.append(.variable(String(name)))
                rest = rest[name.endIndex...]
            }
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
