package import GafferModel

/// A JSON value as indented lines for people: `name: value`.
package enum Outline {
    /// The lines, safe on a terminal.
    package static func lines(of value: JSON) -> [String] {
        lines(of: value, indent: "")
    }

    /// A value in one line: a string as it is, the rest as JSON.
    package static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text.escaped
        case .null: "-"
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let number): "\(number)"
        case .double, .array, .object: value.text.escaped
        }
    }

    private static func lines(of value: JSON, indent: String) -> [String] {
        guard case .object(let members) = value else { return [indent + text(value)] }
        return members.flatMap { member -> [String] in
            let name = indent + member.name.escaped
            switch member.value {
            case .object(let inner) where !inner.isEmpty:
                return ["\(name):"] + lines(of: member.value, indent: indent + "  ")
            case .array(let elements) where elements.contains { $0.objectValue != nil }:
                return ["\(name):"] + elements.map { "\(indent)  - \(summary($0))" }
            case .array(let elements):
                return ["\(name): \(elements.isEmpty ? "-" : elements.map(text).joined(separator: " "))"]
            case .null, .bool, .integer, .double, .string, .object:
                return ["\(name): \(text(member.value))"]
            }
        }
    }

    /// An object within a list, in one line.
    private static func summary(_ value: JSON) -> String {
        guard let members = value.objectValue else { return text(value) }
        return members.map { "\($0.name.escaped)=\(text($0.value))" }.joined(separator: " ")
    }
}
