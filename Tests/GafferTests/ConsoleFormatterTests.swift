import GafferModel
import GafferSystem
import Testing

@testable import Gaffer

@Suite("The console's lines")
struct ConsoleFormatterTests {
    private func formatter(_ level: ConsoleLevel, hasColors: Bool = false) -> ConsoleFormatter {
        ConsoleFormatter(level: level, hasColors: hasColors) { $0 == 1 ? "15:31:52" : "15:32:03" }
    }

    private func event(_ kind: Event.Kind, of name: String = "dummy", at time: Double = 1) throws -> Event {
        try Event(sequence: 1, time: time, job: JobName(parsing: name), kind: kind)
    }

    @Test(
        "are the manual's, with -v as with -vv",
        arguments: [
            (.start, "start dummy"),
            (.stop, "stop dummy"),
            (.spawn(pid: 1, osPid: 51134, isCommit: false, isDetached: false), "spawn process with pid 51134"),
            (.exit(pid: 1, osPid: 51134, status: .code(1), isCommit: false), "exit process with pid 51134"),
            (.reap(pid: 1, osPid: 51134), "reap process with pid 51134"),
            (.stopProcess(pid: 1, osPid: 51134), "stop process with pid 51134"),
            (.kill(pid: 1, osPid: 51134), "kill process with pid 51134"),
            (.spawnError(pid: 1, reason: "exec: no such file"), "can't start process: exec: no such file"),
            (.flap(retryIn: 7), "flap dummy: retry in 7 s"),
            (.flap(retryIn: nil), "flap dummy: given up"),
        ] as [(Event.Kind, String)]
    )
    func events(kind: Event.Kind, text: String) throws {
        #expect(try formatter(.events).line(for: event(kind)) == "15:31:52 dummy | \(text)\n")
        #expect(try formatter(.everything).line(for: event(kind)) == "15:31:52 dummy | \(text)\n")
    }

    @Test(
        "tell the rest with -vv only",
        arguments: [
            (.load, "load dummy"),
            (.unload, "unload dummy"),
            (.update, "update dummy"),
            (.restart, "restart dummy"),
            (.reload, "reload dummy"),
            (.finish, "finish dummy"),
            (.adopt(pid: 1, osPid: 7), "adopt process with pid 7"),
            (.signal(pid: 1, osPid: 7, signal: .hangup), "send SIGHUP to process with pid 7"),
            (.backoff(delay: 0.25), "restart dummy in 0.25 s"),
            (.backoff(delay: 3), "restart dummy in 3 s"),
            (.stray(osPids: [7, 8]), "stray processes with pids 7, 8"),
        ] as [(Event.Kind, String)]
    )
    func furtherEvents(kind: Event.Kind, text: String) throws {
        #expect(try formatter(.events).line(for: event(kind)) == nil)
        #expect(try formatter(.everything).line(for: event(kind)) == "15:31:52 dummy | \(text)\n")
    }

    @Test(
        "name the session where it is not the default one",
        arguments: [("dummy", "dummy"), ("shop.web", "shop.web")]
    )
    func names(name: String, shown: String) throws {
        #expect(
            try formatter(.events).line(for: event(.start, of: name, at: 2)) == "15:32:03 \(shown) | start \(shown)\n"
        )
    }

    @Test("make what stands in a reason harmless")
    func harmlessReason() throws {
        let line = try formatter(.events).line(for: event(.spawnError(pid: 1, reason: "\u{1B}[2J\n")))
        #expect(line == "15:31:52 dummy | can't start process: \\x1b[2J\\x0a\n")
    }

    @Test(
        "of output are made harmless, and say where they are parts",
        arguments: [
            ("hello, dummy (pid: 51134) is alive", .whole, "hello, dummy (pid: 51134) is alive"),
            ("\u{1B}[31mred", .whole, "\\x1b[31mred"),
            ("part", LineCutter.Piece(isPartial: true, isContinuation: false), "part [...]"),
            ("rest", LineCutter.Piece(isPartial: false, isContinuation: true), "[...] rest"),
        ] as [(String, LineCutter.Piece, String)]
    )
    func output(text: String, piece: LineCutter.Piece, shown: String) throws {
        let job = try JobName(job: "dummy")
        let line = Array(text.utf8).withUnsafeBytes {
            formatter(.everything).line(for: $0, of: job, at: 1, piece: piece)
        }
        #expect(String(decoding: line, as: UTF8.self) == "15:31:52 dummy | \(shown)\n")
    }

    @Test("have one colour a job, always the same")
    func colors() throws {
        let line = try formatter(.events, hasColors: true).line(for: event(.start))
        let color = try ConsoleColor.of(JobName(job: "dummy"))
        #expect(line == "\(color.sequence)15:31:52 dummy | start dummy\u{1B}[0m\n")
        #expect(color == .of(try JobName(parsing: "default.dummy")))
        let names = try (0..<100).map { try ConsoleColor.of(JobName(job: "job\($0)")) }
        #expect(Set(names).count == ConsoleColor.allCases.count)
    }

    @Test(
        "have colours on a terminal only, and not against NO_COLOR",
        arguments: [
            (true, [:], true),
            (false, [:], false),
            (true, ["NO_COLOR": ""], true),
            (true, ["NO_COLOR": "0"], false),
            (true, ["TERM": "dumb"], false),
            (true, ["TERM": "xterm"], true),
        ] as [(Bool, [String: String], Bool)]
    )
    func wantsColors(isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(ConsoleColor.areWanted(isTerminal: isTerminal) { environment[$0] } == expected)
    }
}

@Suite("Bytes of strangers")
struct ConsolePrintableTextTests {
    @Test(
        "are shown without harm",
        arguments: [
            ("plain \t text", "plain \t text"),
            ("äöü € 😀 中", "äöü € 😀 中"),
            ("a\rb", "a\\x0db"),
            ("\u{1B}]0;title\u{7}", "\\x1b]0;title\\x07"),
            ("\u{7F}\u{0}", "\\x7f\\x00"),
            ("\u{9B}2J", "\\xc2\\x9b2J"),
            ("\u{202E}evil\u{2066}", "\\u202eevil\\u2066"),
            ("\u{2028}", "\\u2028"),
            ("a\\b", "a\\b"),
        ]
    )
    func text(text: String, shown: String) {
        #expect(PrintableText.of(text) == shown)
    }

    @Test(
        "are shown byte by byte where they are no UTF-8",
        arguments: [
            ([0xFF, 0x41], "\\xffA"),
            ([0xC3], "\\xc3"),
            ([0xC3, 0x41], "\\xc3A"),
            ([0xC0, 0xAF], "\\xc0\\xaf"),
            ([0xE2, 0x82], "\\xe2\\x82"),
            ([0xE0, 0x80, 0x80], "\\xe0\\x80\\x80"),
            ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
            ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
        ] as [([UInt8], String)]
    )
    func bytes(bytes: [UInt8], shown: String) {
        var line: [UInt8] = []
        bytes.withUnsafeBytes { PrintableText.append($0, to: &line) }
        #expect(String(decoding: line, as: UTF8.self) == shown)
    }
}
