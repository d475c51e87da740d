import GafferModel
import ProgramTestKit

extension Workbench {
    /// Types on a terminal, as soon as it shows what is waited for.
    private static let typist = #"""
        import json, os, pty, sys, termios
        words, answers = json.load(open(sys.argv[1]))
        child, terminal = pty.fork()
        if child == 0:
            # As the program writes it, without a carriage return before each end of a line.
            settings = termios.tcgetattr(0)
            settings[1] &= ~termios.OPOST
            termios.tcsetattr(0, termios.TCSANOW, settings)
            termios.tcsetwinsize(0, (50, 200))
            os.execv(words[0], words)
        unseen = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                part = b""
            if not part:
                break
            unseen += part
            os.write(1, part)
            while answers and (wanted := answers[0][0].encode()) in unseen:
                unseen = unseen.split(wanted, 1)[1]
                os.write(terminal, answers.pop(0)[1].encode())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if answers:
            sys.exit(f"{answers[0][0]!r} was never shown")
        sys.exit(code if code >= 0 else 128 - code)
        """#

    /// Runs a program on a terminal of its own, 200 columns wide.
    ///
    /// - Parameter answers: what is typed once what stands before it is shown, in this order; `\u{3}` is Ctrl-C.
    /// - Returns: what the terminal was shown; the exit code is 128 and the signal where one ended the program.
    func converse(
        _ words: [String],
        environment: [String: String] = [:],
        _ answers: [(String, String)] = []
    ) async throws -> ToolOutput {
        try scratch.write("typist.py", Self.typist)
        let lines = answers.map { JSON.array([.string($0.0), .string($0.1)]) }
        let dialogue = JSON.array([.array(words.map { .string($0) }), .array(lines)])
        let file = try scratch.write("dialogue-\(scratch.list().count)", dialogue.text)
        return try await runTool(
            "/usr/bin/python3",
            ["typist.py", file],
            environment: self.environment.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 },
            directory: path
        )
    }
}

extension Daemon {
    /// Runs gafferctl on a terminal, connected with this gafferd.
    func ctl(onTerminal words: [String], _ answers: [(String, String)] = []) async throws -> ToolOutput {
        try await bench.converse(
            [try Programs.gafferctl()] + words,
            environment: ["GAFFER_ENDPOINT": "unix:\(bench.socket)"],
            answers
        )
    }
}
