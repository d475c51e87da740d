internal import GafferClient
internal import GafferModel

extension Command {
    static let ping = Command(
        name: "ping",
        abstract: "Tells whether gafferd answers.",
        examples: [Example("ping && echo up", "prints OK and up")],
        json: #"{"ok": true}"#
    ) { invocation in
        try invocation.client().ping()
        if invocation.wantsJSON {
            invocation.print(["ok": true])
        } else {
            invocation.confirm("OK")
        }
        return .ok
    }

    static let version = Command(
        name: "version",
        abstract: "Prints the versions of gafferctl and of gafferd.",
        examples: [Example("version", "both"), Example("--version", "that of gafferctl, without asking gafferd")],
        json: #"{"gafferctl": "VERSION", "gafferd": "VERSION"}"#
    ) { invocation in
        let version = try invocation.client().version()
        if invocation.wantsJSON {
            invocation.print(["gafferctl": .string(GafferVersion.current), "gafferd": .string(version)])
        } else {
            invocation.output.line("gafferctl \(GafferVersion.current)")
            invocation.output.line("gafferd \(version.escaped)")
        }
        return .ok
    }

    static let help = Command(
        name: "help",
        abstract: "Explains a command.",
        operands: [Operand("COMMAND", .optional, .command)],
        examples: [Example("help scale", "what scale does")]
    ) { invocation in
        var text = Help.program
        if let word = invocation.operands.first {
            guard let command = Command.named(word) else {
                let near = Suggestion.nearest(to: word, among: Command.all.filter { !$0.isHidden }.map(\.name))
                throw UsageError(
                    "There is no command \(word.quoted).\(near.map { " Did you mean \($0)?" } ?? "")"
                )
            }
            text = Help.command(command)
        }
        invocation.output.write(Array(text.utf8))
        return .ok
    }
}
