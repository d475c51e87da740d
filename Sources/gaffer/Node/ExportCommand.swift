internal import GafferConfig
internal import GafferModel
internal import GafferTool

extension NodeCommands {
    static let export = Command(
        name: "export",
        group: .configure,
        abstract: "Writes the application for gafferd's configuration, systemd or supervisord.",
        discussion: """
            TYPE is one type of the Procfile; all of them otherwise. ini is a file that
            gafferd's configuration includes, json is for 'gaffer load', systemd are a unit
            for each type and a target, supervisor is a file for supervisord. What the
            format can't say is told on the standard error. No gafferd is asked.
            """,
        operands: [Operand("TYPE", .optional, .processType)],
        options: [
            Option(
                name: "format",
                value: "FORMAT",
                choices: ApplicationExport.Format.allCases.map(\.rawValue),
                help: "ini (the default), json, systemd or supervisor"
            ),
            .out, .force, .concurrency, .basePort,
        ],
        examples: [
            Command.Example("export", "prints the application as sections of gaffer's ini"),
            Command.Example("export web --format json", "one type, for 'gaffer load -'"),
            Command.Example("export --format systemd --out units", "units, in the folder units"),
        ],
        json: #"{"files": [{"name", "text", "path"}, ...], "notes": ["what the format can't say", ...]}; "#
            + "path is null without --out"
    ) { invocation in
        try ExportCommand(invocation: invocation).run()
    }
}

private struct ExportCommand {
    let invocation: Invocation

    func run() throws -> ExitCode {
        let (application, export) = try exported()
        var paths: [String]?
        if let out = invocation.line.value("out") {
            let (folder, places) = OutputFiles.places(export.files.map(\.name), out: out)
            let files = OutputFiles(
                replaces: invocation.line.has("force"),
                isPrivate: !application.environment.isEmpty
            )
            try files.write(zip(places, export.files).map { .init(path: $0, text: $1.text) }, makingFolder: folder)
            paths = places
        }
        show(export, paths)
        return .ok
    }

    private func exported() throws -> (ProcfileApplication, ApplicationExport) {
        let sources = try invocation.procfileSources()
        var options = ProcfileApplication.Options(
            formation: try invocation.formation(),
            port: try invocation.basePort()
        )
        if let name = invocation.givenApplication { options.naming = .named(name) }
        let format = invocation.line.value("format").flatMap(ApplicationExport.Format.init) ?? .ini
        if let type = invocation.operands.first, case let types = invocation.processTypes(), !types.contains(type) {
            let hint = Suggestion.nearest(to: type, among: types).map { " Did you mean \($0)?" } ?? ""
            throw Failure(.notFound, "There is no type \(type.quoted) in \(sources.procfile.file.escaped).\(hint)")
        }
        return try invocation.configured { () throws(ConfigErrors) in
            let application = try ProcfileApplication(sources, options: options)
            return (application, try ApplicationExport(application, as: format, type: invocation.operands.first))
        }
    }

    private func show(_ export: ApplicationExport, _ paths: [String]?) {
        let output = invocation.output
        if invocation.wantsJSON {
            let files: [JSON] = export.files.enumerated().map { index, file in
                let path: JSON = paths.map { .string($0[index]) } ?? .null
                return ["name": .string(file.name), "text": .string(file.text), "path": path]
            }
            invocation.print(["files": .array(files), "notes": .array(export.notes.map(JSON.string))])
            return
        }
        if let paths {
            for path in paths { invocation.confirm("\(path.escaped): written") }
        } else {
            for (index, file) in export.files.enumerated() {
                // Several files can't be told apart otherwise; the line is a comment in each format that has several.
                if export.files.count > 1 { output.line("\(index > 0 ? "\n" : "")# ---- \(file.name)") }
                output.write(Array(file.text.utf8))
            }
        }
        for note in export.notes { output.message(note) }
    }
}
