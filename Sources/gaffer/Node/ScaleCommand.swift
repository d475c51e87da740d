internal import GafferClient
internal import GafferModel
internal import GafferTool

extension NodeCommands {
    static let scale = Command(
        name: "scale",
        aliases: ["ps:scale"],
        group: .control,
        abstract: "Changes how many processes of jobs are kept alive.",
        discussion: """
            JOB=N keeps N processes alive, JOB+N so many more, JOB-N so many fewer. The
            others are not touched; the oldest goes first. A first word that is none of
            these is the application's name.
            """,
        operands: [Operand("[NAME] JOB=N", .atLeastOne, .job)],
        options: Option.waiting,
        examples: [
            Command.Example("scale dummy=3", "three processes of the job dummy"),
            Command.Example("scale dummy=3 dummy1+2", "and two more of dummy1"),
            Command.Example("scale shop web-1", "one fewer, of another application"),
        ],
        json: GafferTool.ScaleCommand.document
    ) { invocation in
        try ScaleApplication(invocation).run()
    }
}

private struct ScaleApplication {
    private let invocation: Invocation
    private let wait: GafferClient.Wait
    private let scales: [GafferTool.ScaleCommand.Scale]

    init(_ invocation: Invocation) throws {
        var words = invocation.operands
        var scope = invocation
        if let first = words.first, GafferTool.ScaleCommand.parse(first) == nil, first == "." || JobName.isValid(first)
        {
            words.removeFirst()
            scope = invocation.replacing(adding: [ParsedLine.Given(name: "app", value: first)])
        }
        guard !words.isEmpty else { throw invocation.usage("JOB=N is missing.") }
        self.invocation = scope
        wait = try invocation.wait()
        scales = try words.map { word in
            guard let scale = GafferTool.ScaleCommand.parse(word) else {
                throw invocation.usage("\(word.quoted) is no scale: give JOB=N, JOB+N or JOB-N.")
            }
            return scale
        }
    }

    func run() throws -> ExitCode {
        let client = try invocation.client()
        // All names are looked up before anything changes.
        let jobs = try scales.map { try (names: invocation.jobs([$0.job]), operation: $0.operation) }
        let home = try? invocation.application()
        var report = Report()
        for (names, operation) in jobs {
            for name in names {
                let shown = name.shown(in: home ?? JobName.defaultSession)
                try tell("Scaling \(shown) processes...")
                let outcome = Result { () throws(ClientError) in try client.scale(name, operation, wait: wait) }
                switch outcome {
                case .success(let number):
                    try tell(" done, now running \(number)\n")
                    report.add(name, "\(number)", extra: [.init("numprocesses", .integer(Int64(number)))])
                case .failure(let error):
                    try tell(" failed\n")
                    report.add(name, error)
                }
            }
        }
        return report.finish(invocation, confirms: false)
    }

    /// Adds to the results; at once where somebody looks on.
    private func tell(_ text: String) throws {
        guard !invocation.wantsJSON, !invocation.isQuiet else { return }
        invocation.output.write(Array(text.utf8))
        if invocation.output.terminal.width != nil { try invocation.output.deliver() }
    }
}
