import GafferModel
import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("The help")
struct HelpTests {
    @Test("fits 80 columns", arguments: [""] + Tool.gafferctl.commands.map(\.name))
    func width(name: String) {
        let text = Tool.gafferctl.command(named: name).map(Help(.gafferctl).command) ?? Help(.gafferctl).program
        for line in text.split(separator: "\n") where line.count > Help.width {
            // A command line is not broken, so that it can be copied.
            #expect(line.hasPrefix("  gafferctl "), "\(line)")
        }
    }

    @Test("names every command but the hidden ones, and every exit code")
    func complete() {
        for command in Tool.gafferctl.commands {
            #expect(Help(.gafferctl).program.contains("\n  \(command.name) ") == !command.isHidden, "\(command.name)")
        }
        for code in ExitCode.documented {
            #expect(Help(.gafferctl).program.contains("\n  \(code.rawValue)  \(code.meaning)\n"))
        }
    }

    @Test("shows examples that can be carried out", arguments: Tool.gafferctl.commands.map(\.name))
    func examples(name: String) throws {
        let command = try #require(Tool.gafferctl.command(named: name))
        #expect(!command.examples.isEmpty || name == "__complete")
        for example in command.examples {
            // Every second piece stands between quotation marks.
            let pieces = example.line.split(separator: "'", omittingEmptySubsequences: false)
            let words = pieces.enumerated().flatMap { index, piece in
                index % 2 == 1 ? [String(piece)] : piece.split(separator: " ").map(String.init)
            }.prefix { !["<", ">", "&&"].contains($0) }
            let line = try ParsedLine(parsing: Array(words), for: .gafferctl)
            #expect(line.command?.name == name || words == ["--version"])
        }
    }

    @Test("has no two commands or options of one name", arguments: Tool.gafferctl.commands.map(\.name))
    func unique(name: String) throws {
        #expect(Tool.gafferctl.commands.filter { $0.name == name || $0.aliases.contains(name) }.count == 1)
        let command = try #require(Tool.gafferctl.command(named: name))
        let options = command.options + Option.common
        #expect(Set(options.map(\.name)).count == options.count)
        #expect(Set(options.compactMap(\.short)).count == options.compactMap(\.short).count)
    }

    @Test("of a command tells everything about it")
    func golden() throws {
        #expect(
            try Help(.gafferctl).command(#require(Tool.gafferctl.command(named: "kill"))) == """
                Usage: gafferctl kill [OPTION]... JOB|PID SIGNAL

                Sends a signal to the processes of a job or a session, or to one process.

                The signal is a name (HUP, SIGHUP, RTMIN+1) or a number. A process that dies of
                it is replaced, as after any exit that was not asked for; to stop a job, use
                'gafferctl stop'.

                Examples:
                  gafferctl kill web HUP      all processes of default.web
                  gafferctl kill 12 SIGUSR1   the process with pid 12
                  gafferctl kill 'shop.*' 10  all processes of the session shop

                Options of every command:
                      --endpoint ENDPOINT  where gafferd listens: unix:PATH, http://HOST[:PORT]
                                           or https://HOST[:PORT]
                      --api-key-file FILE  a file with the API key
                      --api-key KEY        the API key; others see it in the list of processes
                      --cacert FILE        https: certificates of the authorities that are
                                           trusted; the system's otherwise
                      --certfile FILE      https: a certificate to show to gafferd
                      --keyfile FILE       https: the key of that certificate
                      --json               print one JSON document
                      --color WHEN         colour the output: auto, always or never
                      --no-color           the same as --color never
                  -q, --quiet              print no confirmations; status prints nothing
                  -h, --help               show this help

                With --json: {"ok": true, "jobs": [{"name": "SESSION.JOB"}, ...], "errors":
                [{"name", "reason", "message", "details"}, ...]}

                """
        )
    }
}
