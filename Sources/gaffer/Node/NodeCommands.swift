internal import GafferClient
internal import GafferModel
internal import GafferTool

/// The commands that talk to a gafferd.
///
/// Most of them are those of gafferctl: there, as here, a ``Selector`` says what is meant, and the ``ApplicationScope`` of
/// gaffer makes `web` the job of the current application and `.` the whole of it.
enum NodeCommands {
    /// In the order of the help.
    static let all: [Command] =
        [apps, ps, info, logs, recv]
        + [psStart, psStop, psRestart, reload, scale, kill, send]
        + [load, unload, export, `import`]
        + [.login, .logout, user, key]
        + olderWords

    static let apps = Command(
        name: "apps",
        group: .look,
        abstract: "Lists the applications that are loaded, a line each.",
        discussion: "An application is a session of gafferd, whoever loaded its jobs.",
        examples: [Command.Example("apps", "all applications")],
        json: #"{"apps": ["NAME", ...]}"#
    ) { invocation in
        let names = try invocation.client().sessions()
        if invocation.wantsJSON {
            invocation.print(["apps": .array(names.map(JSON.string))])
        } else {
            for name in names { invocation.output.line(name.escaped) }
        }
        return .ok
    }

    static let info = Command(
        name: "info",
        aliases: ["ps:info"],
        group: .look,
        abstract: "Prints all that gafferd knows of a job or a process.",
        operands: [Operand("JOB|PID", .one, .jobOrPid)],
        examples: [
            Command.Example("info web", "the job web of the application"),
            Command.Example("info 12", "the process with pid 12"),
        ],
        json: Command.info.json,
        run: Command.info.run
    )

    static let recv = Command(
        name: "recv",
        group: .look,
        abstract: "Passes on what a process writes, byte for byte, until it ends.",
        discussion: """
            Without STREAM all of its streams, as they come; 12.stderr is the stream stderr
            of the process 12. Where the bytes came too fast, a line in their place says how
            many are missing. Ctrl-C ends it.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("STREAM", .optional)],
        examples: [
            Command.Example("recv web", "of the only process of the job web"),
            Command.Example("recv 12 stderr > file", "of one stream, into a file"),
        ]
    ) { invocation in
        let words = invocation.operands
        guard words.count == 1, let (pid, label) = processStream(words[0]) else {
            return try Command.recv.run(invocation)
        }
        return try Command.recv.run(invocation.replacing(operands: [pid, label]))
    }

    static let send = Command(
        name: "send",
        group: .control,
        abstract: "Writes a line to the standard input of a process, or to another stream of it.",
        discussion: """
            The words are joined by blanks, and a line end follows. - stands for all that
            comes on the standard input, as it is. GAFFER_REDIRECT_INPUT in .env names the
            types of the application that have a standard input.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("DATA", .any)],
        options: Command.send.options,
        examples: [
            Command.Example("send console reload now", "a line to the only process of the job console"),
            Command.Example("send 12 - < file", "a whole file to the process with pid 12"),
        ],
        json: Command.send.json
    ) { invocation in
        var words = invocation.operands
        guard !invocation.line.has("stream"), let (pid, label) = words.first.flatMap(processStream) else {
            return try Command.send.run(invocation)
        }
        words[0] = pid
        return try Command.send.run(
            invocation.replacing(operands: words, adding: [ParsedLine.Given(name: "stream", value: label)])
        )
    }

    static let kill = Command(
        name: "kill",
        aliases: ["ps:kill"],
        group: .control,
        abstract: "Sends a signal to the processes of a job or an application, or to one process.",
        discussion: """
            The signal is a name (HUP, SIGHUP, RTMIN+1) or a number. A process that dies of
            it is replaced, as after any exit that was not asked for; to stop a job, use
            'gaffer ps:stop'.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("SIGNAL", .one, .signal)],
        examples: [
            Command.Example("kill web HUP", "all processes of the job web"),
            Command.Example("kill . USR1", "all processes of the application"),
            Command.Example("kill 12 SIGUSR1", "the process with pid 12"),
        ],
        json: Command.kill.json,
        run: Command.kill.run
    )

    /// The parts of `12.stderr`, as gaffer 0.5 names a stream of a process.
    private static func processStream(_ word: String) -> (pid: String, label: String)? {
        guard let dot = word.firstIndex(of: ".") else { return nil }
        let (pid, label) = (String(word[..<dot]), String(word[word.index(after: dot)...]))
        guard case .pid = try? Selector(pid), !label.isEmpty else { return nil }
        return (pid, label)
    }
}

extension Invocation {
    /// The same for the whole application where nothing is named.
    func forApplication() -> Invocation {
        operands.isEmpty ? replacing(operands: ["."]) : self
    }

    /// Where gafferd listens, safe on a terminal.
    var node: String { Invocation.nodeName(of: endpoint).escaped }
}
