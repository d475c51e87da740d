internal import GafferTool

extension NodeCommands {
    private static let userActions = ["list", "add", "show", "del", "delete", "setpassword", "setkey"]
    private static let keyActions = ["list", "create", "show", "del", "delete"]

    /// `user NAME` shows a user, as gaffer 0.5 had it.
    static let user = sameCommand(as: .user) { words in
        words.count == 1 && !userActions.contains(words[0]) ? ["show"] + words : words
    }

    /// `key KEY` shows a key, as gaffer 0.5 had it.
    static let key = sameCommand(as: .key) { words in
        words.count == 1 && !keyActions.contains(words[0]) ? ["show"] + words : words
    }

    /// The spellings of gaffer 0.5 for actions of ``user`` and ``key``.
    static let olderWords: [Command] =
        ["add", "del", "setpassword", "setkey"].map { older("user:\($0)", .user, action: $0) }
        + [
            older("key:create", .key, action: "create"), older("key:add", .key, action: "create"),
            older("key:delete", .key, action: "delete"),
        ]

    private static func sameCommand(
        as command: Command,
        _ words: @escaping @Sendable ([String]) -> [String]
    ) -> Command {
        Command(
            name: command.name,
            group: command.group,
            abstract: command.abstract,
            discussion: command.discussion,
            operands: command.operands,
            options: command.options,
            examples: command.examples,
            json: command.json
        ) { invocation in
            try command.run(invocation.replacing(operands: words(invocation.operands)))
        }
    }

    private static func older(_ name: String, _ command: Command, action: String) -> Command {
        Command(
            name: name,
            isHidden: true,
            abstract: "The same as '\(command.name) \(action)'.",
            operands: [Operand("WORD", .any)],
            options: command.options,
            examples: [Command.Example("help \(command.name)", "tells more")],
            json: command.json
        ) { invocation in
            try command.run(invocation.replacing(operands: [action] + invocation.operands))
        }
    }
}
