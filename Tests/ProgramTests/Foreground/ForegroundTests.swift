import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gaffer start", .oneSlot, .timeLimit(.minutes(2)))
struct ForegroundTests {
    @Test("shows its processes as the manual does, and hands on the exit code of the one that ends")
    func golden() async throws {
        try await Workbench.with { bench in
            let barrier = try bench.scratch.makeBarrier("barrier")
            let hold = "exec 3<>\(barrier.path); echo $PORT; read go <&3"
            let run = try ForegroundRun(bench, procfile: "web: \(hold); exit 3\nworker: echo $PORT; exec sleep 1000\n")
            try await run.output.line(containing: "| 5100")
            try await run.output.line(containing: "| 5000")
            try barrier.release()
            #expect(try await run.child.exit() == .code(3))
            let lines = run.maskedLines
            #expect(
                lines.filter { $0.hasPrefix("TIME web ") } == [
                    "TIME web    | spawn process with pid PID", "TIME web    | 5000",
                    "TIME web    | exit process with pid PID: exit code 3",
                ]
            )
            #expect(
                lines.filter { $0.hasPrefix("TIME worker ") } == [
                    "TIME worker | spawn process with pid PID", "TIME worker | 5100",
                    "TIME worker | exit process with pid PID: SIGTERM",
                ]
            )
            #expect(
                lines.filter { $0.hasPrefix("TIME gaffer ") }
                    == ["TIME gaffer | web has ended with exit code 3: stopping the others"]
            )
            #expect(lines.count == 7)
            #expect(run.messages.text == "")
        }
    }

    @Test(
        "hands on how a process ends",
        arguments: [
            ("true", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137), ("exec /nonesuch/program", 127),
            ("/nonesuch/program", 127), ("exec ./Procfile", 126),
        ] as [(String, Int32)]
    )
    func exitCodes(command: String, code: Int32) async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(["start"], procfile: "one: \(command)\ntwo: sleep 1000\n")
            #expect(run.code == code, "\(run.all)")
        }
    }

    @Test(
        "goes on as it is told to",
        arguments: [
            ([], 3), (["--can-die", "one"], 0), (["--any-can-die"], 3), (["--restart", "on-failure"], 0),
        ] as [([String], Int32)]
    )
    func continuing(options: [String], code: Int32) async throws {
        try await Workbench.with { bench in
            // The first fails once; the second waits until that has been seen, and ends with success.
            let first = "[ -e again ] && exec sleep 1000; touch again; exit 3"
            let alone = options == ["--any-can-die"] ? "exit 3" : first
            let second = options.isEmpty ? "exec sleep 1000" : "while ! [ -e again ]; do sleep 0.01; done; exit 0"
            let last = options.contains("on-failure") ? "exit 0" : alone
            let script = options.contains("on-failure") ? "[ -e again ] && exit 0; touch again; exit 3" : last
            try bench.scratch.write("Procfile", "one: \(script)\ntwo: \(second)\n")
            if options == ["--any-can-die"] { try bench.scratch.write("again", "") }
            let run = try await bench.gaffer(["start"] + options)
            #expect(run.code == code, "\(run.all)")
        }
    }

    @Test("starts again what ends, with --restart always, until it is stopped")
    func always() async throws {
        try await Workbench.with { bench in
            let run = try ForegroundRun(bench, procfile: "one: echo up; exit 0\n", ["--restart", "always"])
            try await run.output.lines(until: "three starts") { $0.count { $0.hasSuffix("| up") } >= 3 }
            run.child.signal(SIGTERM)
            #expect(try await run.child.exit() == .code(143))
        }
    }

    @Test("starts as many as it is told to, with a PORT for each")
    func formation() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("other.env", "GREETING=hello\n")
            try bench.scratch.write(".env", "GREETING=other\nNAME=\"a b\"\n")
            let procfile = "web: echo $PORT $GREETING $NAME\nclock: echo clock\nworker: echo $PORT\n"
            let words = [
                "-c", "web=2,worker=1", "-e", "other.env", "--port", "6000", "--any-can-die", "--except", "clock",
            ]
            let run = try await bench.gaffer(["start"] + words, procfile: procfile)
            #expect(run.code == 0, "\(run.all)")
            let lines = run.output.split(separator: "\n").map { String($0.dropFirst(9)) }
            #expect(
                lines.filter { !$0.contains("process with") }.sorted() == [
                    "web.1  | 6000 hello a b", "web.2  | 6001 hello a b", "worker | 6200",
                ]
            )
        }
    }

    @Test("prints an object a line with --format json")
    func json() async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(
                ["start", "--format", "json"],
                procfile: #"web: echo out; echo err >&2; printf 'bad \377\n'"# + "\n"
            )
            #expect(run.code == 0, "\(run.all)")
            let objects = try run.output.split(separator: "\n").map { try parseJSON(Array($0.utf8)) }
            #expect(objects.allSatisfy { $0["time"] != nil && $0["line"] != nil })
            #expect(Set(objects.compactMap { $0["event"]?.stringValue }) == ["spawn", "exit", "message"])
            let lines = objects.filter { $0["event"] == nil }
            #expect(lines.allSatisfy { $0["type"] == "web" && $0["instance"] == 1 })
            #expect(lines.first { $0["line"] == "err" }?["stream"] == "stderr")
            #expect(lines.first { $0["line"] == "out" }?["stream"] == "stdout")
            #expect(lines.compactMap { $0["data_b64"]?.stringValue } == ["YmFkIP8="])
        }
    }

    @Test("keeps lines whole, however many processes write them, and loses none")
    func whole() async throws {
        try await Workbench.with { bench in
            let script = #"i=0; while [ $i -lt 2000 ]; do echo "$GAFFER_INSTANCE:$i:end"; i=$((i+1)); done"#
            let run = try await bench.gaffer(
                ["start", "-c", "w=5", "--any-can-die", "--no-prefix"],
                procfile: "w: \(script)\n"
            )
            #expect(run.code == 0, "\(run.error)")
            var next = [Int](repeating: 0, count: 6)
            for line in run.output.split(separator: "\n") {
                let parts = line.split(separator: ":")
                let instance = try #require(parts.count == 3 && parts[2] == "end" ? Int(parts[0]) : nil, "\(line)")
                #expect(Int(parts[1]) == next[instance])
                next[instance] += 1
            }
            #expect(next == [0] + [Int](repeating: 2000, count: 5))
        }
    }

    @Test("cuts a line that is too long, and marks that")
    func long() async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(
                ["start", "--timestamps", "off"],
                procfile: "w: head -c 100000 /dev/zero | tr '\\0' x; echo; exit 0\n"
            )
            let lines = run.output.split(separator: "\n").filter { $0.contains("xxx") }
            #expect(lines.count == 2)
            #expect(lines.first?.hasSuffix("x [...]") == true)
            #expect(lines.last?.hasPrefix("w | [...] x") == true)
            #expect(lines.joined().utf8.count { $0 == UInt8(ascii: "x") } == 100_000)
        }
    }

    @Test("ends its processes when nobody reads its output any more")
    func brokenPipe() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("Procfile", "w: while :; do echo x; sleep 0.01; done\n")
            let run = try await runTool(
                "/bin/sh",
                ["-c", "{ \"$0\" start; echo $? > code; } | head -n 3 > lines", try Programs.gaffer()],
                environment: bench.environment,
                directory: bench.path
            )
            #expect(run.code == 0)
            #expect(readText(bench.scratch("code")) == "141\n")
            #expect(readText(bench.scratch("lines")).split(separator: "\n").count == 3)
        }
    }

    @Test("says what is wrong, and starts nothing")
    func wrong() async throws {
        try await Workbench.with { bench in
            let none = try await bench.gaffer(["start"])
            #expect(none.code == 1)
            #expect(none.error == "gaffer: Procfile: There is no such file.\n")
            let bad = try await bench.gaffer(["start"], procfile: "web: true\nnonsense\n")
            #expect(bad.code == 1)
            #expect(bad.error.hasPrefix("gaffer: Procfile:2"), "\(bad.error)")
            let unknown = try await bench.gaffer(["start", "wep"], procfile: "web: true\n")
            #expect(unknown.code == 2)
            #expect(unknown.error.contains("did you mean web?"), "\(unknown.error)")
        }
    }

    @Test("restarts what a change of a file concerns")
    func watch() async throws {
        try await Workbench.with { bench in
            try bench.scratch.makeFolder("lib")
            let run = try ForegroundRun(
                bench,
                procfile: "web: echo web up; exec sleep 1000\nworker: echo worker up; exec sleep 1000\n",
                ["--watch", "web:lib/**/*.rb"]
            )
            try await run.output.lines(until: "both") { $0.count { $0.hasSuffix(" up") } == 2 }
            try bench.scratch.write("lib/a.rb", "1")
            try await run.output.lines(until: "another start") { $0.count { $0.hasSuffix("web up") } == 2 }
            #expect(run.output.text.contains("gaffer | lib/a.rb changed: restarting web\n"))
            run.child.signal(SIGTERM)
            #expect(try await run.child.exit() == .code(143))
            #expect(run.output.lines.count { $0.hasSuffix("worker up") } == 1)
        }
    }
}
