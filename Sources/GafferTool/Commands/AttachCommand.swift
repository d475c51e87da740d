internal import GafferClient
internal import GafferModel
internal import Glibc
internal import WebClient

extension Command {
    package static let attach = Command(
        name: "attach",
        group: .control,
        abstract: "Connects the terminal with a process: what it writes is shown, what is typed goes to it.",
        discussion: """
            Lines go to the standard input of the process once they are ended. Ctrl-D at the
            beginning of a line closes it; Ctrl-C and Ctrl-] detach, and the process goes
            on. Without a terminal the standard input is passed on, and closed at its end.
            On a terminal colours pass, and other control characters are made visible; --raw
            passes everything.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid)],
        options: [
            Option(name: "raw", help: "pass the bytes on as they are"),
            Option(name: "lines", short: "n", value: "N", help: "how many lines it wrote before come first (0)"),
        ],
        examples: [
            Example("attach console", "the only process of default.console"),
            Example("attach 12 < commands", "the process with pid 12, with a file as its input"),
        ]
    ) { invocation in
        try AttachCommand(invocation).run()
    }
}

private struct AttachCommand {
    private let invocation: Invocation
    private let client: GafferClient
    private let pid: Int
    private let tail: Int

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        let text = invocation.line.value("lines") ?? "0"
        guard let tail = Int(text), (0...10_000).contains(tail) else {
            throw invocation.usage("\(text.quoted) is no value of --lines: give a number from 0 to 10000.")
        }
        self.tail = tail
        pid = try invocation.process(invocation.operands[0])
        client = try invocation.client()
    }

    func run() throws -> ExitCode {
        let output = invocation.output
        let input = invocation.environment.input
        let feed = try client.output(of: pid, GafferClient.allStreams, tail: tail)
        let isTerminal = isatty(input) == 1
        // Without a terminal, Ctrl-C ends the program as any other.
        let signals = isTerminal ? try SignalPipe([SIGINT, SIGQUIT, SIGTERM, SIGHUP]) : nil
        let mode = isTerminal ? TerminalMode(input) { $0.setQuitCharacter(0x1D) } : nil
        defer { withExtendedLifetime(mode) {} }
        if isTerminal {
            output.message("Attached to process \(pid); Ctrl-D closes its input, Ctrl-C or Ctrl-] detaches.")
            try output.deliver()
        }
        var filter = TerminalFilter(keepsColors: output.terminal.isColored)
        let isFiltered = output.terminal.width != nil && !invocation.line.has("raw")
        var isInputOpen = true
        while true {
            if !feed.isReadable {
                let descriptors = [feed.descriptor, isInputOpen ? input : -1, signals?.descriptor ?? -1]
                let outcome = Readiness.wait(for: descriptors, watching: output.descriptor)
                guard case .ready(let places) = outcome else { continue }
                if places.contains(3) { throw Output.ReaderGone() }
                if signals?.next() != nil { return detached() }
                if places.contains(1) { isInputOpen = try passInput() }
            }
            switch try feed.next(waiting: .zero) {
            case .bytes(let bytes): output.write(isFiltered ? filter.shown(bytes) : bytes)
            case .nothing: break
            case .end:
                if isFiltered { output.write(filter.finished()) }
                if isTerminal { output.message("Process \(pid) has ended its output.") }
                return .ok
            }
            try output.deliver()
        }
    }

    private func detached() -> ExitCode {
        invocation.output.message("Detached; process \(pid) goes on.")
        return .ok
    }

    /// Passes on what was typed; false at the end of the input.
    private func passInput() throws -> Bool {
        guard let bytes = try invocation.readInput(atMost: 1 << 16) else {
            do throws(ClientError) {
                try client.write([], to: pid, closes: true)
            } catch {
                // A process without an input, or one that is gone, has none to be closed.
                guard error.kind == .notFound || error.kind == .refused else { throw error }
            }
            return false
        }
        do throws(ClientError) {
            try client.write(bytes, to: pid)
        } catch {
            // The process goes on, and may take the next line.
            guard error.kind == .failed || error.kind == .timedOut else { throw error }
            invocation.output.message(error.message)
        }
        return true
    }
}

extension termios {
    /// The character that makes the terminal send SIGQUIT.
    fileprivate mutating func setQuitCharacter(_ character: UInt8) {
        withUnsafeMutableBytes(of: &c_cc) { $0[Int(VQUIT)] = character }
    }
}
