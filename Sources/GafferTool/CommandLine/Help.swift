internal import GafferModel

/// The help texts of a program, made from the tables of its commands.
package struct Help {
    /// The widest line.
    package static let width = 80

    package let tool: Tool

    package init(_ tool: Tool) {
        self.tool = tool
    }

    private var usage: String { "Usage: \(tool.name) [OPTION]... COMMAND [WORD]...\n\n" }

    private func examples(_ examples: [Command.Example]) -> String {
        Self.list(examples.map { ("\(tool.name) \($0.line)", $0.meaning) })
    }

    /// What `--help` shows.
    package var program: String {
        var text = usage + "\(tool.abstract)\n\nExamples:\n" + examples(tool.examples)
        for group in Command.Group.allCases {
            let commands = tool.commands.filter { $0.group == group && !$0.isHidden }
            guard !commands.isEmpty else { continue }
            text += "\n\(group.rawValue):\n"
            text += Self.list(commands.map { ($0.name, $0.abstract) })
        }
        text += "\nOptions of every command:\n" + Self.options(tool.options)
        text += "\n\(tool.notes)\n\nExit codes:\n\n"
        text += Self.list(ExitCode.documented.map { ("\($0.rawValue)", $0.meaning) } + tool.exitCodes)
        text += "\n'\(tool.name) help COMMAND' tells more about a command.\n"
        return text
    }

    /// What the bare program shows.
    package var short: String { usage + examples(tool.brief) }

    /// What `COMMAND --help` shows.
    package func command(_ command: Command) -> String {
        let usage = ([tool.name, command.name, "[OPTION]..."] + command.operands.map(\.usage)).joined(separator: " ")
        var text = "Usage: \(usage)\n\n\(Self.wrapped(command.abstract, indent: 0))\n"
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        if !command.examples.isEmpty {
            text += "\nExamples:\n"
            text += examples(command.examples)
        }
        let own = command.options.filter { !$0.isHidden }
        if !own.isEmpty { text += "\nOptions:\n" + Self.options(own) }
        text += "\nOptions of every command:\n" + Self.options(tool.options)
        if !command.json.isEmpty { text += "\n" + Self.wrapped("With --json: \(command.json)", indent: 0) + "\n" }
        if !command.aliases.isEmpty { text += "\nAlso called: \(command.aliases.joined(separator: ", "))\n" }
        return text
    }

    /// What `--version` shows.
    package var version: String { "\(tool.name) \(GafferVersion.current)\n" }

    private static func options(_ options: [Option]) -> String {
        list(
            options.filter { !$0.isHidden }.map { option in
                let short = option.short.map { "-\($0), " } ?? "    "
                return (short + "--\(option.name)" + (option.value.map { " \($0)" } ?? ""), option.help)
            }
        )
    }

    /// Terms, and beside each its meaning.
    private static func list(_ entries: [(term: String, meaning: String)]) -> String {
        let widest = entries.map(\.term.count).filter { $0 <= 36 }.max() ?? 0
        var text = ""
        for (term, meaning) in entries {
            text += "  \(term)"
            if term.count > widest {
                text += "\n" + String(repeating: " ", count: widest + 4)
            } else {
                text += String(repeating: " ", count: widest - term.count + 2)
            }
            text += wrapped(meaning, indent: widest + 4) + "\n"
        }
        return text
    }

    /// The text in lines of at most so many columns, all but the first indented.
    package static func wrapped(_ text: String, indent: Int, width: Int = Help.width) -> String {
        var result = ""
        var column = indent
        for word in text.split(separator: " ") {
            if column > indent, column + 1 + word.count > width {
                result += "\n" + String(repeating: " ", count: indent)
                column = indent
            } else if column > indent {
                result += " "
                column += 1
            }
            result += word
            column += word.count
        }
        return result
    }
}
