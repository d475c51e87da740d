internal import GafferClient
internal import GafferModel

extension Command {
    package static let ping = Command(
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

    package static let version = Command(
        name: "version",
        abstract: "Prints the versions of this program and of gafferd.",
        examples: [Example("version", "both"), Example("--version", "its own, without asking gafferd")],
        json: #"{"PROGRAM": "VERSION", "gafferd": "VERSION"}"#
    ) { invocation in
        let version = try invocation.client().version()
        if invocation.wantsJSON {
            invocation.print([invocation.tool.name: .string(GafferVersion.current), "gafferd": .string(version)])
        } else {
            invocation.output.line("\(invocation.tool.name) \(GafferVersion.current)")
            invocation.output.line("gafferd \(version.escaped)")
        }
        return .ok
    }

    package static let help = Command(
        name: "help",
        abstract: "Explains a command.",
        operands: [Operand("COMMAND", .optional, .command)],
        examples: [Example("help scale", "what scale does")]
    ) { invocation in
        let help = Help(invocation.tool)
        var text = help.program
        if let word = invocation.operands.first {
            guard let command = invocation.tool.command(named: word) else {
                throw UsageError("There is no command \(word.quoted).\(invocation.tool.suggestion(for: word))")
            }
            text = help.command(command)
        }
        invocation.output.write(Array(text.utf8))
        return .ok
    }
}
