/// The user's ini file with what belongs to each gafferd: `[node "https://host:5000"]` with `key`, `cacert`, `certfile`
/// and `keyfile`.
///
/// It is changed line by line: what is not understood stays as it is.
package struct NodeSettings: Equatable {
    private var lines: [String]

    /// Reads a file's text.
    package init(_ text: String) {
        // By bytes, since a line end of two characters is one Character.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        // The end of the last line is no line of its own.
        if lines.last == "" { lines.removeLast() }
    }

    /// The file's text.
    package var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }

    /// The value of a setting; nil where it is not there, or empty.
    ///
    /// - Parameter matches: whether the name of a node is the one that is meant.
    package func value(_ name: String, where matches: (String) -> Bool) -> String? {
        let value = range(of: name, where: matches).flatMap { NodeSettings.setting(lines[$0])?.value }
        return value?.isEmpty == false ? value : nil
    }

    /// Changes a setting, or takes it away.
    ///
    /// - Parameter node: the name of the node where it is not there yet.
    package mutating func set(_ name: String, to value: String?, node: String, where matches: (String) -> Bool) {
        if let index = range(of: name, where: matches) {
            if let value {
                lines[index] = "\(name) = \(value)"
            } else {
                lines.remove(at: index)
            }
        } else if let value {
            if let header = lines.lastIndex(where: { NodeSettings.node($0).map(matches) ?? false }) {
                lines.insert("\(name) = \(value)", at: header + 1)
            } else {
                if let last = lines.last, !last.isEmpty { lines.append("") }
                lines += ["[node \"\(node)\"]", "\(name) = \(value)"]
            }
        }
    }

    /// Where the setting stands; the last one counts.
    private func range(of name: String, where matches: (String) -> Bool) -> Int? {
        var isMeant = false
        var found: Int?
        for (index, line) in lines.enumerated() {
            if line.drop(while: \.isBlank).first == "[" {
                isMeant = NodeSettings.node(line).map(matches) ?? false
            } else if isMeant, NodeSettings.setting(line)?.name == name {
                found = index
            }
        }
        return found
    }

    /// The name in `[node "NAME"]`, or `[node:NAME]`; nil for any other line.
    private static func node(_ line: String) -> String? {
        let line = line.trimmed
        guard line.hasPrefix("[node"), line.hasSuffix("]") else { return nil }
        var name = line.dropFirst("[node".count).dropLast().trimmed
        if name.first == ":" { name = name.dropFirst().trimmed }
        if name.count >= 2, name.first == "\"", name.last == "\"" { name = String(name.dropFirst().dropLast()) }
        return name
    }

    private static func setting(_ line: String) -> (name: String, value: String)? {
        guard let first = line.drop(while: \.isBlank).first, !"#;[".contains(first),
            let sign = line.firstIndex(where: { $0 == "=" })
        else { return nil }
        return (line[..<sign].trimmed.lowercased(), line[line.index(after: sign)...].trimmed)
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension StringProtocol {
    /// The text without the blanks and tabs around it.
    package var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isBlank { rest = rest.dropFirst() }
        while let last = rest.last, last.isBlank { rest = rest.dropLast() }
        return String(rest)
    }
}
