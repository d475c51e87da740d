internal import GafferTool

extension NodeCommands {
    static let logs = Command(
        name: "logs",
        group: .look,
        abstract: "Prints what the application writes, as it comes.",
        discussion: """
            Also of processes that are started later. The last lines that were written come
            first; --no-follow prints only these, and ends. Lines of several processes have
            a prefix: the time at which the line came here, the job, the number of its
            instance. Ctrl-C ends it.

            (In gaffer 0.5, logs told when processes were started and ended; 'gafferctl
            watch' does that.) On a terminal colours pass, and other control characters are
            made visible; --raw passes everything.
            """,
        operands: [Operand("JOB|NAME|PID", .any, .jobOrPid)],
        options: [
            Option(name: "follow", short: "f", help: "go on with what is written from now on (the default)"),
            Option(name: "no-follow", help: "print what there is"),
            Option(name: "ps", value: "JOB", completion: .job, help: "the same as the operand JOB", isHidden: true),
        ] + Command.logs.options.filter { $0.name != "follow" },
        examples: [
            Command.Example("logs", "of the application of the current folder"),
            Command.Example("logs -n 100 web", "of one job, from its last 100 lines on"),
            Command.Example("logs --no-follow", "the last 10 lines of each stream"),
        ],
        json: Command.logs.json
    ) { invocation in
        var words = invocation.operands + invocation.line.values("ps")
        var added: [ParsedLine.Given] = []
        let isWhole = words.isEmpty
        if isWhole { words = ["."] }
        if invocation.line.last(of: "follow", "no-follow") != "no-follow" {
            added.append(ParsedLine.Given(name: "follow", value: nil))
            // An application may have one process now, and more of them later.
            if isWhole, invocation.line.last(of: "prefix", "no-prefix") == nil {
                added.append(ParsedLine.Given(name: "prefix", value: nil))
            }
        }
        return try Command.logs.run(invocation.replacing(operands: words, adding: added))
    }
}
