import GafferModel
import ProgramTestKit
import Testing

@Suite("gafferctl's looking commands", .oneSlot, .timeLimit(.minutes(2)))
struct LookingTests {
    private static let sections = """
        [process:shop:web]
        cmd = /bin/sleep 1000
        numprocesses = 2

        [process:shop:worker]
        cmd = /bin/sleep 1000

        [process:idle]
        cmd = /bin/sleep 1000
        start = false
        """

    @Test("status shows every job, or those that are named; 3 where one of these does not run")
    func status() async throws {
        try await withGafferd(Self.sections) { daemon in
            try await daemon.state("shop/web", becomes: "running")
            try await daemon.state("shop/worker", becomes: "running")

            let all = try await daemon.ctl("status")
            #expect(all.code == 0)
            for name in ["shop.web", "shop.worker", "idle"] {
                #expect(all.output.split(separator: "\n").count { $0.contains(name) } == 1)
            }
            // Not a terminal: no colours.
            #expect(!all.outputBytes.contains(0x1b))

            for (words, code) in [
                (["shop"], 0), (["shop.*"], 0), (["shop.web"], 0), (["shop/web"], 0), (["*.web"], 0),
                (["idle"], 3), (["shop.web", "idle"], 3), (["*"], 3), (["none"], 4), (["shop.none"], 4),
            ] as [([String], Int32)] {
                let run = try await daemon.ctl(["status"] + words)
                #expect(run.code == code, "status \(words): \(run.all)")
            }
            let one = try await daemon.ctl("status", "shop.web")
            for osPid in try await daemon.osPids("shop/web") { #expect(one.output.contains("\(osPid)")) }
        }
    }

    @Test("--json gives one document on every command")
    func json() async throws {
        try await withGafferd(Self.sections) { daemon in
            let web = try await daemon.state("shop/web", becomes: "running")
            try await daemon.state("shop/worker", becomes: "running")
            let pid = try #require(web["processes"]?.integers.first)

            func document(_ words: String...) async throws -> JSON {
                let run = try await daemon.ctl(words + ["--json"])
                #expect(run.code == 0, "\(words): \(run.all)")
                #expect(run.error.isEmpty, "\(words): \(run.error)")
                return try parseJSON(run.outputBytes)
            }
            let names = try await document("status")["jobs"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
            #expect(names?.sorted() == ["default.idle", "shop.web", "shop.worker"])
            #expect(try await document("jobs")["jobs"]?.strings.count == 3)
            #expect(try await document("jobs", "shop")["jobs"]?.strings.sorted() == ["shop.web", "shop.worker"])
            #expect(try await document("sessions")["sessions"]?.strings.sorted() == ["default", "shop"])
            #expect(try await document("pids", "shop.web")["pids"] == web["processes"])
            #expect(try await document("pids")["pids"]?.integers.count == 3)
            #expect(try await document("info", "shop.web")["name"] == "shop.web")
            #expect(try await document("info", "\(pid)")["pid"]?.intValue == pid)
            #expect(try await document("numprocesses", "shop.web")["numprocesses"] == 2)
            #expect(try await document("stats")["jobs"]?.arrayValue?.count == 3)
            #expect(try await document("stats", "\(pid)")["processes"]?.arrayValue?.count == 1)
            #expect(try await document("logs", "shop.web")["tail"]?.arrayValue != nil)
            #expect(try await document("ping")["ok"] == true)
            #expect(try await document("version")["gafferd"] == .string(GafferVersion.current))
            #expect(try await document("processes")["jobs"]?.strings.count == 3)
        }
    }

    @Test("logs prints the bytes as they came")
    func logs() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("bytes", #"printf 'one\ntwo\n\377\376\n'; sign done; exec sleep 1000"#)
            try bench.configure("[process:bytes]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "done")
                let run = try await daemon.eventually("the output") {
                    let run = try await daemon.ctl("logs", "bytes", "-n", "2", "--stream", "stdout")
                    return run.outputBytes.isEmpty ? nil : run
                }
                #expect(run.outputBytes == Array("two\n".utf8) + [0xff, 0xfe, 0x0a])
            }
        }
    }

    @Test("Help needs no gafferd, nor do completions and the version")
    func withoutDaemon() async throws {
        try await Workbench.with { bench in
            for words in [["--help"], ["help"], ["help", "scale"], ["status", "--help"], ["--version"]] {
                let run = try await runTool(
                    try Programs.gafferctl(),
                    words,
                    environment: bench.environment,
                    directory: bench.path
                )
                #expect(run.code == 0, "\(words): \(run.all)")
                #expect(!run.output.isEmpty)
            }
            for shell in ["bash", "zsh", "fish"] {
                let run = try await runTool(
                    try Programs.gafferctl(),
                    ["completions", shell],
                    environment: bench.environment,
                    directory: bench.path
                )
                #expect(run.code == 0, "\(shell): \(run.all)")
                #expect(run.output.contains("gafferctl"))
            }
        }
    }

    @Test("A gafferd that is not there is exit code 5, and a wrong command line 2")
    func exitCodes() async throws {
        try await Workbench.with { bench in
            for (words, code) in [
                (["ping", "--endpoint", "unix:\(bench.scratch("none.sock"))"], 5),
                (["ping", "--endpoint", "http://127.0.0.1:1"], 5),
                (["ping", "--endpoint", "what:ever"], 2),
                (["staus"], 2), (["status", "--no-such-option"], 2), (["scale", "web"], 2), (["start"], 2),
            ] as [([String], Int32)] {
                let run = try await runTool(
                    try Programs.gafferctl(),
                    words,
                    environment: bench.environment,
                    directory: bench.path
                )
                #expect(run.code == code, "\(words): \(run.all)")
                #expect(run.output.isEmpty)
                #expect(!run.error.isEmpty)
            }
        }
    }

    @Test("It finds gafferd by --endpoint and by the environment")
    func endpoints() async throws {
        try await withGafferd { daemon in
            let socket = daemon.bench.socket
            for (words, environment) in [
                (["ping", "--endpoint", "unix:\(socket)"], [:]),
                (["--endpoint", "unix:\(socket)", "ping"], [:]),
                (["ping"], ["GAFFER_ENDPOINT": "unix:\(socket)"]),
            ] as [([String], [String: String])] {
                let run = try await runTool(
                    try Programs.gafferctl(),
                    words,
                    environment: daemon.bench.environment.merging(environment) { $1 },
                    directory: daemon.bench.path
                )
                #expect(run.code == 0, "\(words) \(environment): \(run.all)")
            }
        }
    }
}
