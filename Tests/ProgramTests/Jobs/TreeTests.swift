import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("The end of a process and of what it started", .oneSlot, .timeLimit(.minutes(2)))
struct TreeTests {
    @Test("A process that ignores SIGTERM is killed after its graceful timeout")
    func ignoresTerm() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("deaf", "trap '' TERM; sign ready $$; exec sleep 1000")
            try bench.configure("[process:deaf]\ncmd = \(script)\ngraceful_timeout = 0.3")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                let osPid = try await daemon.osPid("default/deaf")
                let answer = try await daemon.curl("POST", "/jobs/default/deaf/state?wait=60", "0")
                #expect(answer.status == 202, "\(answer.text)")

                #expect(!ProcessTable.isAlive(osPid))
                let info = try await daemon.info("default/deaf")
                #expect(info["state"] == "stopped")
                #expect(info["last_exit"]?["term_signal"] == .integer(Int64(SIGKILL)))
                // In the order in which it happened: told, killed, gone.
                let steps = ["told to stop", "is killed", "exited"]
                let lines = try await daemon.log.lines(until: "all of \(steps)") { lines in
                    steps.allSatisfy { step in lines.contains { $0.contains("job=deaf") && $0.contains(step) } }
                }
                let told = lines.compactMap { line in
                    line.contains("job=deaf") ? steps.first(where: line.contains) : nil
                }
                #expect(told == steps)
            }
        }
    }

    @Test(
        "What a process started goes with it, double-forked and in a session of its own",
        arguments: [
            "(setsid GRANDCHILD &)",
            "setsid -f GRANDCHILD",
            // Without GAFFER_PID in its environment, known by its parent only.
            "env -i setsid GRANDCHILD &",
            // Without a parent and GAFFER_PID, known by its process group only.
            "(env -i GRANDCHILD &)",
            // Below a process that is not ours to see, but for its parent.
            "env -i setsid sh -c 'GRANDCHILD & wait' &",
        ]
    )
    func descendants(command: String) async throws {
        try await Workbench.with { bench in
            let grandchild = try bench.script("grandchild", "sign grandchild $$; exec sleep 1000")
            let script = try bench.script(
                "parent",
                command.replacing("GRANDCHILD", with: grandchild) + "\nsign parent $$\nexec sleep 1000"
            )
            try bench.configure("[process:parent]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                let lines = try await bench.signs.lines(until: "two signs") { $0.count == 2 }
                let osPids = lines.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
                #expect(osPids.count == 2)
                #expect(osPids.allSatisfy { ProcessTable.isAlive($0) })
                let answer = try await daemon.curl("POST", "/jobs/default/parent/state?wait=60", "0")
                #expect(answer.status == 202, "\(answer.text)")
                #expect(osPids.allSatisfy { !ProcessTable.isAlive($0) })
            }
        }
    }

    @Test("An orphan that left no trace is ended when gafferd ends, and the log says so")
    func hiddenOrphan() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "parent",
                """
                env -i setsid -f sh -c 'echo hidden $$ >> \(bench.signs.path); exec sleep 1000'
                sign parent
                exec sleep 1000
                """
            )
            try bench.configure("[process:parent]\ncmd = \(script)")
            let daemon = try await Daemon.start(on: bench)
            let lines = try await bench.signs.lines(until: "two signs") { $0.count == 2 }
            let hidden = lines.compactMap { $0.hasPrefix("hidden ") ? Int($0.dropFirst(7)) : nil }
            let osPid = try #require(hidden.first)
            #expect(ProcessTable.isAlive(osPid))
            try await daemon.stop()
            #expect(!ProcessTable.isAlive(osPid))
            #expect(daemon.log.lines.contains { $0.contains("\(osPid)") })
        }
    }

    @Test("A replacement does not wait for what its predecessor left, even where that holds its stdout")
    func replacementStartsAtOnce() async throws {
        try await Workbench.with { bench in
            // The grandchild inherits stdout and stderr and ignores SIGTERM, so it is there for the whole grace.
            let script = try bench.script(
                "parent",
                """
                if [ -e '\(bench.scratch("grandchild"))' ]; then
                    read osPid < '\(bench.scratch("grandchild"))'
                    kill -0 $osPid && sign second while first left $osPid || sign too late
                    exec sleep 1000
                fi
                trap '' TERM
                sleep 1000 &
                echo $! > '\(bench.scratch("grandchild"))'
                sign first
                exit 1
                """
            )
            try bench.configure("[process:parent]\ncmd = \(script)\ngraceful_timeout = 3")
            try await bench.gafferd { daemon in
                let lines = try await bench.signs.lines(until: "two signs") { $0.count == 2 }
                #expect(lines[1].hasPrefix("second while first left "))
                let left = try #require(lines[1].split(separator: " ").last.flatMap { Int($0) })
                try await ProcessTable.end(of: left)
                let info = try await daemon.info("default/parent")
                #expect(info["restarts"] == 1)
                #expect(info["state"] == "running")
            }
        }
    }

    @Test("A process that closes its stdout and stderr is as alive as any other")
    func closedOutput() async throws {
        try await Workbench.with { bench in
            let barrier = try bench.scratch.makeBarrier("barrier")
            let script = try bench.script(
                "mute",
                """
                exec 3<>'\(barrier.path)' >&- 2>&-
                sign ready
                read go <&3
                sign leaving
                exit 3
                """
            )
            try bench.configure("[process:mute]\ncmd = \(script)\nrestart = never")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                #expect(try await daemon.info("default/mute")["running"] == 1)
                // What happens to it later comes after the end of its outputs, and only then it is gone.
                try barrier.release()
                let info = try await daemon.state("default/mute", becomes: "finished")
                #expect(bench.signs.lines == ["ready", "leaving"])
                #expect(info["last_exit"]?["exit_status"] == 3)
            }
        }
    }

    @Test("A process killed by its pid is replaced, and its tree goes with it")
    func deletedProcess() async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000") { daemon in
            try await daemon.state("default/one", becomes: "running")
            let before = try await daemon.osPid("default/one")
            let pid = try #require(try await daemon.info("default/one")["processes"]?.integers.first)
            #expect(try await daemon.curl("DELETE", "/\(pid)?wait=60").status == 202)
            #expect(!ProcessTable.isAlive(before))
            let after = try await daemon.eventually("a replacement") {
                try await daemon.osPids("default/one").first { $0 != before }
            }
            #expect(ProcessTable.isAlive(after))
            #expect(try await daemon.info("default/one")["processes"]?.integers != [pid])
        }
    }
}
