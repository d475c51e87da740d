import GafferModel
import ProgramTestKit
import Testing

/// What a process writes, and what stands in names and commands, on the terminal of who looks at it.
@Suite("Injection into terminals", .oneSlot, .timeLimit(.minutes(2)))
struct TerminalInjectionTests {
    /// What a process writes in a line, and what a terminal is shown of it.
    private static let lines: [(written: [UInt8], shown: String)] = [
        (Array("plain\ttext, zwölf €😀".utf8), "plain\ttext, zwölf €😀"),
        (Array("\u{1B}[1;31mred".utf8), "\u{1B}[1;31mred\u{1B}[0m"),
        (Array("x\rweb.1 | ok".utf8), "x\\x0dweb.1 | ok"),
        (Array("a line end of DOS\r".utf8), "a line end of DOS"),
        (Array("clear \u{1B}[2J\u{1B}[H".utf8), "clear \\x1b[2J\\x1b[H"),
        (Array("title \u{1B}]0;title\u{07}".utf8), "title \\x1b]0;title\\x07"),
        (Array("link \u{1B}]8;;http://x\u{1B}\\y".utf8), "link \\x1b]8;;http://x\\x1b\\y"),
        (Array("clipboard \u{1B}]52;c;YQ==\u{07}".utf8), "clipboard \\x1b]52;c;YQ==\\x07"),
        (Array("device \u{1B}P$qm\u{1B}\\\u{1B}[6n\u{1B}c".utf8), "device \\x1bP$qm\\x1b\\\\x1b[6n\\x1bc"),
        (Array("back\u{08}\u{08}\u{0B}\u{0C}\u{00}\u{7F}".utf8), "back\\x08\\x08\\x0b\\x0c\\x00\\x7f"),
        (Array("eight bits \u{9B}2J\u{85}".utf8), "eight bits \\xc2\\x9b2J\\xc2\\x85"),
        (Array("bare ".utf8) + [0x9B, 0x32, 0x4A, 0xFF], "bare \\x9b2J\\xff"),
        (Array("bidi \u{202E}abc\u{2066}\u{200F}\u{061C}".utf8), "bidi \\u202eabc\\u2066\\u200f\\u061c"),
        (Array("lines \u{2028}b\u{2029}".utf8), "lines \\u2028b\\u2029"),
        (Array("cut \u{1B}[1;2".utf8), "cut \\x1b[1;2"),
        (Array("the end".utf8), "the end"),
    ]
    private static let written: [UInt8] = lines.flatMap { line -> [UInt8] in line.written + [0x0A] }
    private static let shown = lines.map { $0.shown + "\n" }.joined()

    /// Lends a gafferd whose job `web` has written it all.
    private func withOutput(_ body: @Sendable (Daemon) async throws -> Void) async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("corpus", bytes: Self.written)
            let script = try bench.script("web", "cat '\(bench.scratch("corpus"))'; sign done; exec cat")
            try bench.configure("[process:web]\ncmd = \(script)\nredirect_output = out\nredirect_input = true")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "done")
                try await daemon.eventually("the output") {
                    let tail = try await daemon.curl("GET", "/jobs/default/web/tail?format=text&n=100")
                    return tail.bytes.count == Self.written.count ? tail : nil
                }
                try await body(daemon)
            }
        }
    }

    @Test("logs shows a terminal nothing that it obeys but colours, which end with their line")
    func logs() async throws {
        try await withOutput { daemon in
            let logs = ["logs", "-n", "100"]
            #expect(try await daemon.ctl(onTerminal: logs + ["web"]).output == Self.shown)
            let following = logs + ["-f", "--no-prefix", "web"]
            let followed = try await daemon.ctl(onTerminal: following, [("the end\n", "\u{3}")])
            #expect(followed.output.hasPrefix(Self.shown), "\(followed.all)")
            // Without colours there is not even that.
            let plain = try await daemon.ctl(onTerminal: logs + ["--color", "never", "web"])
            let expected = Self.shown.replacing("\u{1B}[1;31mred\u{1B}[0m", with: "\\x1b[1;31mred")
            #expect(plain.output == expected)
            #expect(try await daemon.ctl(onTerminal: logs + ["--raw", "web"]).outputBytes == Self.written)
        }
    }

    @Test("Behind a prefix a line stays one line, on a terminal and in a pipe")
    func prefixes() async throws {
        try await withOutput { daemon in
            let words = ["logs", "-n", "100", "--prefix", "web"]
            let colored = try await daemon.ctl(onTerminal: words)
            let piped = try await daemon.ctl(words)
            let plain = Self.lines.map { "web.1 | \($0.shown)\n" }.joined()
                .replacing("\u{1B}[1;31mred\u{1B}[0m", with: "\\x1b[1;31mred")
            #expect(piped.output == plain, "\(piped.all)")
            let lines = colored.output.split(separator: "\n")
            #expect(lines.count == Self.lines.count)
            for (line, expected) in zip(lines, Self.lines) {
                #expect(
                    line.hasSuffix("m\u{1B}[0m \(expected.shown)") || line.hasSuffix("|\u{1B}[0m \(expected.shown)")
                )
            }
        }
    }

    @Test("In a pipe the bytes are those that were written, and JSON has them all")
    func pipes() async throws {
        try await withOutput { daemon in
            #expect(try await daemon.ctl("logs", "-n", "100", "web").outputBytes == Self.written)
            let json = try await daemon.ctl("logs", "-n", "100", "web", "--json")
            #expect(
                !json.output.unicodeScalars.dropLast().contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
            )
            #expect(!json.output.unicodeScalars.contains { ["\u{2028}", "\u{202E}", "\u{061C}"].contains($0) })
        }
    }

    @Test("attach and recv show a terminal no more, and pass everything where they are told to")
    func live() async throws {
        try await withOutput { daemon in
            let end = [("the end\n", "\u{3}")]
            let attached = try await daemon.ctl(onTerminal: ["attach", "-n", "100", "web"], end)
            #expect(attached.output.contains(Self.shown), "\(attached.all)")
            let raw = try await daemon.ctl(onTerminal: ["attach", "-n", "100", "--raw", "web"], end)
            #expect(raw.output.contains(String(decoding: Self.written, as: UTF8.self)), "\(raw.all)")

            let pid = try await daemon.pid("default/web")
            for (words, shown) in [
                (["recv", "web"], Self.shown),
                (["recv", "--raw", "web"], String(decoding: Self.written, as: UTF8.self)),
            ] {
                async let received = daemon.ctl(onTerminal: words, end)
                try await daemon.watched(.stream)
                let file = ["--data-binary", "@\(daemon.bench.scratch("corpus"))"]
                let sent = try await daemon.curl("POST", "/streams/\(pid)/stdin", options: file)
                #expect(sent.status == 200, "\(sent.text)")
                let run = try await received
                #expect(run.output.hasPrefix(shown), "\(words): \(run.all)")
            }
        }
    }

    @Test("What stands in commands and errors is never obeyed, and nothing else moves the cursor")
    func names() async throws {
        try await withGafferd { daemon in
            let evil = "\u{1B}]0;x\u{07}\u{9B}2J\u{202E}\u{2028}\r"
            let config = JSON.object([
                .init("name", .string("evil")), .init("cmd", .string("/nonexistent/\(evil)")),
                .init("args", .array([.string(evil)])), .init("env", .object([.init("A", .string(evil))])),
            ])
            let loaded = try await daemon.curl("POST", "/jobs/default", config.text)
            #expect(loaded.status == 200, "\(loaded.text)")
            try await daemon.eventually("the job's failure") {
                let info = try await daemon.info("default/evil")
                return info["last_error"]?.stringValue == nil ? nil : info
            }
            for words in [
                ["status"], ["status", "evil"], ["status", "--json"], ["status", "evil", "--json"], ["info", "evil"],
                ["info", "evil", "--json"], ["jobs"], ["restart", "evil"], ["send", evil, "x"], ["logs", evil],
                ["status", evil], ["kill", "evil", evil], [evil], ["watch", "--since", "0", "--no-reconnect", evil],
            ] {
                let piped = try await daemon.ctl(words)
                let shown = try await daemon.ctl(onTerminal: words)
                for text in [piped.output, piped.error, shown.output.withoutColors] {
                    let harmful = text.unicodeScalars.filter { scalar in
                        scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
                            || ["\u{202E}", "\u{2028}"].contains(scalar)
                    }
                    #expect(harmful.isEmpty, "\(words): \(text)")
                }
            }
            let status = try await daemon.ctl("status", "evil")
            #expect(status.output.contains(#"/nonexistent/\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2028}\r"#), "\(status.all)")
            let watched = try await daemon.ctl(
                onTerminal: ["watch", "--since", "0", "job.default.evil"],
                [("job.default.evil.load", "\u{3}")]
            )
            #expect(!watched.output.withoutColors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        }
    }
}

extension String {
    /// The text without sequences that change colours alone, which gafferctl adds, and the echo of Ctrl-C.
    fileprivate var withoutColors: String {
        replacing(#/\u{1B}\[[0-9;]*m/#, with: "").replacing("^C", with: "")
    }
}
