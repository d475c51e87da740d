internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import GafferTool
internal import Glibc

extension ForegroundCommands {
    static let run = Command(
        name: "run",
        aliases: ["dev:run"],
        group: .control,
        abstract: "Runs a command once in the application's folder, with its variables.",
        discussion: """
            One word that is a type of the Procfile runs that type's command. The command
            takes gaffer's place: it has the terminal, gets the signals, and its exit code
            is gaffer's; 127: there is no such program, 126: it can't be executed. PORT is
            the type's, else that of the first type, unless a .env file gives it. Without
            a Procfile the variables alone count.

            With -c, that many processes run in the foreground as by 'gaffer start'.
            Options of gaffer stand before the command.
            """,
        operands: [Operand("COMMAND", .atLeastOne)],
        options: [
            Option(name: "concurrency", short: "c", value: "N", help: "run N processes of it, as 'gaffer start' does"),
            .basePort,
        ],
        endsOptionsAtOperand: true,
        examples: [
            Command.Example("run bin/console", "with the variables of .env"),
            Command.Example("run web", "the command of the type web"),
            Command.Example("run -e test.env make test", "with further variables"),
        ]
    ) { invocation in
        try RunCommand(invocation).run()
    }
}

private struct RunCommand {
    private let invocation: Invocation
    private let sources: ApplicationSources

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        let isChosen = invocation.line.has("procfile")
        sources = try invocation.procfileSources(
            files: isChosen ? SystemConfigFiles() : OptionalProcfile(files: SystemConfigFiles())
        )
    }

    func run() throws -> ExitCode {
        guard let text = invocation.line.value("concurrency") else { return try replace() }
        guard let count = Int(text), (1...ScaleOperation.maximum).contains(count) else {
            throw invocation.usage("\(text.quoted) is no value of -c: give a number of processes.")
        }
        return try start(count)
    }

    private var options: ProcfileApplication.Options {
        get throws {
            ProcfileApplication.Options(
                naming: invocation.localNaming,
                port: try invocation.basePort(),
                inherited: Invocation.inheritedVariables
            )
        }
    }

    private func application() throws -> ProcfileApplication {
        let options = try options
        return try invocation.configured { () throws(ConfigErrors) in
            try ProcfileApplication(sources, options: options)
        }
    }

    // MARK: In gaffer's place

    private func replace() throws -> ExitCode {
        let application = try application()
        let words = invocation.operands
        let type = words.count == 1 ? application.types.first { $0.name.job == words[0] } : nil
        var variables = Invocation.inheritedVariables
        variables["PORT"] = String(
            try invocation.basePort() ?? variables["PORT"].flatMap { Int($0) } ?? ProcfileApplication.standardPort
        )
        variables.merge(application.environment) { $1 }
        if let port = try invocation.basePort() { variables["PORT"] = String(port) }
        if let type { variables.merge(application.environment(of: type, instance: 1)) { $1 } }
        let credentials: SpawnRequest.Credentials?
        do {
            credentials = try SystemAccounts().credentials(
                user: application.uid.map(AccountReference.init),
                group: application.gid.map(AccountReference.init),
                ownUID: geteuid()
            )
        } catch {
            throw Failure(.failed, "The command can't be run: \(error.message)")
        }
        let request = SpawnRequest(
            program: type?.command.program ?? words[0],
            arguments: type?.command.arguments ?? Array(words.dropFirst()),
            environment: variables.map { "\($0.key)=\($0.value)" }.sorted(),
            workingDirectory: application.folder,
            credentials: credentials
        )
        do throws(SpawnFailure) {
            try request.replaceThisProcess()
        } catch {
            let code: Int32 = error.step != .exec ? 1 : error.errno == ENOENT ? 127 : 126
            throw Failure(ExitCode(rawValue: code), error.message)
        }
    }

    // MARK: In the foreground

    private func start(_ count: Int) throws -> ExitCode {
        // What the Procfile says of errors is told here, too.
        let application = try application()
        let words = invocation.operands
        let type = words.count == 1 ? application.types.first { $0.name.job == words[0] } : nil
        let program = String(words[0].split(separator: "/").last ?? "command")
        let name = type?.name.job ?? ApplicationName.nearest(to: program)
        let command = type?.command.text ?? words.map(ShellWords.quote).joined(separator: " ")
        var sources = sources
        sources.procfile = ApplicationSources.Text(file: "the command", "\(name): \(command)\n")
        var options = try options
        options.formation = Formation(others: count)
        return try invocation.startForeground(sources, options)
    }
}

/// The files as they are, but that a Procfile that is missing has an entry that does nothing.
private struct OptionalProcfile: ConfigFileSource {
    let files: SystemConfigFiles

    func read(_ path: String) throws(ConfigFileFailure) -> [UInt8]? {
        if let content = try files.read(path) { return content }
        return path.hasSuffix("/Procfile") ? Array("none: true\n".utf8) : nil
    }

    func isFolder(_ path: String) -> Bool { files.isFolder(path) }

    func iniFiles(below path: String) throws(ConfigFileFailure) -> [String]? { try files.iniFiles(below: path) }

    func identity(of path: String) -> String { files.identity(of: path) }
}

extension AccountReference {
    init(_ account: Account) {
        switch account {
        case .id(let number): self = .number(number)
        case .name(let name): self = .name(name)
        }
    }
}
