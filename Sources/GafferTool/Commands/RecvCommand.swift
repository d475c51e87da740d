internal import GafferClient

extension Command {
    package static let recv = Command(
        name: "recv",
        group: .look,
        abstract: "Passes on what a process writes, byte for byte, until it ends.",
        discussion: """
            Without STREAM all of its streams, as they come. What was written before is not
            printed; see 'gafferctl logs'. Where the bytes came too fast, a line in their
            place says how many are missing. Ctrl-C ends it.

            On a terminal colours pass, and other control characters are made visible; --raw
            passes everything.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("STREAM", .optional)],
        options: [Option(name: "raw", help: "pass the bytes on as they are")],
        examples: [
            Example("recv web", "of the only process of default.web"),
            Example("recv 12 stderr > file", "of one stream, into a file"),
        ]
    ) { invocation in
        let pid = try invocation.process(invocation.operands[0])
        let label = invocation.operands.count > 1 ? invocation.operands[1] : GafferClient.allStreams
        try invocation.pass(invocation.client().output(of: pid, label))
        return .ok
    }
}
