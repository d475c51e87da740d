import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("Many processes at once", .allSlots, .timeLimit(.minutes(4)))
struct CrowdTests {
    @Test("500 processes that die at once are each seen once, and replaced")
    func massDeath() async throws {
        let sections = """
            [process:crowd]
            cmd = /bin/sleep 1000
            numprocesses = 500
            backoff = 0
            """
        try await withGafferd(sections) { daemon in
            try await daemon.state("default/crowd", becomes: "running")
            let before = try await daemon.osPids("default/crowd")
            #expect(before.count == 500)
            #expect(try await daemon.curl("POST", "/jobs/default/crowd/signal", #"{"signal": "KILL"}"#).status == 202)
            let info = try await daemon.eventually("500 replacements") {
                let info = try await daemon.info("default/crowd")
                return info["restarts"] == 500 && info["state"] == "running" ? info : nil
            }
            let after = info["instances"]?.arrayValue?.compactMap { $0["os_pid"]?.intValue } ?? []
            #expect(Set(after).count == 500)
            let instances = info["instances"]?.arrayValue?.compactMap { $0["instance"]?.intValue } ?? []
            #expect(instances.sorted() == Array(1...500))

            // One more death comes after all the others: had one been seen twice, this would be more than one more.
            let pid = try #require(info["processes"]?.integers.first)
            #expect(try await daemon.curl("POST", "/\(pid)/signal", #"{"signal": "KILL"}"#).status == 202)
            try await daemon.eventually("one more") {
                try await daemon.info("default/crowd")["restarts"] == 501 ? true : nil
            }
            let exits = daemon.log.lines.filter { $0.contains("SIGKILL") && $0.contains("exit") }
            #expect(exits.count == 501)
        }
    }

    @Test("While 1,000 jobs flap, the API answers and gafferd stops when it is told to")
    func flappingJobs() async throws {
        let sections = (0..<1000).map { number in
            """
            [process:crowd:flap\(number)]
            cmd = /bin/false
            flapping = 3, 60, 0.2, 1000
            """
        }
        try await withGafferd(sections.joined(separator: "\n\n")) { daemon in
            // Late enough that all of them are at it.
            try await daemon.eventually("the last job's restarts") {
                try await (daemon.info("crowd/flap999")["restarts"]?.intValue ?? 0) > 3 ? true : nil
            }
            for _ in 0..<20 {
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
            }
            #expect(try await daemon.curl("GET", "/jobs?info=true").json["info"]?.arrayValue?.count == 1000)
            let stopped = try await daemon.curl("POST", "/sessions/crowd/state?wait=60", "0")
            #expect(stopped.status == 202, "\(stopped.text)")
            #expect(try await daemon.curl("GET", "/pids").json["pids"] == [])
        }
    }

    @Test("A line of 1 GB without an end takes no memory")
    func endlessLine() async throws {
        try await Workbench.with { bench in
            let barrier = try bench.scratch.makeBarrier("barrier")
            let script = try bench.script(
                "endless",
                """
                exec 3<>'\(barrier.path)'
                sign ready
                read go <&3
                head -c 1073741824 /dev/zero | tr '\\0' x
                sign done
                exec sleep 1000
                """
            )
            try bench.configure("[process:endless]\ncmd = \(script)")
            // With -vv every byte goes through the cutting of lines.
            try await bench.gafferd(options: ["-vv"], consolePath: "/dev/null") { daemon in
                try await bench.signs.line(containing: "ready")
                let before = try #require(ProcessTable.peakMemory(of: daemon.osPid))
                try barrier.release()
                try await bench.signs.lines(until: "the end of the output", within: .seconds(180)) { $0.count == 2 }
                let after = try #require(ProcessTable.peakMemory(of: daemon.osPid))
                #expect(after - before < 32 << 20)
                let tail = try await daemon.curl("GET", "/jobs/default/endless/tail?n=1&format=text")
                #expect(tail.status == 200)
                #expect((1...65_536).contains(tail.bytes.count))
                #expect(tail.bytes.allSatisfy { $0 == UInt8(ascii: "x") })
            }
        }
    }
}
