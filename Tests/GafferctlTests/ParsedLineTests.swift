import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("A command line")
struct ParsedLineTests {
    private func parse(_ line: String) throws -> ParsedLine {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return try ParsedLine(parsing: words, for: .gafferctl)
    }

    @Test(
        "has its options before and after the command, in any spelling",
        arguments: [
            "--endpoint unix:/s logs -n 20 -q web", "logs web -qn20 --endpoint=unix:/s",
            "--endpoint=unix:/s -q logs --lines 20 -- web", "logs -n 5 -n20 --quiet web --endpoint unix:/s",
        ]
    )
    func options(text: String) throws {
        let line = try parse(text)
        #expect(line.command?.name == "logs")
        #expect(line.operands == ["web"])
        #expect(line.value("endpoint") == "unix:/s")
        #expect(line.value("lines") == "20")
        #expect(line.has("quiet"))
    }

    @Test("takes the last of options that contradict each other")
    func last() throws {
        #expect(try parse("start a --no-wait --wait").last(of: "wait", "no-wait") == "wait")
        #expect(try parse("start a --wait --no-wait").last(of: "wait", "no-wait") == "no-wait")
        #expect(try parse("start a").last(of: "wait", "no-wait") == nil)
    }

    @Test("keeps every value of an option that is repeated")
    func repeated() throws {
        #expect(try parse("commit -e A=1 --env=B=2 -eC= w").values("env") == ["A=1", "B=2", "C="])
    }

    @Test("ends its options at --, and takes - and negative numbers for operands")
    func operands() throws {
        #expect(try parse("load -").operands == ["-"])
        #expect(try parse("kill web -9").operands == ["web", "-9"])
        #expect(try parse("kill -- web --json").operands == ["web", "--json"])
        #expect(try parse("kill -- web --json").has("json") == false)
    }

    @Test(
        "knows the names of gaffer 0.4",
        arguments: [
            ("load_process x", "load"), ("running", "pids"), ("del_process x", "unload"),
            ("processes --running", "processes"),
        ]
    )
    func aliases(text: String, name: String) throws {
        #expect(try parse(text).command?.name == name)
    }

    @Test("may want help without its operands")
    func help() throws {
        #expect(try parse("scale --help").has("help"))
        #expect(try parse("-h").has("help"))
    }

    @Test("may be empty")
    func empty() throws {
        #expect(try ParsedLine(parsing: [], for: .gafferctl).command == nil)
    }

    @Test("passes the words of a completion through as they are")
    func completion() throws {
        let words = ["__complete", "--json", "status", "--", ""]
        #expect(try ParsedLine(parsing: words, for: .gafferctl).operands == ["--json", "status", "--", ""])
    }

    @Test(
        "that is wrong is refused with the reason and what was meant",
        arguments: [
            ("statsu", "There is no command \"statsu\". Did you mean status?"),
            ("strat web", "There is no command \"strat\". Did you mean start?"),
            ("comp", "There is no command \"comp\". Did you mean completions?"),
            ("quux", "There is no command \"quux\"."),
            ("status --jsn", "There is no option --jsn. Did you mean --json?"),
            ("status -x", "There is no option -x."),
            ("--no-wait start a", "The option --no-wait belongs after the name of a command."),
            ("--endpiont x status", "There is no option --endpiont. Did you mean --endpoint?"),
            ("status --json=yes", "The option --json takes no value."),
            ("status --endpoint", "The option --endpoint needs a value: ENDPOINT."),
            ("logs web -n", "The option --lines needs a value: N."),
            ("status --color blue", "\"blue\" is no value of --color: give auto, always, never."),
            ("kill web", "SIGNAL is missing."),
            ("kill", "JOB|PID and SIGNAL are missing."),
            ("start", "JOB is missing."),
            ("ping web", "\"web\" is one word too many."),
            ("add web 1 2", "\"2\" is one word too many."),
        ]
    )
    func refuses(text: String, message: String) {
        let error = #expect(throws: UsageError.self) { try parse(text) }
        #expect(error?.message == message)
    }

    @Test(
        "is compared by mistakes",
        arguments: [
            ("status", "status", 0), ("statu", "status", 1), ("statsu", "status", 1), ("staus", "status", 1),
            ("sttatus", "status", 1), ("", "abc", 3), ("stop", "start", 3),
        ]
    )
    func distance(left: String, right: String, expected: Int) {
        #expect(Suggestion.distance(left, right) == expected)
        #expect(Suggestion.distance(right, left) == expected)
    }
}
