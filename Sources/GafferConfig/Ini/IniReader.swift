internal import GafferModel

/// Takes an ini file line by line, as bytes: a line may be as long as the file.
struct IniReader {
    private typealias Line = ArraySlice<UInt8>

    /// What a line that is indented further goes on with.
    private enum Previous {
        /// Nothing: it is a line of its own.
        case other
        /// The value of the last setting, which is indented so far.
        case setting(indent: Int)
        /// A setting that was refused: what goes on with it is passed over.
        case refused(indent: Int)
    }

    private let file: String
    private(set) var sections: [IniDocument.Section] = []
    private(set) var errors: [ConfigError] = []
    private var previous = Previous.other
    /// The settings below a section that could not be read belong nowhere.
    private var isSkipping = false
    /// The lines of the current section's keys.
    private var lines: [String: Int] = [:]

    init(file: String) {
        self.file = file
    }

    mutating func fail(_ line: Int, _ message: String, key: String? = nil, value: String? = nil) {
        errors.append(
            ConfigError(
                file: file,
                line: line,
                section: isSkipping ? nil : sections.last?.name,
                key: key,
                value: value,
                message: message
            )
        )
    }

    mutating func read(_ line: ArraySlice<UInt8>, _ number: Int) {
        let content = trimmed(line)
        guard let first = content.first, first != UInt8(ascii: ";"), first != UInt8(ascii: "#") else { return }
        let indent = content.startIndex - line.startIndex
        guard !content.contains(0), String(validating: content, as: UTF8.self) != nil else {
            fail(number, content.contains(0) ? "The line holds a NUL." : "The line is not UTF-8.")
            previous = .refused(indent: indent)
            return
        }
        switch previous {
        case .setting(let outer) where indent > outer:
            goOn(content)
        case .refused(let outer) where indent > outer:
            return
        case .setting, .refused, .other:
            if first == UInt8(ascii: "[") { begin(content, number) } else { set(content, number, indent: indent) }
        }
    }

    /// - Complexity: the value grows in place, since it may have as many lines as the file.
    private mutating func goOn(_ content: Line) {
        let (text, hasComment) = value(content)
        let section = sections.count - 1
        let setting = sections[section].settings.count - 1
        if !sections[section].settings[setting].value.isEmpty {
            sections[section].settings[setting].value += "\n"
        }
        sections[section].settings[setting].value += text
        if hasComment { sections[section].settings[setting].hasComment = true }
    }

    private mutating func begin(_ content: Line, _ number: Int) {
        let text = value(content).text
        // What follows belongs nowhere until the section is known to be one.
        isSkipping = true
        previous = .other
        guard text.last == "]" else {
            let problem =
                text.contains("]")
                ? "Something follows the section's closing bracket" : "The section has no closing bracket"
            return fail(number, "\(problem): \(text.printable)")
        }
        let name = text.dropFirst().dropLast().trimmed
        guard !name.isEmpty else { return fail(number, "The section has no name.") }
        isSkipping = false
        lines = [:]
        sections.append(IniDocument.Section(name: name, file: file, line: number, settings: []))
    }

    private mutating func set(_ content: Line, _ number: Int, indent: Int) {
        previous = .refused(indent: indent)
        guard let separator = separator(in: content) else {
            let text = String(decoding: content, as: UTF8.self)
            return fail(number, "It is neither a section nor KEY = VALUE: \(text.printable)")
        }
        let written = String(decoding: trimmed(content[..<separator]), as: UTF8.self)
        let (value, hasComment) = value(content[(separator + 1)...])
        guard !written.isEmpty else { return fail(number, "There is no key before the separator.") }
        guard !isSkipping else { return }
        // The name alone: a second reference to the section would have all its settings copied below.
        guard let section = sections.last?.name else {
            return fail(number, "The setting stands before the first section.", key: written, value: value)
        }
        let key = key(written, in: section)
        if let line = lines[key] {
            return fail(number, "It is set twice; the first time in line \(line).", key: key, value: value)
        }
        lines[key] = number
        sections[sections.count - 1].settings.append(
            IniDocument.Setting(key: key, value: value, line: number, hasComment: hasComment)
        )
        previous = .setting(indent: indent)
    }

    private func key(_ written: String, in section: String) -> String {
        // Events have names of jobs in them, which have a case.
        if section.lowercased() == "webhooks" { return written }
        // Names of variables, and of users and groups, have one too.
        let prefixes = section.lowercased() == "auth" ? ["user.", "group."] : ["env:"]
        let start = prefixes.first { written.prefix($0.count).lowercased() == $0 }
        guard let start else { return written.lowercased() }
        return start + written.dropFirst(start.count).trimmed
    }

    private func separator(in content: Line) -> Line.Index? {
        if let equals = content.firstIndex(of: UInt8(ascii: "=")) {
            let colon = content[..<equals].indices.first { index in
                content[index] == UInt8(ascii: ":") && isBlank(content[index + 1])
            }
            return colon ?? equals
        }
        let start = String(decoding: content.prefix(4), as: UTF8.self).lowercased() == "env:" ? 4 : 0
        return content.dropFirst(start).firstIndex(of: UInt8(ascii: ":"))
    }

    /// The text without blanks around it and without a comment.
    private func value(_ text: Line) -> (text: String, hasComment: Bool) {
        let end = comment(in: text)
        return (String(decoding: trimmed(text[..<(end ?? text.endIndex)]), as: UTF8.self), end != nil)
    }

    /// Where a ` ;` stands that is not within quotes.
    private func comment(in text: Line) -> Line.Index? {
        // Usually there is none, and nothing to look closely at.
        guard text.contains(UInt8(ascii: ";")) else { return nil }
        let lastSingle = text.lastIndex(of: UInt8(ascii: "'")) ?? text.startIndex
        let lastDouble = text.lastIndex(of: UInt8(ascii: "\"")) ?? text.startIndex
        var index = text.startIndex
        var quote: UInt8?
        while index < text.endIndex {
            let byte = text[index]
            if let open = quote {
                if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") {
                    index += 1
                } else if byte == open {
                    quote = nil
                }
            } else if byte == UInt8(ascii: "\\") {
                index += 1
            } else if byte == UInt8(ascii: "'") && index < lastSingle
                || byte == UInt8(ascii: "\"") && index < lastDouble
            {
                quote = byte
            } else if byte == UInt8(ascii: ";"), index > text.startIndex, isBlank(text[index - 1]) {
                return index
            }
            index += 1
        }
        return nil
    }

    private func trimmed(_ text: Line) -> Line {
        let text = text.drop(while: isBlank)
        guard let last = text.lastIndex(where: { !isBlank($0) }) else { return text.prefix(0) }
        return text[...last]
    }

    /// A carriage return is one: files come from elsewhere.
    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
