internal import GafferClient
internal import GafferModel

extension Command {
    package static let completions = Command(
        name: "completions",
        abstract: "Prints the completions for a shell: bash, zsh or fish.",
        operands: [Operand("SHELL", .one, .words(CompletionScript.shells))],
        examples: [
            Example("completions bash > FILE", "source FILE in ~/.bashrc"),
            Example("completions zsh > FILE", "FILE: _PROGRAM, in a folder of $fpath"),
            Example("completions fish > FILE", "FILE: ~/.config/fish/completions/PROGRAM.fish"),
        ]
    ) { invocation in
        guard let script = CompletionScript.text(for: invocation.operands[0], program: invocation.tool.name) else {
            throw invocation.usage(
                "\(invocation.operands[0].quoted) is no shell that is known: give "
                    + CompletionScript.shells.joined(separator: ", ") + "."
            )
        }
        invocation.output.write(Array(script.utf8))
        return .ok
    }

    /// What the scripts call: prints the candidates for the last word, a line each; never an error.
    package static let complete = Command(
        name: "__complete",
        isHidden: true,
        abstract: "Prints what the last word can be completed with.",
        operands: [Operand("WORD", .any)],
        takesWordsAsTheyAre: true
    ) { invocation in
        let request = CompletionRequest(words: invocation.operands, for: invocation.tool)
        if request.kind == .file {
            invocation.output.line(CompletionScript.fileMark)
            return .ok
        }
        // With the options that were typed so far, as the endpoint and the folder.
        let typing = invocation.replacing(adding: request.given)
        for (candidate, meaning) in typing.candidates(for: request) {
            let value = request.stem + candidate
            guard value.hasPrefix(request.prefix) else { continue }
            let shown = String(value.dropFirst(request.hiddenCount)).escaped
            invocation.output.line(meaning.isEmpty ? shown : "\(shown)\t\(meaning)")
        }
        return .ok
    }
}

extension Invocation {
    fileprivate typealias Candidate = (value: String, meaning: String)

    /// Everything that may stand there; nothing where gafferd can't be asked.
    fileprivate func candidates(for request: CompletionRequest) -> [Candidate] {
        switch request.kind {
        case .none, .file: []
        case .words(let words): words.map { ($0, "") }
        case .command: tool.commands.filter { !$0.isHidden }.map { ($0.name, $0.abstract) }
        case .signal: Signal.completions.map { ($0, "") }
        case .session: ask(request) { client throws(ClientError) in try client.sessions().map { ($0, "") } }
        case .processType: tool.scope?.types(self).map { ($0, "type") } ?? []
        case .job: jobs(request)
        case .jobOrPid:
            jobs(request)
                + ask(request) { client throws(ClientError) in
                    // Pids are offered only to who began to type one: they are many, and mean little by themselves.
                    guard let first = request.prefix.first, first.isNumber else { return [] }
                    return try client.pids().map { ("\($0)", "process") }
                }
        }
    }

    private func jobs(_ request: CompletionRequest) -> [Candidate] {
        let application = (try? application()) ?? nil
        let home = application ?? JobName.defaultSession
        let kind = application == nil ? "session" : "application"
        return ask(request) { client throws(ClientError) in
            let names = try client.jobNames()
            var candidates: [Candidate] = []
            for name in names where name.session == home { candidates.append((name.job, "job")) }
            candidates += names.map { ("\($0)", "job") }
            var sessions: Set<String> = [home]
            for name in names where sessions.insert(name.session).inserted {
                candidates.append((name.session, kind))
            }
            return candidates
        }
    }

    private func ask(
        _ request: CompletionRequest,
        _ body: (GafferClient) throws(ClientError) -> [Candidate]
    ) -> [Candidate] {
        guard let client = try? quickClient() else { return [] }
        return (try? body(client)) ?? []
    }
}

extension Signal {
    /// The names that are offered.
    fileprivate static let completions = [
        "HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM", "CONT", "STOP", "WINCH", "PIPE", "ALRM", "ABRT",
    ]
}
