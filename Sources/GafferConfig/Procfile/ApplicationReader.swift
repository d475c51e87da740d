internal import GafferModel

/// Makes a ``ProcfileApplication`` of its texts and options, and tells all that is to be said of them.
struct ApplicationReader {
    private let sources: ApplicationSources
    private let options: ProcfileApplication.Options
    private let procfile: Procfile
    let environment: ApplicationEnvironment
    /// What a command line is for each entry; nil where it can't be run.
    private var commands: [String: ShellLine] = [:]
    private(set) var findings: [ConfigFinding] = []
    /// What was made; nil where there are errors.
    private(set) var application: ProcfileApplication?

    init(_ sources: ApplicationSources, options: ProcfileApplication.Options) {
        self.sources = sources
        self.options = options
        let reader = ProcfileReader(sources.procfile)
        procfile = reader.procfile
        environment = ApplicationEnvironment(sources.environment)
        for error in reader.errors { findings.append(ConfigFinding(.error, error)) }
        readCommands()
        findings.sort { ($0.error.line, $0.error.column) < ($1.error.line, $1.error.column) }
        if procfile.entries.isEmpty, reader.errors.isEmpty {
            fail(
                .error,
                file: procfile.file,
                "It has no entries: write NAME: COMMAND, a line for each type of process."
            )
        }
        findings += environment.findings
        read()
    }

    /// The entries whose command says which program it is.
    var programs: [(entry: Procfile.Entry, program: String)] {
        procfile.entries.compactMap { entry in commands[entry.name]?.programWord.map { (entry, $0) } }
    }

    private mutating func readCommands() {
        for entry in procfile.entries {
            do throws(ShellLine.Failure) {
                commands[entry.name] = try ShellLine(parsing: entry.command)
            } catch {
                let message = "The command of \(entry.name) can't be run: \(error.message)."
                fail(.error, file: procfile.file, line: entry.line, column: entry.column + error.offset, message)
            }
        }
    }

    private mutating func read() {
        let name = readName()
        let (uid, gid) = (account("GAFFER_UID", as: "uid"), account("GAFFER_GID", as: "gid"))
        let inputs = readInputs()
        for type in options.formation.counts.keys.sorted() {
            checkType(type, of: "-c", "\(type)=\(options.formation.count(of: type))")
        }
        for type in options.only { checkType(type, of: "--only", type) }
        for type in options.except { checkType(type, of: "--except", type) }
        let base = readPort()
        guard !findings.contains(where: { $0.severity == .error }) else { return }

        var types: [ProcfileApplication.ProcessType] = []
        for (position, entry) in procfile.entries.enumerated() where isWanted(entry.name) {
            guard let command = commands[entry.name], let job = jobName(name, entry) else { return }
            types.append(
                ProcfileApplication.ProcessType(
                    name: job,
                    command: command,
                    count: options.formation.count(of: entry.name),
                    port: base.map { $0 + 100 * position },
                    redirectsInput: inputs.contains(entry.name),
                    position: position,
                    line: entry.line
                )
            )
        }
        guard !types.isEmpty else {
            return fail(.error, file: "", "No type of process is left to run: all are left out.")
        }
        for type in types { checkPorts(of: type) }
        guard !findings.contains(where: { $0.severity == .error }) else { return }
        application = ProcfileApplication(
            name: name,
            folder: sources.folder,
            environment: environment.variables,
            uid: uid,
            gid: gid,
            types: types
        )
    }

    private mutating func readName() -> String {
        do throws(ConfigErrors) {
            switch options.naming {
            case .named("."), .folder: return try ApplicationName.of(folder: sources.folder)
            case .nearFolder: return ApplicationName.nearest(to: ApplicationName.lastPart(of: sources.folder))
            case .named(let name):
                try ApplicationName.check(name)
                return name
            }
        } catch {
            for error in error.errors { findings.append(ConfigFinding(.error, error)) }
            return ""
        }
    }

    private mutating func jobName(_ application: String, _ entry: Procfile.Entry) -> JobName? {
        do {
            return try JobName(session: application, job: entry.name)
        } catch {
            // Both were looked at before.
            fail(.error, file: procfile.file, line: entry.line, error.message)
            return nil
        }
    }

    private func isWanted(_ type: String) -> Bool {
        (options.only.isEmpty || options.only.contains(type)) && !options.except.contains(type)
            && options.formation.count(of: type) > 0
    }

    // MARK: - Variables that are meant for gaffer

    private mutating func account(_ variable: String, as setting: String) -> Account? {
        guard let text = environment.variables[variable], !text.isEmpty else { return nil }
        var config = JobConfig(cmd: "")
        var pending = JobConfig.PendingFiles()
        do throws(SettingError) {
            try config.set(setting, to: .text(text), pending: &pending)
        } catch {
            fail(.error, variable: variable, "\(variable) is \(text.cited): \(error.sentenceEnd)")
        }
        return setting == "uid" ? config.uid : config.gid
    }

    private mutating func readInputs() -> Set<String> {
        let text = environment.variables["GAFFER_REDIRECT_INPUT"] ?? ""
        let names = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
        for name in names where procfile[name] == nil {
            fail(.warning, variable: "GAFFER_REDIRECT_INPUT", "GAFFER_REDIRECT_INPUT: \(unknown(name))")
        }
        return Set(names)
    }

    // MARK: - Ports

    /// The `PORT` of the first entry's first process; nil where the `.env` files give it to all.
    private mutating func readPort() -> Int? {
        if let port = options.port {
            guard (1...65_535).contains(port) else {
                let error = ConfigError.ofOption("--port", String(port), "A port from 1 to 65535 is expected.")
                findings.append(ConfigFinding(.error, error))
                return nil
            }
            return port
        }
        if let text = environment.variables["PORT"] {
            if UInt16(text) ?? 0 == 0 {
                fail(.warning, variable: "PORT", "PORT is \(text.cited), which is no port.")
            }
            return nil
        }
        guard let text = options.inherited["PORT"], !text.isEmpty else { return ProcfileApplication.standardPort }
        guard let port = UInt16(text), port > 0 else {
            let message =
                "The environment's PORT is \(text.cited): a port from 1 to 65535 is expected. Unset it, or "
                + "give --port."
            fail(.error, file: "", message)
            return nil
        }
        return Int(port)
    }

    private mutating func checkPorts(of type: ProcfileApplication.ProcessType) {
        guard let port = type.port else {
            // The shell's own reading: as good as certain, and only for a warning.
            let namesPort = ["$PORT", "${PORT"].contains { type.command.text.contains($0) }
            if namesPort, type.count > 1 {
                let message =
                    "All \(type.count) processes of \(type.name.job) get the same PORT: take it away here to "
                    + "have one for each."
                fail(.warning, variable: "PORT", message)
            }
            return
        }
        let last = port + type.count - 1
        if last > 65_535 {
            let message =
                "The PORT of \(type.name.job).\(type.count) would be \(last), and no port is so high: give PORT "
                + "in a .env file, or a lower --port."
            fail(.error, file: procfile.file, line: type.line, message)
        } else if type.count > 100, type.position + 1 < procfile.entries.count {
            let next = procfile.entries[type.position + 1].name
            let message = "More than 100 processes of \(type.name.job) reach into the PORTs of \(next)."
            fail(.warning, file: procfile.file, line: type.line, message)
        }
    }

    // MARK: - Findings

    private mutating func checkType(_ type: String, of option: String, _ value: String) {
        guard procfile[type] == nil else { return }
        findings.append(ConfigFinding(.error, ConfigError.ofOption(option, value, unknown(type))))
    }

    /// That a type does not exist, and which may be meant.
    private func unknown(_ type: String) -> String {
        let start = "There is no \(type.printable) in the Procfile"
        let names = procfile.entries.map(\.name)
        if let near = nearest(to: type, among: names) { return "\(start); did you mean \(near)?" }
        let shown = names.prefix(10).joined(separator: ", ")
        guard !names.isEmpty else { return "\(start)." }
        return "\(start), which has \(shown)\(names.count > 10 ? ", …" : "")."
    }

    private mutating func fail(
        _ severity: ConfigFinding.Severity,
        file: String,
        line: Int = 0,
        column: Int = 0,
        _ message: String
    ) {
        let error = ConfigError(file: file, line: line, column: column, message: message)
        findings.append(ConfigFinding(severity, error))
    }

    private mutating func fail(_ severity: ConfigFinding.Severity, variable: String, _ message: String) {
        let place = environment.places[variable]
        fail(severity, file: place?.file ?? "", line: place?.line ?? 0, message)
    }
}
