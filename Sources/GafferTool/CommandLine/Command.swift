/// One command of a program: its options, its help and what it does.
///
/// Parsing, help, suggestions and completions are all made from these tables; so a command is one file. (A library that
/// finds the options by reflection costs more time than the rest of `gafferctl status` together.)
package struct Command: Sendable {
    /// Under which heading the command stands in the help.
    package enum Group: String, Sendable, CaseIterable {
        case look = "Look"
        case control = "Control"
        case configure = "Configure"
        case access = "Access"
        case other = "Other"
    }

    /// A command line that shows how it is used.
    package struct Example: Sendable {
        package let line: String
        package let meaning: String

        package init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// The word that selects it.
    package let name: String
    /// Older words for it, which the help does not show.
    package var aliases: [String] = []
    /// Whether the help and the completions leave it out.
    package var isHidden = false
    /// Its heading.
    package var group = Group.other
    /// What it does, in a sentence.
    package let abstract: String
    /// More about it, in paragraphs.
    package var discussion = ""
    /// Its operands, in order.
    package var operands: [Operand] = []
    /// Its own options, without the common ones.
    package var options: [Option] = []
    /// Whether every word after it is an operand, whatever it looks like.
    package var takesWordsAsTheyAre = false
    /// Whether every word after its first operand is one: they are another program's command line.
    package var endsOptionsAtOperand = false
    /// How it is used.
    package var examples: [Example] = []
    /// What `--json` prints.
    package var json = ""
    /// Carries it out.
    package let run: @Sendable (Invocation) throws -> ExitCode

    package init(
        name: String,
        aliases: [String] = [],
        isHidden: Bool = false,
        group: Group = .other,
        abstract: String,
        discussion: String = "",
        operands: [Operand] = [],
        options: [Option] = [],
        takesWordsAsTheyAre: Bool = false,
        endsOptionsAtOperand: Bool = false,
        examples: [Example] = [],
        json: String = "",
        run: @escaping @Sendable (Invocation) throws -> ExitCode
    ) {
        self.name = name
        self.aliases = aliases
        self.isHidden = isHidden
        self.group = group
        self.abstract = abstract
        self.discussion = discussion
        self.operands = operands
        self.options = options
        self.takesWordsAsTheyAre = takesWordsAsTheyAre
        self.endsOptionsAtOperand = endsOptionsAtOperand
        self.examples = examples
        self.json = json
        self.run = run
    }
}

/// An option of a command line: `--name`, `--name VALUE` or `-n VALUE`.
package struct Option: Sendable {
    /// The long name, without its dashes.
    package let name: String
    /// Other long names for it, which the help does not show.
    package var aliases: [String] = []
    /// The one-letter name.
    package var short: Character?
    /// The name of its value in the help; nil: it takes none.
    package var value: String?
    /// The words that its value may be; empty: any.
    package var choices: [String] = []
    /// What its value can be completed with.
    package var completion = Completion.none
    /// What it does, in a few words.
    package let help: String
    /// Whether the help and the completions leave it out.
    package var isHidden = false

    package init(
        name: String,
        aliases: [String] = [],
        short: Character? = nil,
        value: String? = nil,
        choices: [String] = [],
        completion: Completion = .none,
        help: String,
        isHidden: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.short = short
        self.value = value
        self.choices = choices
        self.completion = completion
        self.help = help
        self.isHidden = isHidden
    }
}

/// An operand of a command.
package struct Operand: Sendable {
    /// How many there may be.
    package enum Count: Sendable {
        case one, optional, any, atLeastOne
    }

    /// Its name in the help, in capitals.
    package let name: String
    /// How many there may be; only the last operand of a command may be given more than once.
    package var count = Count.one
    /// What it can be completed with.
    package var completion = Completion.none

    package init(_ name: String, _ count: Count = .one, _ completion: Completion = .none) {
        self.name = name
        self.count = count
        self.completion = completion
    }

    /// As the usage line shows it.
    package var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .any: "[\(name)]..."
        case .atLeastOne: "\(name)..."
        }
    }
}

/// What a word of a command line can be completed with.
package enum Completion: Sendable, Equatable {
    case none
    /// The names of commands.
    case command
    /// Jobs, and sessions with several of them.
    case job
    /// Jobs, sessions and pids.
    case jobOrPid
    /// Sessions.
    case session
    /// Files of the shell.
    case file
    /// Names of signals.
    case signal
    /// Types of processes of the application's Procfile; see ``ApplicationScope``.
    case processType
    /// These words.
    case words([String])
}

extension Option {
    /// Whether it is the one that a long name means.
    package func isNamed(_ name: some StringProtocol) -> Bool { self.name == name || aliases.contains { $0 == name } }

    /// The options of every command.
    package static let common: [Option] = [
        Option(
            name: "endpoint",
            value: "ENDPOINT",
            help: "where gafferd listens: unix:PATH, http://HOST[:PORT] or https://HOST[:PORT]"
        ),
        Option(name: "api-key-file", value: "FILE", completion: .file, help: "a file with the API key"),
        Option(name: "api-key", value: "KEY", help: "the API key; others see it in the list of processes"),
        Option(
            name: "cacert",
            value: "FILE",
            completion: .file,
            help: "https: certificates of the authorities that are trusted; the system's otherwise"
        ),
        Option(name: "certfile", value: "FILE", completion: .file, help: "https: a certificate to show to gafferd"),
        Option(name: "keyfile", value: "FILE", completion: .file, help: "https: the key of that certificate"),
        Option(name: "json", help: "print one JSON document"),
        Option(
            name: "color",
            value: "WHEN",
            choices: ["auto", "always", "never"],
            help: "colour the output: auto, always or never"
        ),
        Option(name: "no-color", help: "the same as --color never"),
        Option(name: "quiet", short: "q", help: "print no confirmations; status prints nothing"),
        Option(name: "help", short: "h", help: "show this help"),
        Option(name: "version", help: "show the version", isHidden: true),
    ]

    /// The options of every command that changes something.
    package static let waiting: [Option] = [
        Option(name: "wait", help: "wait until it is done (the default)"),
        Option(name: "no-wait", help: "return as soon as gafferd has taken it"),
        Option(name: "timeout", value: "SECONDS", help: "how long to wait, in seconds (90)"),
    ]
}
