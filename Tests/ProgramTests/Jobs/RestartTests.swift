import GafferModel
import ProgramTestKit
import Testing

@Suite("Processes that end by themselves", .oneSlot, .timeLimit(.minutes(2)))
struct RestartTests {
    @Test(
        "The restart policy decides whether another one is started",
        arguments: [
            ("exit 0", "restart = never", "finished"),
            ("exit 1", "restart = never", "finished"),
            ("exit 0", "restart = on-failure", "finished"),
            ("exit 3", "restart = on-failure\nsuccess_exit = 0, 3", "finished"),
            ("kill -USR1 $$", "restart = on-failure\nsuccess_exit = 0, SIGUSR1", "finished"),
            ("exit 1", "restart = on-failure", "backoff"),
            ("exit 0", "restart = always", "backoff"),
            ("exit 0", "", "backoff"),
        ]
    )
    func policy(ending: String, setting: String, state: String) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("short", "sign run; \(ending)")
            // The first exit is mended at once; the wait after the second one is as good as endless.
            try bench.configure("[process:short]\ncmd = \(script)\nbackoff = 1h\n\(setting)")
            try await bench.gafferd { daemon in
                let info = try await daemon.state("default/short", becomes: state)
                #expect(bench.signs.lines.count == (state == "backoff" ? 2 : 1))
                #expect((info["retry_in"]?.doubleValue != nil) == (state == "backoff"))
                #expect(info["restarts"] == (state == "backoff" ? 1 : 0))
            }
        }
    }

    @Test("A job that waits for its restart is started at once when it is told to")
    func startWhileWaiting() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("short", "sign run; exit 1")
            try bench.configure("[process:short]\ncmd = \(script)\nbackoff = 1h")
            try await bench.gafferd { daemon in
                try await daemon.state("default/short", becomes: "backoff")
                #expect(bench.signs.lines.count == 2)
                #expect(try await daemon.curl("POST", "/jobs/default/short/state", "1").status == 202)
                try await bench.signs.lines(until: "a third run") { $0.count >= 3 }
            }
        }
    }

    @Test("A flapping job is stopped, tried again, and given up, and the log says so")
    func flapping() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("short", "sign run; exit 1")
            // Two exits make a flap; two flaps are forgiven, the third is not.
            try bench.configure("[process:short]\ncmd = \(script)\nflapping = 2, 60, 0.1, 2")
            try await bench.gafferd { daemon in
                try await daemon.state("default/short", becomes: "failed")
                #expect(bench.signs.lines.count == 6)
                #expect(daemon.log.lines.contains { $0.contains("short") && $0.contains("flap") })

                // Told to start, it has all its retries again.
                #expect(try await daemon.curl("POST", "/jobs/default/short/state", "1").status == 202)
                try await bench.signs.lines(until: "six more runs") { $0.count == 12 }
                try await daemon.state("default/short", becomes: "failed")
            }
        }
    }

    @Test("An instance keeps its number when it is replaced, and a free one is used again")
    func instances() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("member", #"sign "$GAFFER_INSTANCE $$"; exec sleep 1000"#)
            try bench.configure("[process:member]\ncmd = \(script)\nnumprocesses = 3")
            try await bench.gafferd { daemon in
                let lines = try await bench.signs.lines(until: "three starts") { $0.count == 3 }
                #expect(lines.compactMap { $0.split(separator: " ").first }.sorted() == ["1", "2", "3"])
                let info = try await daemon.state("default/member", becomes: "running")
                let second = try #require(info["instances"]?.arrayValue?.first { $0["instance"] == 2 })
                let pid = try #require(second["pid"]?.intValue)
                #expect(try await daemon.curl("POST", "/\(pid)/signal", #"{"signal": "KILL"}"#).status == 202)
                let all = try await bench.signs.lines(until: "a replacement") { $0.count == 4 }
                #expect(all[3].hasPrefix("2 "))
            }
        }
    }

    @Test("Scaling leaves the others alone, and the oldest goes first")
    func scaling() async throws {
        try await withGafferd("[process:member]\ncmd = /bin/sleep 1000\nnumprocesses = 2") { daemon in
            try await daemon.state("default/member", becomes: "running")
            let two = try await daemon.osPids("default/member")
            let path = "/jobs/default/member/numprocesses?wait=60"
            let more = try await daemon.curl("POST", path, #"{"scale": "+2"}"#)
            #expect(more.json["numprocesses"] == 4, "\(more.text)")
            let four = try await daemon.osPids("default/member")
            #expect(Array(four.prefix(2)) == two)
            #expect(four.count == 4)

            let fewer = try await daemon.curl("POST", path, #"{"scale": -1}"#)
            #expect(fewer.json["numprocesses"] == 3, "\(fewer.text)")
            #expect(try await daemon.osPids("default/member") == Array(four.dropFirst()))
            #expect(!ProcessTable.isAlive(four[0]))
        }
    }

    @Test("A reload starts the new processes before it stops the old ones, with their instances")
    func reloadOfAJob() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                trap 'sign "end $GAFFER_INSTANCE"; exit 0' TERM
                sign "begin $GAFFER_INSTANCE"
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:member]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                try await bench.signs.lines(until: "a start") { $0.count == 1 }
                let before = try await daemon.osPid("default/member")
                #expect(try await daemon.curl("POST", "/jobs/default/member/state?wait=60", "2").status == 202)
                #expect(try await daemon.osPid("default/member") != before)
                #expect(!ProcessTable.isAlive(before))
                let lines = try await bench.signs.lines(until: "a replacement") { $0.count == 3 }
                #expect(lines.sorted() == ["begin 1", "begin 1", "end 1"])
            }
        }
    }
}
