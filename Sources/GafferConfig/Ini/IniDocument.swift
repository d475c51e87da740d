/// An ini file as sections of settings, every one with its line.
///
/// The grammar, which is that of Python's ConfigParser without its `%` interpolation:
///
/// - A line whose first character other than a blank is `;` or `#` is a comment; so is what follows ` ;` in a value.
/// - `[NAME]` begins a section.
/// - `KEY = VALUE` is a setting; where a line has no `=`, `KEY: VALUE` is one too.
/// - A line that begins with a blank goes on with the value of the line before, joined by a newline.
/// - Keys are told apart without regard to case, but for what follows `env:`.
package struct IniDocument: Sendable, Hashable {
    package struct Section: Sendable, Hashable {
        package var name: String
        package var file: String
        package var line: Int
        package var settings: [Setting]
    }

    package struct Setting: Sendable, Hashable {
        /// In lower case; `env:KEY` keeps the case of `KEY`.
        package var key: String
        package var value: String
        package var line: Int
    }

    package var sections: [Section] = []
    package var errors: [ConfigError] = []

    /// Reads a file's content; what can't be read is told in ``errors``.
    package init(parsing content: [UInt8], file: String) {
        var bytes = content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var reader = Reader(file: file)
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.contains(0) {
                reader.fail(number, "The line holds a NUL.")
            } else if let text = String(validating: line, as: UTF8.self) {
                reader.read(text, number)
            } else {
                reader.fail(number, "The line is not UTF-8.")
            }
        }
        sections = reader.sections
        errors = reader.errors
    }
}

private struct Reader {
    let file: String
    var sections: [IniDocument.Section] = []
    var errors: [ConfigError] = []
    /// Whether a continuation line belongs to the last setting.
    private var isContinuable = false
    /// The settings below a section that could not be read belong nowhere.
    private var isSkipping = false

    init(file: String) {
        self.file = file
    }

    mutating func fail(_ line: Int, _ message: String, key: String? = nil) {
        errors.append(
            ConfigError(file: file, line: line, section: sections.last?.name, key: key, message: message)
        )
        isContinuable = false
    }

    mutating func read(_ line: String, _ number: Int) {
        let content = line.drop { $0 == " " || $0 == "\t" }
        guard let first = content.first else { return }
        if first == ";" || first == "#" { return }
        if content.startIndex > line.startIndex, isContinuable {
            goOn(String(content))
        } else if first == "[" {
            begin(content, number)
        } else {
            set(content, number)
        }
    }

    private mutating func goOn(_ content: String) {
        let section = sections.count - 1
        let setting = sections[section].settings.count - 1
        let text = withoutComment(content[...])
        let value = sections[section].settings[setting].value
        sections[section].settings[setting].value = value.isEmpty ? text : value + "\n" + text
    }

    private mutating func begin(_ content: Substring, _ number: Int) {
        isContinuable = false
        let text = withoutComment(content)
        guard text.last == "]" else {
            isSkipping = true
            return fail(number, "The section has no closing bracket.")
        }
        let name = text.dropFirst().dropLast()
        let first = name.first
        let last = name.last
        guard first != nil, first != " ", last != " " else {
            isSkipping = true
            return fail(number, "The section has no name.")
        }
        isSkipping = false
        sections.append(IniDocument.Section(name: String(name), file: file, line: number, settings: []))
    }

    private mutating func set(_ content: Substring, _ number: Int) {
        guard let separator = content.firstIndex(of: "=") ?? colon(in: content) else {
            return fail(number, "It is neither a section nor KEY = VALUE: \(String(content).escaped)")
        }
        let written = trimmed(content[..<separator])
        guard !written.isEmpty else { return fail(number, "There is no key before the separator.") }
        guard !isSkipping else { return }
        guard !sections.isEmpty else {
            return fail(number, "The setting stands before the first section.", key: written)
        }
        let key = written.lowercased().hasPrefix("env:") ? "env:" + written.dropFirst(4) : written.lowercased()
        let settings = sections[sections.count - 1].settings
        if let other = settings.first(where: { $0.key == key }) {
            return fail(number, "It is set twice; the first time in line \(other.line).", key: key)
        }
        let value = withoutComment(content[content.index(after: separator)...])
        sections[sections.count - 1].settings.append(
            IniDocument.Setting(key: key, value: value, line: number)
        )
        isContinuable = true
    }

    /// The colon that ends a key; the one of `env:KEY` belongs to the key.
    private func colon(in content: Substring) -> Substring.Index? {
        if content.lowercased().hasPrefix("env:") {
            return content.dropFirst(4).firstIndex(of: ":")
        }
        return content.firstIndex(of: ":")
    }

    private func withoutComment(_ text: Substring) -> String {
        var end = text.endIndex
        var isAfterBlank = true
        for index in text.indices {
            if text[index] == ";", isAfterBlank {
                end = index
                break
            }
            isAfterBlank = text[index] == " " || text[index] == "\t"
        }
        return trimmed(text[..<end])
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
