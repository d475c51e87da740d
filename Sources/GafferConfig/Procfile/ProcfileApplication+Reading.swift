package import GafferModel

extension ProcfileApplication {
    /// The base of `PORT` where nothing gives one.
    package static let standardPort = 5000

    /// Makes an application of its texts.
    ///
    /// - Throws: ``ConfigErrors`` with everything that is wrong: by file, line and column where it is in a file, without
    ///   a file where it is in the options.
    package init(_ sources: ApplicationSources, options: Options = Options()) throws(ConfigErrors) {
        let reader = ApplicationReader(sources, options: options)
        guard let application = reader.application else {
            throw ConfigErrors(reader.findings.filter { $0.severity == .error }.map(\.error))
        }
        self = application
    }

    /// What of the machine a check asks for.
    package struct Lookups: Sendable {
        /// Whether there is a program: a path, relative to the application's folder, or a name for the `PATH` of the
        /// variables, else the inherited one.
        package var programExists: @Sendable (_ word: String, _ variables: [String: String]) -> Bool
        package var accounts: ConfigReader.Accounts

        package init(
            programExists: @escaping @Sendable (_ word: String, _ variables: [String: String]) -> Bool,
            accounts: ConfigReader.Accounts
        ) {
            self.programExists = programExists
            self.accounts = accounts
        }
    }

    /// Everything that is to be said of an application's texts and options.
    ///
    /// The errors for which ``init(_:options:)`` refuses them come first, then warnings; those of the Procfile before
    /// those of the `.env` files, and those of the options last.
    package static func check(
        _ sources: ApplicationSources,
        options: Options = Options(),
        lookups: Lookups
    ) -> [ConfigFinding] {
        let reader = ApplicationReader(sources, options: options)
        var findings = reader.findings
        func warn(_ place: (file: String, line: Int), _ message: String) {
            let error = ConfigError(file: place.file, line: place.line, message: message)
            findings.append(ConfigFinding(.warning, error))
        }
        let variables = reader.environment.variables
        for (entry, program) in reader.programs where !lookups.programExists(program, variables) {
            warn((sources.procfile.file, entry.line), "\(entry.name): there is no program \(program.cited).")
        }
        for (variable, kind, exists) in [
            ("GAFFER_UID", "user", lookups.accounts.userExists), ("GAFFER_GID", "group", lookups.accounts.groupExists),
        ] {
            guard let name = variables[variable], !name.isEmpty, UInt32(name) == nil, !exists(name),
                let place = reader.environment.places[variable]
            else { continue }
            warn((place.file, place.line), "\(variable) is \(name.cited): there is no such \(kind) here.")
        }
        return findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
    }
}

extension ProcfileApplication {
    /// The jobs as a manager takes them, in the Procfile's order, which is that of starting.
    package var jobs: [(name: JobName, config: JobConfig)] {
        types.map { ($0.name, config(of: $0)) }
    }

    /// What the job of a type runs, and how: all else is as the defaults of ``JobConfig``.
    ///
    /// The processes inherit the environment of the gaffer or gafferd that starts them.
    package func config(of type: ProcessType) -> JobConfig {
        var config: JobConfig
        switch type.command.form {
        case .words(let words):
            let words = words.map(Self.literal)
            config = JobConfig(cmd: ShellWords.quote(words.first ?? ""))
            config.args = Array(words.dropFirst())
        case .exec(let script), .script(let script):
            config = JobConfig(cmd: script)
            config.shell = true
        }
        config.env = environment
        // A port that is computed wins over a variable, which is there then because an option was given.
        if type.port != nil { config.env["PORT"] = nil }
        config.port = type.port
        config.osEnv = true
        config.uid = uid
        config.gid = gid
        config.cwd = folder
        config.numprocesses = type.count
        config.priority = type.position
        config.redirectInput = type.redirectsInput
        return config
    }

    /// A word of which nothing is replaced any more.
    private static func literal(_ word: String) -> String {
        var literal = String.UnicodeScalarView()
        for scalar in word.unicodeScalars { literal.append(contentsOf: scalar == "$" ? ["$", "$"] : [scalar]) }
        return String(literal)
    }
}
