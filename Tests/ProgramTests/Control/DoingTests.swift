import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferctl's changing commands", .oneSlot, .timeLimit(.minutes(2)))
struct DoingTests {
    private static let sections = """
        [process:shop:web]
        cmd = /bin/sleep 1000

        [process:shop:worker]
        cmd = /bin/sleep 1000

        [process:other]
        cmd = /bin/sleep 1000
        """

    @Test(
        "stop, start, restart and reload take jobs, sessions and patterns, and wait until it is done",
        arguments: [
            ["shop.web"], ["shop/web"], ["shop"], ["shop.*"], ["*.w*"], ["*"],
        ]
    )
    func states(words: [String]) async throws {
        try await withGafferd(Self.sections) { daemon in
            for name in ["shop/web", "shop/worker", "default/other"] {
                try await daemon.state(name, becomes: "running")
            }
            let other = try await daemon.osPid("default/other")
            var web = try await daemon.osPid("shop/web")
            for command in ["restart", "reload"] {
                #expect(try await daemon.ctl([command] + words).code == 0)
                let new = try await daemon.osPid("shop/web")
                #expect(new != web)
                web = new
            }
            #expect(try await daemon.ctl(["stop"] + words).code == 0)
            #expect(try await daemon.info("shop/web")["state"] == "stopped")
            #expect(!ProcessTable.isAlive(web))
            if words != ["*"] { #expect(try await daemon.osPid("default/other") == other) }
            #expect(try await daemon.ctl(["start"] + words).code == 0)
            #expect(try await daemon.info("shop/web")["state"] == "running")
        }
    }

    @Test("scale, add and sub change the number of processes")
    func scale() async throws {
        try await withGafferd(Self.sections) { daemon in
            try await daemon.state("shop/web", becomes: "running")
            for (words, web, worker) in [
                (["scale", "shop.web=3", "shop.worker+1"], 3, 2),
                (["scale", "shop.web-1"], 2, 2),
                (["add", "shop.web", "2"], 4, 2),
                (["sub", "shop.worker", "1"], 4, 1),
                (["scale", "shop.web=0"], 0, 1),
            ] {
                let run = try await daemon.ctl(words)
                #expect(run.code == 0, "\(words): \(run.all)")
                #expect(try await daemon.osPids("shop/web").count == web, "\(words)")
                #expect(try await daemon.osPids("shop/worker").count == worker, "\(words)")
            }
            let json = try await daemon.ctl("scale", "shop.web=2", "--json")
            let jobs = try parseJSON(json.outputBytes)["jobs"]?.arrayValue
            #expect(jobs?.first?["numprocesses"] == 2)
        }
    }

    @Test("kill sends a signal, commit runs once")
    func killAndCommit() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                trap 'sign hup' HUP
                sign "ready $KIND"
                [ -z "$KIND" ] || exit 0
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:member]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                try await bench.signs.lines(until: "the job") { $0.count == 1 }
                let info = try await daemon.state("default/member", becomes: "running")
                let pid = try #require(info["processes"]?.integers.first)
                for (index, words) in [["member", "HUP"], ["\(pid)", "SIGHUP"], ["default.*", "1"]].enumerated() {
                    #expect(try await daemon.ctl(["kill"] + words).code == 0)
                    try await bench.signs.lines(until: "the signal") { $0.count == index + 2 }
                }
                #expect(try await daemon.ctl("kill", "member", "NOPE").code == 2)
                #expect(try await daemon.ctl("kill", "99999", "HUP").code == 4)

                let commit = try await daemon.ctl("commit", "-e", "KIND=once", "member")
                #expect(commit.code == 0, "\(commit.all)")
                #expect(Int(commit.output.dropLast()) ?? 0 > pid)
                try await bench.signs.line(containing: "ready once")
            }
        }
    }

    @Test("load takes a file or stdin, update replaces, unload forgets")
    func load() async throws {
        try await withGafferd { daemon in
            let scratch = daemon.bench.scratch
            let file = try scratch.write(
                "jobs.json",
                #"""
                [{"name": "shop.web", "cmd": "/bin/sleep 1000"},
                 {"name": "worker", "cmd": "/bin/sleep 1000", "numprocesses": 2}]
                """#
            )
            let load = try await daemon.ctl("load", file)
            #expect(load.code == 0, "\(load.all)")
            #expect(try await daemon.info("shop/web")["state"] == "running")
            #expect(try await daemon.info("default/worker")["running"] == 2)
            #expect(try await daemon.ctl("load", file).code == 8)

            let one = #"{"name": "third", "cmd": "/bin/sleep 1000"}"#
            let piped = try await daemon.ctl(["load_process", "--session", "shop", "-"], input: one)
            #expect(piped.code == 0, "\(piped.all)")
            #expect(try await daemon.info("shop/third")["state"] == "running")

            let changed = try scratch.write("web.json", #"{"name": "shop.web", "cmd": "/bin/sleep 2000"}"#)
            #expect(try await daemon.ctl("update", changed).code == 0)
            let osPid = try await daemon.osPid("shop/web")
            #expect(ProcessTable.commandLine(of: osPid) == "/bin/sleep 2000")

            #expect(try await daemon.ctl("unload", "shop.*", "worker").code == 0)
            #expect(!ProcessTable.isAlive(osPid))
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"] == [])
            #expect(try await daemon.ctl("unload", "shop.web").code == 4)
            #expect(try await daemon.ctl("update", changed).code == 4)

            for text in ["{", "5", "[]", #"{"cmd": "/bin/true"}"#] {
                let bad = try scratch.write("bad.json", text)
                let run = try await daemon.ctl("load", bad)
                #expect(run.code == 1, "\(text): \(run.all)")
                #expect(run.error.contains("bad.json"))
            }
        }
    }

    @Test("What can't be started is exit code 1, what is not done in time 7, and --no-wait waits for neither")
    func failures() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("deaf", "trap '' TERM; sign ready; exec sleep 1000")
            try bench.configure("[process:deaf]\ncmd = \(script)\ngraceful_timeout = 3")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                let late = try await daemon.ctl("stop", "deaf", "--timeout", "0.1")
                #expect(late.code == 7, "\(late.all)")
                #expect(late.error.contains("deaf"))
                #expect(try await daemon.ctl("stop", "deaf", "--no-wait").code == 0)
                #expect(try await daemon.ctl("stop", "deaf").code == 0)

                let bad = try bench.scratch.write("bad.json", #"{"name": "bad", "cmd": "/no/such/program"}"#)
                let failed = try await daemon.ctl("load", bad)
                #expect(failed.code == 1, "\(failed.all)")
                #expect(failed.error.contains("/no/such/program"))
                #expect(try await daemon.ctl("restart", "bad", "--no-wait").code == 0)

                let json = try await daemon.ctl("start", "default.none", "--json")
                #expect(json.code == 4)
                let document = try parseJSON(json.outputBytes)
                #expect(document["ok"] == false)
                #expect(document["errors"]?.arrayValue?.first?["reason"] == "not_found")
            }
        }
    }
}
