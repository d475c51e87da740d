/// A command line, read but not yet carried out.
package struct ParsedLine: Sendable {
    /// Whose command line it is.
    package let tool: Tool
    /// One option as it was given.
    package struct Given: Sendable, Equatable {
        package let name: String
        package let value: String?

        package init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// The command; nil: none was given.
    package var command: Command?
    /// The options, in the order given.
    package var options: [Given] = []
    /// The operands.
    package var operands: [String] = []

    /// Whether the option was given.
    package func has(_ name: String) -> Bool { options.contains { $0.name == name } }

    /// The value of the option where it was given last.
    package func value(_ name: String) -> String? { options.last { $0.name == name }?.value }

    /// Every value of an option that may be repeated.
    package func values(_ name: String) -> [String] { options.filter { $0.name == name }.compactMap(\.value) }

    /// Which of the options was given last.
    package func last(of names: String...) -> String? { options.last { names.contains($0.name) }?.name }
}

/// A command line that can't be carried out.
package struct UsageError: Error, Equatable {
    /// What is wrong with it, in a sentence.
    package let message: String
    /// The command whose help tells more.
    package var command: String?

    package init(_ message: String, command: String? = nil) {
        self.message = message
        self.command = command
    }
}

extension ParsedLine {
    /// Reads the words after the program's name.
    ///
    /// Common options may stand anywhere, those of a command after its name; `--` ends the options. A value stands in the
    /// next word or after `=`; one-letter options may be joined, and their value may follow at once (`-n20`). A word of
    /// digits after a dash is an operand (`kill web -9`).
    ///
    /// - Throws: ``UsageError``, with a suggestion where something near to it exists.
    package init(parsing words: [String], for tool: Tool) throws(UsageError) {
        self.tool = tool
        var rest = words[...]
        var areOptionsOver = false
        while let word = rest.popFirst() {
            if areOptionsOver || word == "-" || !word.hasPrefix("-") || ParsedLine.isNegativeNumber(word) {
                if let command {
                    operands.append(word)
                    if command.takesWordsAsTheyAre || command.endsOptionsAtOperand { areOptionsOver = true }
                } else {
                    command = try tool.commandOrRefusal(word)
                    areOptionsOver = areOptionsOver || command?.takesWordsAsTheyAre == true
                }
            } else if word == "--" {
                areOptionsOver = true
            } else if word.hasPrefix("--") {
                try readLong(word, &rest)
            } else {
                try readShort(word, &rest)
            }
        }
        if let command, !has("help") { try checkOperands(of: command) }
    }

    private var known: [Option] { (command?.options ?? []) + tool.options }

    private mutating func readLong(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = known.first(where: { $0.isNamed(name) }) else { throw unknown("--" + name) }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        if option.value == nil, attached != nil {
            throw UsageError("The option --\(name) takes no value.", command: command?.name)
        }
        try add(option, attached, &rest)
    }

    private mutating func readShort(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = known.first(where: { $0.short == letter }) else { throw unknown("-\(letter)") }
            if option.value != nil {
                try add(option, letters.isEmpty ? nil : String(letters), &rest)
                return
            }
            try add(option, nil, &rest)
        }
    }

    private mutating func add(
        _ option: Option,
        _ attached: String?,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        guard let valueName = option.value else {
            options.append(Given(name: option.name, value: nil))
            return
        }
        guard let value = attached ?? rest.popFirst() else {
            throw UsageError("The option --\(option.name) needs a value: \(valueName).", command: command?.name)
        }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            throw UsageError(
                "\(value.quoted) is no value of --\(option.name): give \(option.choices.joined(separator: ", ")).",
                command: command?.name
            )
        }
        options.append(Given(name: option.name, value: value))
    }

    private func unknown(_ word: String) -> UsageError {
        guard command != nil else {
            let own = tool.commands.contains { $0.options.contains { "--" + $0.name == word } }
            if own { return UsageError("The option \(word) belongs after the name of a command.") }
            return UsageError("There is no option \(word).\(suggestion(for: word))")
        }
        return UsageError("There is no option \(word).\(suggestion(for: word))", command: command?.name)
    }

    private func suggestion(for word: String) -> String {
        let near = Suggestion.nearest(to: word, among: known.filter { !$0.isHidden }.map { "--" + $0.name })
        return near.map { " Did you mean \($0)?" } ?? ""
    }

    private func checkOperands(of command: Command) throws(UsageError) {
        let needed = command.operands.filter { $0.count == .one || $0.count == .atLeastOne }
        if operands.count < needed.count {
            let missing = needed[operands.count...].map(\.name)
            let verb = missing.count == 1 ? "is" : "are"
            throw UsageError("\(missing.joined(separator: " and ")) \(verb) missing.", command: command.name)
        }
        let isOpen = command.operands.last.map { $0.count == .any || $0.count == .atLeastOne } ?? false
        if !isOpen, operands.count > command.operands.count {
            throw UsageError("\(operands[command.operands.count].quoted) is one word too many.", command: command.name)
        }
    }

    private static func isNegativeNumber(_ word: String) -> Bool {
        word.count > 1 && word.dropFirst().utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Tool {
    fileprivate func commandOrRefusal(_ word: String) throws(UsageError) -> Command {
        if let command = command(named: word) { return command }
        throw UsageError("There is no command \(word.quoted).\(suggestion(for: word))")
    }
}
