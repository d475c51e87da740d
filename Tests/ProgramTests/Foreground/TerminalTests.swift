import Glibc
import ProgramTestKit
import Testing

@Suite("gaffer start in a terminal", .oneSlot, .timeLimit(.minutes(2)))
struct TerminalTests {
    private static let stubborn = "web: trap '' TERM; echo ready; while :; do sleep 0.1; done\n"

    private static func terminal(_ bench: Workbench, _ procfile: String) throws -> PseudoTerminal {
        try bench.scratch.write("Procfile", procfile)
        return try PseudoTerminal(record: bench.scratch("screen"))
    }

    @Test("Ctrl-C stops, and a second one kills")
    func interrupt() async throws {
        try await Workbench.with { bench in
            let terminal = try Self.terminal(bench, Self.stubborn)
            let child = try terminal.run(
                Programs.gaffer(),
                ["start", "--timeout", "1000"],
                environment: bench.environment,
                directory: bench.path
            )
            try await terminal.screen.line(containing: "ready")
            terminal.type("\u{03}")
            try await terminal.screen.line(containing: "waiting for web; Ctrl-C again kills them")
            terminal.type("\u{03}")
            #expect(try await child.exit() == .code(130))
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }

    @Test("Colours stand on the prefix, and pass from processes; all else is shown")
    func colors() async throws {
        try await Workbench.with { bench in
            let text = #"\033[31mred\033[0m \033]0;title\007\rweb | forged"#
            let terminal = try Self.terminal(bench, "web: printf '\(text)\\n'; read x < /dev/null; exit 0\n")
            let child = try terminal.run(
                Programs.gaffer(),
                ["start", "--timestamps", "off"],
                environment: bench.environment,
                directory: bench.path
            )
            #expect(try await child.exit() == .code(0))
            try await terminal.screen.line(containing: "exit process")
            #expect(
                terminal.lines.contains(
                    "\u{1B}[36mweb |\u{1B}[0m \u{1B}[31mred\u{1B}[0m \\x1b]0;title\\x07\\x0dweb | forged\u{1B}[0m"
                ),
                "\(terminal.lines)"
            )
        }
    }

    @Test("NO_COLOR and --color never are obeyed", arguments: [["NO_COLOR": "1"], [:]])
    func noColor(variables: [String: String]) async throws {
        try await Workbench.with { bench in
            let terminal = try Self.terminal(bench, "web: printf '\\033[31mred\\n'\n")
            let child = try terminal.run(
                Programs.gaffer(),
                ["start"] + (variables.isEmpty ? ["--color", "never"] : []),
                environment: bench.environment.merging(variables) { $1 },
                directory: bench.path
            )
            #expect(try await child.exit() == .code(0))
            try await terminal.screen.line(containing: "exit process")
            #expect(!terminal.screen.text.contains("\u{1B}"))
            #expect(terminal.screen.text.contains("\\x1b[31mred"))
        }
    }

    @Test("Ctrl-Z stops it, and fg lets it go on")
    func jobControl() async throws {
        try await Workbench.with { bench in
            let terminal = try Self.terminal(bench, "web: while :; do echo tick; sleep 0.1; done\n")
            let shell = try terminal.run(
                "/bin/bash",
                ["--norc", "--noprofile", "-i"],
                environment: bench.environment.merging(["PS1": "> "]) { $1 },
                directory: bench.path
            )
            terminal.type("\(try Programs.gaffer()) start\n")
            try await terminal.screen.line(containing: "tick")
            terminal.type("\u{1A}")
            try await terminal.screen.line(containing: "Stopped")
            let osPid = try #require(ProcessTable.children(of: Int(shell.osPid)).first)
            let gaffer = try #require(ProcessTable.children(of: osPid).first)
            #expect(ProcessTable.status(osPid, "State")?.hasPrefix("T") == true)
            #expect(ProcessTable.status(gaffer, "State")?.hasPrefix("T") == true)
            let before = terminal.lines.count
            terminal.type("fg\n")
            try await terminal.screen.lines(until: "more ticks") { lines in
                lines.dropFirst(before).count { $0.contains("tick") } > 2
            }
            terminal.type("\u{03}")
            try await terminal.screen.line(containing: "waiting for web")
            terminal.type("echo code $?; exit\n")
            try await terminal.screen.line(containing: "code 130")
            try await shell.exit()
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }

    @Test("Closing the terminal leaves nothing")
    func hangUp() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("Procfile", "web: trap '' TERM HUP; echo > ready; while :; do sleep 0.1; done\n")
            let terminal = try PseudoTerminal(record: bench.scratch("screen"))
            let child = try terminal.run(
                Programs.gaffer(),
                ["start", "--timeout", "1"],
                environment: bench.environment,
                directory: bench.path
            )
            try await terminal.screen.line(containing: "spawn process")
            terminal.hangUp()
            #expect(try await child.exit() == .code(129))
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }
}
