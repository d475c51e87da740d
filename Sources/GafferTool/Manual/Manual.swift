internal import GafferModel
internal import Glibc

/// The manual page of a program, made from the tables of its commands, as ``Help`` is.
package struct Manual {
    private let tool: Tool
    private let help: Help
    /// The day that the page shows, as `2026-01-31`.
    private let date: String

    /// - Parameter time: the day of the page, in seconds since 1970.
    package init(_ tool: Tool, time: Int) {
        self.tool = tool
        help = Help(tool)
        var seconds = time
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y-%m-%d", &parts)
        date = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The page's source.
    package var text: String {
        var roff = Roff()
        roff.macro("TH", tool.name.uppercased(), "1", date, "gaffer \(GafferVersion.current)", "User Commands")
        // Flush left: options and command lines can't be broken, which would leave wide gaps.
        roff.macro("ad", "l")
        writeSummary(&roff)
        roff.macro("SH", "EXAMPLES")
        write(tool.examples, &roff)
        roff.macro("SH", "COMMANDS")
        writeCommands(&roff)
        roff.macro("SH", "OPTIONS")
        roff.words("Each command takes these; they may stand before its name or after it.")
        write(tool.options.filter { $0.name != "version" }, &roff)
        roff.macro("TP")
        roff.raw(Roff.bold("--version"))
        roff.words("show the version, and do nothing else")
        writeSurroundings(&roff)
        return roff.text
    }

    private func writeSummary(_ roff: inout Roff) {
        roff.macro("SH", "NAME")
        let first = tool.abstract.prefix(1).lowercased() + tool.abstract.dropFirst()
        roff.raw("\(tool.name) \\- \(Roff.escaped(first.hasSuffix(".") ? String(first.dropLast()) : first))")
        roff.macro("SH", "SYNOPSIS")
        roff.raw(
            "\(Roff.bold(tool.name)) [\(Roff.italic("OPTION"))]... \(Roff.italic("COMMAND")) [\(Roff.italic("WORD"))]..."
        )
        roff.macro("SH", "DESCRIPTION")
        roff.words(tool.abstract)
        roff.macro("PP")
        roff.paragraphs(tool.notes)
        roff.macro("PP")
        roff.raw(
            "The commands stand below by what they are for; \(Roff.bold("\(tool.name) help")) \(Roff.italic("COMMAND")) "
                + "shows the same of one of them."
        )
    }

    // MARK: Commands

    private func writeCommands(_ roff: inout Roff) {
        for group in Command.Group.allCases {
            let commands = tool.commands.filter { $0.group == group && !$0.isHidden }
            guard !commands.isEmpty else { continue }
            roff.macro("SS", group.rawValue)
            for command in commands { write(command, &roff) }
        }
        // Those with two underscores are called by scripts.
        let former = tool.commands.filter { $0.isHidden && !$0.name.hasPrefix("__") }
        guard !former.isEmpty else { return }
        roff.macro("SS", "Former names")
        roff.words("These work as in earlier versions:")
        for command in former { roff.item(Self.usage(of: command), command.abstract) }
    }

    private func write(_ command: Command, _ roff: inout Roff) {
        roff.item(Self.usage(of: command), command.abstract)
        roff.macro("RS")
        if !command.discussion.isEmpty {
            roff.macro("PP")
            roff.paragraphs(command.discussion)
        }
        write(command.options, &roff)
        if !command.examples.isEmpty {
            roff.macro("PP")
            roff.words(command.examples.count == 1 ? "Example:" : "Examples:")
            write(command.examples, &roff)
        }
        if !command.json.isEmpty {
            roff.macro("PP")
            roff.raw("With \(Roff.bold("--json")): \(Roff.escaped(command.json))")
        }
        if !command.aliases.isEmpty {
            roff.macro("PP")
            roff.raw("Also called: \(command.aliases.map(Roff.bold).joined(separator: ", "))")
        }
        roff.macro("RE")
    }

    private static func usage(of command: Command) -> String {
        let operands = command.operands.map { operand in
            operand.usage.replacing(operand.name, with: "\u{1}\(operand.name)\u{2}")
        }
        // Brackets and dots stand upright around the slanted name.
        let slanted = operands.map {
            Roff.escaped($0).replacing("\u{1}", with: "\\fI").replacing("\u{2}", with: "\\fR")
        }
        return ([Roff.bold(command.name)] + slanted).joined(separator: " ")
    }

    private func write(_ options: [Option], _ roff: inout Roff) {
        for option in options where !option.isHidden {
            let short = option.short.map { "\(Roff.bold("-\($0)")), " } ?? ""
            let value = option.value.map { " \(Roff.italic($0))" } ?? ""
            roff.item(short + Roff.bold("--\(option.name)") + value, option.help)
        }
    }

    private func write(_ examples: [Command.Example], _ roff: inout Roff) {
        // Without lines between them.
        roff.macro("PD", "0")
        defer { roff.macro("PD") }
        for example in examples { roff.item(Roff.bold("\(tool.name) \(example.line)"), example.meaning) }
    }

    // MARK: What is around the program

    private func writeSurroundings(_ roff: inout Roff) {
        roff.macro("SH", "ENVIRONMENT")
        for (name, meaning) in Self.environment + tool.environment { roff.item(Roff.bold(name), meaning) }
        roff.macro("SH", "FILES")
        for (path, meaning) in Self.files + tool.files { roff.item(Roff.italic(path), meaning) }
        roff.macro("SH", "EXIT STATUS")
        for code in ExitCode.documented { roff.item(Roff.bold("\(code.rawValue)"), code.meaning) }
        for (code, meaning) in tool.exitCodes { roff.item(Roff.bold(code), meaning) }
        roff.macro("SH", "SEE ALSO")
        let others = Self.pages.filter { $0.name != tool.name }
        roff.raw(others.map { "\(Roff.bold($0.name))(\($0.section))" }.joined(separator: ", "))
    }

    /// The pages of the project.
    private static let pages: [(name: String, section: Int)] = [
        ("gaffer", 1), ("gafferctl", 1), ("gafferd.ini", 5), ("gaffer-api", 7), ("gaffer-events", 7), ("gafferd", 8),
    ]

    private static let environment: [(name: String, meaning: String)] = [
        ("GAFFER_ENDPOINT", "where gafferd listens, where --endpoint does not say it"),
        ("GAFFER_API_KEY", "the API key, where neither --api-key nor --api-key-file is given"),
        ("GAFFER_API_KEY_FILE", "a file with the API key, where GAFFER_API_KEY is not set"),
        ("GAFFER_CONFIG", "the user's settings, in the place of the files below"),
        ("NO_COLOR", "set: the output has no colours"),
        ("FORCE_COLOR, CLICOLOR_FORCE", "set to anything but 0: it has colours, a terminal or not"),
        ("COLUMNS", "the width of tables on a terminal that does not tell its own"),
    ]

    private static let files: [(path: String, meaning: String)] = [
        ("/run/gaffer/gafferd.sock", "where the system's gafferd listens"),
        ("$XDG_RUNTIME_DIR/gaffer/gafferd.sock", "where an ordinary user's own gafferd does"),
        (
            "$XDG_CONFIG_HOME/gaffer/gaffer.ini, ~/.gaffer/gaffer.ini",
            """
            the user's settings: for each gafferd a section [node "ENDPOINT"] with key, cacert, certfile and keyfile; \
            login writes the key there
            """
        ),
    ]
}
