/// Replaces `$NAME` and `${NAME}` in one word; `$$` is `$`.
///
/// Names are `[A-Za-z_][A-Za-z0-9_]*`. What comes in is never split or looked through again.
public enum VariableExpansion {
    /// Replaces all variables of a text.
    ///
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
                    throw GafferError(.badValue, "The variable $\(name.printable) in \(text.cited) is unknown.")
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
        guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
        return try pieces(of: text).compactMap { piece in
            if case .variable(let name) = piece { name } else { nil }
        }
    }

    private enum Piece {
        case text(String)
        case variable(String)
    }

    /// By bytes, so that nothing that combines with a `$` or a letter hides it.
    private static func pieces(of text: String) throws(GafferError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text.utf8[...]
        func string(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)) }
        func failure(_ reason: String) -> GafferError {
            GafferError(.badValue, "\(text.cited): \(reason); write $$ for the sign itself.")
        }
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            if dollar > rest.startIndex { pieces.append(.text(string(rest[..<dollar]))) }
            rest = rest[rest.index(after: dollar)...]
            switch rest.first {
            case nil:
                throw failure("a single $ stands at its end")
            case UInt8(ascii: "$"):
                pieces.append(.text("$"))
                rest = rest.dropFirst()
            case UInt8(ascii: "{"):
                let name = nameAtStart(of: rest.dropFirst())
                guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == UInt8(ascii: "}") else {
                    throw failure("\"${\" needs a name and a closing brace")
                }
                pieces.append(.variable(string(name)))
                rest = rest[rest.index(after: name.endIndex)...]
            default:
                let name = nameAtStart(of: rest)
                guard !name.isEmpty else {
                    let next = Substring(rest).unicodeScalars.first.map(String.init) ?? ""
                    throw failure("\"$\(next.printable)\" is no variable")
                }
                pieces.append(.variable(string(name)))
                rest = rest[name.endIndex...]
            }
        }
        if !rest.isEmpty { pieces.append(.text(string(rest))) }
        return pieces
    }

    private static func nameAtStart(of bytes: Substring.UTF8View) -> Substring.UTF8View {
        guard let first = bytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return bytes.prefix(0)
        }
        return bytes.prefix(while: isOfName)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
