internal import GafferModel

/// Reads the ini files of supervisord and circus, as each of them does.
struct PythonIni {
    enum Dialect {
        /// Python's RawConfigParser with inline comments by ` ;` and ` #`; keys in any case; the last one wins.
        case supervisor
        /// circus' own StrictConfigParser: comments begin a line, or the rest of one by the first `;` where a blank
        /// stands before it; whatever is indented goes on with the value; the first of two equal keys wins.
        case circus
    }

    private let dialect: Dialect
    private let file: String
    private(set) var sections: [ForeignSection] = []
    /// Settings that another one of the same key puts out of force.
    private(set) var overridden: [(section: String, setting: ForeignSection.Setting)] = []
    private(set) var errors: [ConfigError] = []
    /// How many settings there are.
    private(set) var count = 0
    private var isInSetting = false
    private var indent = 0

    init(_ source: ConfigImport.Source, _ dialect: Dialect) {
        self.dialect = dialect
        file = source.file
        var bytes = source.content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard errors.count < 100 else { break }
            read(Array(String(decoding: line, as: UTF8.self).unicodeScalars), number)
        }
        for section in sections.indices {
            for setting in sections[section].settings.indices {
                sections[section].settings[setting].value = sections[section].settings[setting].value.trimmed
            }
        }
        // A file of too many is refused by whoever reads it.
        if count <= ConfigImport.maximumSettings { dropOverridden() }
    }

    private typealias Line = [Unicode.Scalar]

    private mutating func read(_ line: Line, _ number: Int) {
        let start = line.firstIndex { !isBlank($0) }
        guard let start, line[start] != ";" && line[start] != "#" || dialect == .circus && start > 0 else { return }
        if dialect == .circus, start == 0, isRemark(line) { return }
        let end = dialect == .supervisor ? supervisorComment(line) : line.count
        let content = text(line[start..<max(start, end)])
        guard !content.isEmpty else { return }
        if isInSetting, dialect == .circus ? start > 0 : start > indent {
            let section = sections.count - 1
            let setting = sections[section].settings.count - 1
            sections[section].settings[setting].value += "\n" + content
            return
        }
        indent = start
        if line[start] == "[", start == 0 || dialect == .supervisor {
            begin(content, number)
        } else {
            set(content, number)
        }
    }

    private mutating func begin(_ content: String, _ number: Int) {
        isInSetting = false
        // Python takes all up to the last bracket for supervisord, and does not look at what follows it.
        guard let end = content.lastIndex(of: "]"), end > content.index(after: content.startIndex) else {
            return fail(number, "It is no section: \(content.printable)")
        }
        let name = String(content[content.index(after: content.startIndex)..<end])
        sections.append(ForeignSection(name: name, file: file, line: number))
    }

    private mutating func set(_ content: String, _ number: Int) {
        isInSetting = false
        guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > content.startIndex
        else { return fail(number, "It is neither a section nor KEY = VALUE: \(content.printable)") }
        guard !sections.isEmpty else { return fail(number, "It stands before the first section.") }
        var value = content[content.index(after: separator)...].trimmed
        if dialect == .circus {
            if let comment = value.firstIndex(of: ";"), comment == value.startIndex || isBlankBefore(comment, value) {
                value = value[..<comment].trimmed
            }
            if value == "\"\"" { value = "" }
        }
        let key = content[..<separator].trimmed
        isInSetting = true
        count += 1
        sections[sections.count - 1].settings.append(
            .init(key: dialect == .supervisor ? key.lowercased() : key, value: value, file: file, line: number)
        )
    }

    /// A section that stands twice goes on; of two equal keys one wins.
    private mutating func dropOverridden() {
        (sections, overridden) = Self.merged(sections, dialect)
    }

    /// Puts sections of one name together, also those of several files.
    static func merged(
        _ sections: [ForeignSection],
        _ dialect: Dialect
    ) -> ([ForeignSection], [(section: String, setting: ForeignSection.Setting)]) {
        var result: [ForeignSection] = []
        var overridden: [(section: String, setting: ForeignSection.Setting)] = []
        var places: [String: Int] = [:]
        for section in sections {
            let place = places[section.name] ?? result.count
            if place == result.count {
                places[section.name] = place
                var empty = section
                empty.settings = []
                result.append(empty)
            }
            for setting in section.settings {
                guard let old = result[place].settings.firstIndex(where: { $0.key == setting.key }) else {
                    result[place].settings.append(setting)
                    continue
                }
                switch dialect {
                case .supervisor:
                    overridden.append((section.name, result[place].settings[old]))
                    result[place].settings[old] = setting
                case .circus:
                    overridden.append((section.name, setting))
                }
            }
        }
        return (result, overridden)
    }

    /// Where ` ;` or ` #` begins, or the line's end.
    private func supervisorComment(_ line: Line) -> Int {
        line.indices.first { index in
            (line[index] == ";" || line[index] == "#") && (index == 0 || isBlank(line[index - 1]))
        } ?? line.count
    }

    private func isRemark(_ line: Line) -> Bool {
        guard line.count >= 3, line[0] == "r" || line[0] == "R" else { return false }
        return text(line.prefix { !isBlank($0) }[...]).lowercased() == "rem"
    }

    private func isBlankBefore(_ index: String.Index, _ text: String) -> Bool {
        let before = text[text.index(before: index)]
        return before == " " || before == "\t"
    }

    private mutating func fail(_ line: Int, _ message: String) {
        errors.append(ConfigError(file: file, line: line, section: sections.last?.name, message: message))
    }

    private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view).trimmed
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r"
    }
}
