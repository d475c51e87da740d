internal import GafferModel

/// The help texts, made from the tables of the commands.
enum Help {
    /// The widest line.
    static let width = 80

    /// What `gafferctl --help` shows.
    static var program: String {
        var text = """
            Usage: gafferctl [OPTION]... COMMAND [WORD]...

            Shows and controls the jobs of a gafferd.

            Examples:
              gafferctl status                 what runs, and what does not
              gafferctl restart shop.web       restart one job
              gafferctl stop 'shop.*'          stop all jobs of the session shop
              gafferctl scale web=3 worker+1   change how many processes are kept alive
              gafferctl logs -n 50 web         the last lines of its output

            """
        for group in Command.Group.allCases {
            let commands = Command.all.filter { $0.group == group && !$0.isHidden }
            text += "\n\(group.rawValue):\n"
            text += list(commands.map { ($0.name, $0.abstract) })
        }
        text += "\nOptions of every command:\n" + options(Option.common)
        text += """

            A job is named session.job (or session/job); a name alone is a job of the
            session default or, where there is none, a session with all its jobs. Patterns
            such as 'shop.*', '*' and 'web-?' stand for all jobs that match; put them in
            quotes.

            Without --endpoint, gafferd is looked for at $GAFFER_ENDPOINT, at
            $XDG_RUNTIME_DIR/gaffer/gafferd.sock where an ordinary user has one, then at
            /run/gaffer/gafferd.sock.

            Exit codes:

            """
        text += list(ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) })
        text += "\n'gafferctl help COMMAND' tells more about a command.\n"
        return text
    }

    /// What bare `gafferctl` shows.
    static let short = """
        Usage: gafferctl [OPTION]... COMMAND [WORD]...

          gafferctl status          what runs, and what does not
          gafferctl restart JOB     restart a job
          gafferctl --help          all commands and options

        """

    /// What `gafferctl COMMAND --help` shows.
    static func command(_ command: Command) -> String {
        let usage = (["gafferctl", command.name, "[OPTION]..."] + command.operands.map(\.usage)).joined(separator: " ")
        var text = "Usage: \(usage)\n\n\(wrapped(command.abstract, indent: 0))\n"
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        if !command.examples.isEmpty {
            text += "\nExamples:\n"
            text += list(command.examples.map { ("gafferctl \($0.line)", $0.meaning) })
        }
        let own = command.options.filter { !$0.isHidden }
        if !own.isEmpty { text += "\nOptions:\n" + options(own) }
        text += "\nOptions of every command:\n" + options(Option.common)
        if !command.json.isEmpty { text += "\n" + wrapped("With --json: \(command.json)", indent: 0) + "\n" }
        if !command.aliases.isEmpty { text += "\nAlso called: \(command.aliases.joined(separator: ", "))\n" }
        return text
    }

    /// What `--version` shows.
    static var version: String { "gafferctl \(GafferVersion.current)\n" }

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

    /// The text in lines of at most ``width`` columns, all but the first indented.
    static func wrapped(_ text: String, indent: Int) -> String {
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
