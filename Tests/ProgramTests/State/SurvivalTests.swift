import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("What outlives a gafferd", .oneSlot, .timeLimit(.minutes(2)))
struct SurvivalTests {
    @Test("What was loaded, scaled, stopped and unloaded stands after a restart", arguments: [SIGTERM, SIGKILL])
    func requests(signal: Int32) async throws {
        try await Workbench.with { bench in
            let sections = ["scaled", "stopped", "unloaded", "plain"].map { "[process:\($0)]\ncmd = /bin/sleep 1000\n" }
            try bench.configure(sections.joined())
            let first = try await Daemon.start(on: bench)
            let load = #"{"name": "loaded", "cmd": "/bin/sleep 2000", "env": {"A": "b"}}"#
            for (method, path, body, status) in [
                ("POST", "/jobs/default/scaled/numprocesses?wait=60", #"{"scale": 2}"#, 200),
                ("POST", "/jobs/default/stopped/state?wait=60", "0", 202),
                ("DELETE", "/jobs/default/unloaded?wait=60", nil, 200),
                ("POST", "/jobs/shop?wait=60", load, 200),
            ] as [(String, String, String?, Int)] {
                let answer = try await first.curl(method, path, body)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
            }
            first.signal(signal)
            try await first.exit()

            try await bench.gafferd { second in
                let jobs = try await second.curl("GET", "/jobs").json["jobs"]?.strings
                #expect(jobs?.sorted() == ["default.plain", "default.scaled", "default.stopped", "shop.loaded"])
                #expect(try await second.state("default/scaled", becomes: "running")["running"] == 3)
                #expect(try await second.info("default/stopped")["state"] == "stopped")
                #expect(try await second.state("default/plain", becomes: "running")["running"] == 1)
                let loaded = try await second.state("shop/loaded", becomes: "running")
                #expect(loaded["config"]?["env"]?["A"] == "b")
            }

            // A change of their own sections makes the file's word count again.
            try bench.configure(sections.joined().replacing("sleep 1000", with: "sleep 1001"))
            try await bench.gafferd { third in
                let jobs = try await third.curl("GET", "/jobs").json["jobs"]?.strings
                #expect(
                    jobs?.sorted() == [
                        "default.plain", "default.scaled", "default.stopped", "default.unloaded", "shop.loaded",
                    ]
                )
                #expect(try await third.state("default/scaled", becomes: "running")["running"] == 1)
                #expect(try await third.state("default/stopped", becomes: "running")["running"] == 1)
            }
        }
    }

    @Test("Who comes back with an event's id after a restart gets what happened since, and learns of the gap")
    func eventIds() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:a]\ncmd = /bin/sleep 1000\n")
            let position = try await bench.gafferd { first in
                try await first.curl("GET", "/events?since=0").json["position"]?.stringValue
            }
            let since = try #require(position)
            try await bench.gafferd { second in
                let answer = try await second.curl("GET", "/events?since=\(since)")
                #expect(answer.json["lost"] == .null)
                #expect(answer.json["events"]?.arrayValue?.first?["seq"] == 1)
                let next = try #require(answer.json["position"]?.stringValue)
                #expect(next.prefix(9) != since.prefix(9))
            }
        }
    }

    @Test("After kill -9 the survivors are stopped before their replacements start")
    func survivors() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                # The shell says when a child of its was ended, and nobody reads that once gafferd is gone: SIGPIPE.
                exec 2> /dev/null
                trap 'sign "end $$"; exit 0' TERM
                sign "begin $$"
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:member]\ncmd = \(script)")
            let first = try await Daemon.start(on: bench)
            let begin = try await bench.signs.line(containing: "begin")
            let old = try #require(Int(begin.dropFirst("begin ".count)))
            first.signal(SIGKILL)
            try await first.exit()
            #expect(ProcessTable.isAlive(old))

            try await bench.gafferd { _ in
                let lines = try await bench.signs.lines(until: "a replacement") { lines in
                    lines.count { $0.hasPrefix("begin") } == 2
                }
                #expect(lines.count == 3)
                #expect(lines[1] == "end \(old)")
                #expect(!ProcessTable.isAlive(old))
            }
        }
    }

    /// Leaves a survivor of a killed gafferd that goes on asking for a sign before it leaves, and starts a second gafferd.
    private func withLingeringSurvivor(_ body: (Workbench, Daemon) async throws -> Void) async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                exec 2> /dev/null
                trap 'sign leaving; until test -e \(bench.scratch("go")); do sleep 0.02; done; exit 0' TERM
                sign begin
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:member]\ncmd = \(script)")
            let first = try await Daemon.start(on: bench)
            try await bench.signs.line(containing: "begin")
            first.signal(SIGKILL)
            try await first.exit()
            let second = try Daemon.launch(on: bench)
            do {
                try await bench.signs.line(containing: "leaving")
                try await body(bench, second)
            } catch {
                _ = try? await second.stop()
                throw error
            }
        }
    }

    @Test("While survivors leave, a reload waits for the jobs, which are not loaded twice")
    func reloadBeforeTheJobs() async throws {
        try await withLingeringSurvivor { bench, daemon in
            async let reload = daemon.curl("POST", "/reload")
            try bench.scratch.write("go", "")
            let answer = try await reload
            #expect(answer.status == 200)
            #expect(answer.json["unchanged"] == 1, "\(answer.text)")
            #expect(try await daemon.state("default/member", becomes: "running")["running"] == 1)
            try await daemon.stop()
            #expect(bench.signs.lines.count { $0 == "begin" } == 2)
        }
    }

    @Test("A stop while survivors leave starts no job")
    func stopBeforeTheJobs() async throws {
        try await withLingeringSurvivor { bench, daemon in
            daemon.signal(SIGTERM)
            try await daemon.log.line(containing: "stopping")
            try bench.scratch.write("go", "")
            try await daemon.exit()
            #expect(bench.signs.lines == ["begin", "leaving"])
        }
    }

    @Test("A detached process is left alone and adopted, not doubled", arguments: [SIGTERM, SIGKILL])
    func detached(signal: Int32) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("member", "sign \"begin $$\"; exec sleep 1000")
            try bench.configure("[process:member]\ncmd = \(script)\ndetach = true\nbackoff = 0")
            let first = try await Daemon.start(on: bench)
            try await bench.signs.line(containing: "begin")
            let osPid = try await first.osPid("default/member")
            first.signal(signal)
            try await first.exit()
            #expect(ProcessTable.isAlive(osPid))

            try await bench.gafferd { second in
                #expect(try await second.state("default/member", becomes: "running")["running"] == 1)
                #expect(try await second.osPid("default/member") == osPid)
                #expect(bench.signs.lines.count == 1)

                // Adopted, it is watched, and replaced when it dies.
                kill(pid_t(osPid), SIGKILL)
                try await bench.signs.lines(until: "a replacement") { $0.count == 2 }
                // Stopped on request, it ends as any other.
                #expect(try await second.curl("POST", "/jobs/default/member/state?wait=60", "0").status == 202)
            }
        }
    }

    @Test("A state file that can't be read is put aside with a warning, and the jobs of the file run")
    func brokenState() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { daemon async throws in
                #expect(try await daemon.curl("POST", "/jobs/default/one/state?wait=60", "0").status == 202)
            }
            let files = bench.scratch.list("state")
            try #require(!files.isEmpty)
            for name in files { try bench.scratch.write("state/\(name)", "no state at all\n") }
            try await bench.gafferd { daemon in
                try await daemon.state("default/one", becomes: "running")
                #expect(daemon.log.lines.contains { $0.contains(bench.scratch("state")) })
            }
        }
    }
}
