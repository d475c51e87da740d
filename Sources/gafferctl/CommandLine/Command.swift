/// One command of gafferctl: its options, its help and what it does.
///
/// Parsing, help, suggestions and completions are all made from these tables; so a command is one file. (A library that
/// finds the options by reflection costs more time than the rest of `gafferctl status` together.)
struct Command: Sendable {
    /// Under which heading the command stands in the help.
    enum Group: String, Sendable, CaseIterable {
        case look = "Look"
        case control = "Control"
        case configure = "Configure"
        case access = "Access"
        case other = "Other"
    }

    /// A command line that shows how it is used.
    struct Example: Sendable {
        let line: String
        let meaning: String

        init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// The word that selects it.
    let name: String
    /// Older words for it, which the help does not show.
    var aliases: [String] = []
    /// Whether the help and the completions leave it out.
    var isHidden = false
    /// Its heading.
    var group = Group.other
    /// What it does, in a sentence.
    let abstract: String
    /// More about it, in paragraphs.
    var discussion = ""
    /// Its operands, in order.
    var operands: [Operand] = []
    /// Its own options, without the common ones.
    var options: [Option] = []
    /// Whether every word after it is an operand, whatever it looks like.
    var takesWordsAsTheyAre = false
    /// How it is used.
    var examples: [Example] = []
    /// What `--json` prints.
    var json = ""
    /// Carries it out.
    let run: @Sendable (Invocation) throws -> ExitCode
}

/// An option of a command line: `--name`, `--name VALUE` or `-n VALUE`.
struct Option: Sendable {
    /// The long name, without its dashes.
    let name: String
    /// The one-letter name.
    var short: Character?
    /// The name of its value in the help; nil: it takes none.
    var value: String?
    /// The words that its value may be; empty: any.
    var choices: [String] = []
    /// What its value can be completed with.
    var completion = Completion.none
    /// What it does, in a few words.
    let help: String
    /// Whether the help and the completions leave it out.
    var isHidden = false
}

/// An operand of a command.
struct Operand: Sendable {
    /// How many there may be.
    enum Count: Sendable {
        case one, optional, any, atLeastOne
    }

    /// Its name in the help, in capitals.
    let name: String
    /// How many there may be; only the last operand of a command may be given more than once.
    var count = Count.one
    /// What it can be completed with.
    var completion = Completion.none

    init(_ name: String, _ count: Count = .one, _ completion: Completion = .none) {
        self.name = name
        self.count = count
        self.completion = completion
    }

    /// As the usage line shows it.
    var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .any: "[\(name)]..."
        case .atLeastOne: "\(name)..."
        }
    }
}

/// What a word of a command line can be completed with.
enum Completion: Sendable, Equatable {
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
    /// These words.
    case words([String])
}

extension Option {
    /// The options of every command.
    static let common: [Option] = [
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
        Option(name: "version", help: "show the version of gafferctl", isHidden: true),
    ]

    /// The options of every command that changes something.
    static let waiting: [Option] = [
        Option(name: "wait", help: "wait until it is done (the default)"),
        Option(name: "no-wait", help: "return as soon as gafferd has taken it"),
        Option(name: "timeout", value: "SECONDS", help: "how long to wait, in seconds (90)"),
    ]
}

extension Command {
    /// Every command, in the order of the help.
    static let all: [Command] = [
        .status, .jobs, .sessions, .pids, .info, .stats, .logs, .watch, .recv, .numprocesses,
        .start, .stop, .restart, .reload, .scale, .add, .sub, .kill, .commit, .send, .attach,
        .load, .update, .unload,
        .login, .logout, .user, .key,
        .ping, .version, .completions, .help,
        .processes, .getProcess, .addProcess, .updateProcess, .complete,
    ]

    /// The command of that name or alias.
    static func named(_ word: String) -> Command? {
        all.first { $0.name == word } ?? all.first { $0.aliases.contains(word) }
    }
}
