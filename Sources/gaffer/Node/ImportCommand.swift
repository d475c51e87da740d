internal import GafferConfig
internal import GafferModel
internal import GafferTool
internal import Glibc

extension NodeCommands {
    static let `import` = Command(
        name: "import",
        group: .configure,
        abstract: "Makes gaffer's ini of a configuration of supervisord or circus, or of a systemd unit.",
        discussion: """
            The ini is printed, or written with --out; what could not be carried over, or
            means something else, is told on the standard error, line by line. Files that
            supervisord's configuration or circus' includes are read, too, and the drop-ins
            beside a unit. Without --from the kind is told by the file itself; - is the
            standard input. No gafferd is asked.
            """,
        operands: [Operand("FILE", .one, .file)],
        options: [
            Option(
                name: "from",
                value: "KIND",
                choices: ["supervisord", "circus", "systemd"],
                help: "what it is: supervisord, circus or systemd"
            ),
            .out, .force,
            Option(name: "all", help: "tell of what is carried over as it is, too"),
        ],
        examples: [
            Command.Example("import /etc/supervisor/supervisord.conf", "prints the sections of its programs"),
            Command.Example("import circus.ini --app shop --out shop.ini", "into a file, with the session shop"),
            Command.Example("import --from systemd - < web.service", "from the standard input"),
        ],
        json: #"{"jobs": ["SESSION.JOB", ...], "ini": "the text, without --out", "path": "FILE, with --out", "#
            + #""findings": [{"file", "line", "section", "key", "value", "verdict", "text"}, ...]}; "#
            + "verdict is carried, changed or left out"
    ) { invocation in
        try ImportCommand(invocation: invocation).run()
    }
}

private struct ImportCommand {
    let invocation: Invocation

    func run() throws -> ExitCode {
        let path = invocation.operands[0]
        let bytes = try JobFile.contents(of: path, input: invocation.environment.input)
        // A unit is known by the end of its name.
        let piped = invocation.line.value("from") == "systemd" ? "stdin.service" : "stdin"
        let source = ConfigImport.Source(file: path == "-" ? piped : path, content: bytes)
        guard let format = format(of: source) else {
            throw Failure(
                .failed,
                "\(path.escaped) looks like none of supervisord, circus and systemd: say with --from what it is."
            )
        }
        let dropIns = try format == .systemd ? Self.dropIns(of: path) : []
        let options = ConfigImport.Options(
            session: invocation.givenApplication ?? JobName.defaultSession,
            hostName: Self.hostName,
            include: path == "-" ? nil : Self.included
        )
        let result = try invocation.configured { () throws(ConfigErrors) in
            try ConfigImport.run(source, as: format, dropIns: dropIns, options: options)
        }
        let out = invocation.line.value("out")
        if let out, !result.jobs.isEmpty {
            let name = (path.split(separator: "/").last ?? "import").prefix { $0 != "." } + ".ini"
            let (folder, paths) = OutputFiles.places([String(name)], out: out)
            // The variables of the jobs are in it.
            let files = OutputFiles(replaces: invocation.line.has("force"), isPrivate: true)
            try files.write(paths.map { .init(path: $0, text: result.ini) }, makingFolder: folder)
        }
        show(result, out)
        guard result.jobs.isEmpty else { return .ok }
        throw Failure(.failed, "\(path.escaped) has no job that could be imported.")
    }

    private func show(_ result: ImportedConfiguration, _ out: String?) {
        if invocation.wantsJSON {
            invocation.print([
                "jobs": .array(result.jobs.map { .string("\($0)") }),
                out == nil ? "ini" : "path": .string(out ?? result.ini),
                "findings": .array(result.findings.map(\.json)),
            ])
            return
        }
        if out == nil { invocation.output.write(Array(result.ini.utf8)) }
        if invocation.isQuiet { return }
        for line in result.report(all: invocation.line.has("all")).split(separator: "\n") {
            invocation.output.message(String(line))
        }
    }

    private func format(of source: ConfigImport.Source) -> ConfigImport.Format? {
        switch invocation.line.value("from") {
        case "supervisord": .supervisor
        case "circus": .circus
        case "systemd": .systemd
        default: ConfigImport.format(of: source)
        }
    }

    private static var hostName: String? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        return withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The drop-ins of a unit: `web.service.d/*.conf`.
    private static func dropIns(of path: String) throws(Failure) -> [ConfigImport.Source] {
        var sources: [ConfigImport.Source] = []
        guard path != "-" else { return sources }
        for file in files(matching: "*.conf", in: "\(path).d") {
            sources.append(ConfigImport.Source(file: file, content: try JobFile.contents(of: file)))
        }
        return sources
    }

    /// The files of an include; those that can't be read are not there, which is told.
    private static let included: @Sendable (String, String) -> [ConfigImport.Source] = { pattern, folder in
        files(matching: pattern, in: folder).compactMap { file in
            (try? JobFile.contents(of: file)).map { ConfigImport.Source(file: file, content: $0) }
        }
    }

    /// The files that a pattern names, sorted.
    private static func files(matching pattern: String, in folder: String) -> [String] {
        // The folder stands for itself, whatever its name is made of.
        let special: Set<Character> = ["*", "?", "[", "\\"]
        let quoted = String(folder.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
        var found = glob_t()
        defer { globfree(&found) }
        let whole = pattern.hasPrefix("/") || folder.isEmpty ? pattern : "\(quoted)/\(pattern)"
        guard glob(whole, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }
}
