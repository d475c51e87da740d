/// A program: its commands, and what its help says beside theirs.
package struct Tool: Sendable {
    /// Its name, as it is typed.
    package let name: String
    /// What it does, in a sentence.
    package let abstract: String
    /// How it is used: what `--help` shows.
    package let examples: [Command.Example]
    /// What it shows where no command is given.
    package let brief: [Command.Example]
    /// What `--help` tells below the options, in paragraphs.
    package let notes: String
    /// Every command, in the order of the help.
    package let commands: [Command]
    /// The options of every command.
    package let options: [Option]
    /// What it takes names for; nil: those of a whole gafferd.
    package let scope: ApplicationScope?
    /// How it ends, beside the codes of all programs.
    package let exitCodes: [(code: String, meaning: String)]
    /// The variables that it takes from its environment, beside those of all programs.
    package var environment: [(name: String, meaning: String)] = []
    /// The files that it reads or writes, beside those of all programs.
    package var files: [(path: String, meaning: String)] = []

    package init(
        name: String,
        abstract: String,
        examples: [Command.Example],
        brief: [Command.Example],
        notes: String,
        commands: [Command],
        options: [Option] = Option.common,
        scope: ApplicationScope? = nil,
        exitCodes: [(code: String, meaning: String)] = []
    ) {
        self.name = name
        self.abstract = abstract
        self.examples = examples
        self.brief = brief
        self.notes = notes
        // Each program can tell its manual page.
        self.commands = commands + [.manual]
        self.options = options
        self.scope = scope
        self.exitCodes = exitCodes
    }

    /// The command of that name or alias.
    package func command(named word: String) -> Command? {
        commands.first { $0.name == word } ?? commands.first { $0.aliases.contains(word) }
    }

    /// The command that a mistyped word may have meant, as the end of a message.
    package func suggestion(for word: String) -> String {
        let near = Suggestion.nearest(to: word, among: commands.filter { !$0.isHidden }.map(\.name))
        return near.map { " Did you mean \($0)?" } ?? ""
    }
}

/// What a program does that works within one application: names without a session are jobs of that one.
package struct ApplicationScope: Sendable {
    /// The name of the application, which is the session of its jobs.
    package let name: @Sendable (Invocation) throws -> String
    /// The types of processes in its Procfile, for completions; none where there is no Procfile.
    package let types: @Sendable (Invocation) -> [String]

    package init(
        name: @escaping @Sendable (Invocation) throws -> String,
        types: @escaping @Sendable (Invocation) -> [String]
    ) {
        self.name = name
        self.types = types
    }
}
