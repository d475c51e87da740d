import Testing

/// The page `Configuration.md`, as far as it makes promises that a test can read.
struct ReferencePage {
    /// One `- KEY (type, optional, default): meaning`.
    struct Key: Sendable {
        let name: String
        let isRequired: Bool
        /// What stands in the first code span of the parentheses' last part, as the default is written.
        let standard: String?
        let text: String
    }

    /// The keys below each heading of the second level.
    let keys: [String: [Key]]
    /// The blocks of ini.
    let examples: [String]

    init() throws {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let path = (folders + ["Sources", "gafferd", "Documentation.docc", "Configuration.md"]).joined(separator: "/")
        let text = try String(decoding: #require(SystemFile.read(path)), as: UTF8.self)

        var keys: [String: [Key]] = [:]
        var examples: [String] = []
        var heading = ""
        var isExample = false
        var items: [(heading: String, text: String)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isExample = line == "```ini"
                if isExample { examples.append("") }
            } else if isExample {
                examples[examples.count - 1] += line + "\n"
            } else if line.hasPrefix("## ") {
                heading = String(line.dropFirst(3))
            } else if line.hasPrefix("- `") {
                items.append((heading, String(line)))
            } else if line.hasPrefix("  "), !items.isEmpty {
                items[items.count - 1].text += " " + line.drop { $0 == " " }
            }
        }
        for item in items where item.heading != "How a file is written" {
            let key = try #require(Key(item.text), "\(item.text) has not the form of a key")
            keys[item.heading, default: []].append(key)
        }
        self.keys = keys
        self.examples = examples
    }
}

extension ReferencePage.Key {
    /// nil: the item has not the one form.
    init?(_ item: String) {
        let name = item.dropFirst(3).prefix { $0 != "`" }
        let rest = item.dropFirst(3 + name.count + 1)
        guard rest.hasPrefix(" ("), let end = rest.range(of: "): ") else { return nil }
        let parentheses = rest[..<end.lowerBound].dropFirst(2)
        self.name = String(name)
        text = item
        if parentheses.hasSuffix(", required") {
            isRequired = true
            standard = nil
            return
        }
        guard let optional = parentheses.range(of: "optional, ") else { return nil }
        isRequired = false
        let written = parentheses[optional.upperBound...]
        let isOneSpan = written.hasPrefix("`") && written.hasSuffix("`") && written.count { $0 == "`" } == 2
        standard = isOneSpan ? String(written.dropFirst().dropLast()) : nil
    }
}

extension StringProtocol {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
    }
}
