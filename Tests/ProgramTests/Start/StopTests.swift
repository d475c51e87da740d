import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferd's stop", .oneSlot, .timeLimit(.minutes(2)))
struct StopTests {
    @Test("Jobs start by priority and stop the other way round", arguments: [SIGTERM, SIGINT, SIGQUIT])
    func order(signal: Int32) async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                trap 'sign "end $1"; exit 0' TERM
                sign "begin $1"
                while :; do sleep 1000 & wait $!; done
                """
            )
            let sections = ["last": "", "second": "priority = 1", "first": "priority = 0"].map { name, line in
                "[process:\(name)]\ncmd = \(script) \(name)\n\(line)\n"
            }
            try bench.configure(sections.joined(separator: "\n"))
            let daemon = try await Daemon.start(on: bench)
            try await bench.signs.lines(until: "three starts") { $0.count == 3 }
            daemon.signal(signal)
            #expect(try await daemon.exit() == .code(0))
            // The order of starting is that of spawning, not that in which the scheduler lets the scripts run.
            #expect(bench.signs.lines.suffix(3) == ["end last", "end second", "end first"])
            #expect(Set(bench.signs.lines.prefix(3)) == ["begin first", "begin second", "begin last"])
        }
    }

    @Test("A second SIGTERM does not wait for a process that does not leave")
    func secondSignal() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "stubborn",
                """
                trap 'sign asked' TERM
                sign "ready $$"
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:stubborn]\ncmd = \(script)\ngraceful_timeout = 10m")
            let daemon = try await Daemon.start(on: bench)
            try await bench.signs.line(containing: "ready")
            daemon.signal(SIGTERM)
            try await bench.signs.line(containing: "asked")
            #expect(!daemon.hasEnded)
            daemon.signal(SIGTERM)
            try await daemon.exit(within: .seconds(60))
        }
    }

    @Test("A stopped (SIGSTOP) process leaves when it is told to, without being killed")
    func suspendedProcess() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "suspended",
                """
                trap 'sign asked; exit 7' TERM
                sign "ready $$"
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:one]\ncmd = \(script)\ngraceful_timeout = 10m")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                #expect(try await daemon.curl("POST", "/jobs/default/one/signal", #"{"signal": "STOP"}"#).status == 202)
                let answer = try await daemon.curl("POST", "/jobs/default/one/state?wait=60", "0")
                #expect(answer.status == 202, "\(answer.text)")
                #expect(bench.signs.lines.last == "asked")
                #expect(try await daemon.info("default/one")["last_exit"]?["exit_status"] == 7)
            }
        }
    }

    @Test("While gafferd stops, the API answers and takes no new work")
    func requestsWhileStopping() async throws {
        try await Workbench.with { bench in
            let leave = try bench.scratch.makeBarrier("leave")
            let script = try bench.script(
                "slow",
                """
                exec 3<>'\(leave.path)'
                trap 'sign asked; read go <&3; exit 0' TERM
                sign ready
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:slow]\ncmd = \(script)\ngraceful_timeout = 10m")
            let daemon = try await Daemon.start(on: bench)
            try await bench.signs.line(containing: "ready")
            daemon.signal(SIGTERM)
            try await bench.signs.line(containing: "asked")

            #expect(try await daemon.curl("GET", "/ping").status == 200)
            #expect(try await daemon.info("default/slow")["state"] == "stopping")
            let refused = try await daemon.curl("POST", "/jobs/default", #"{"name": "late", "cmd": "sleep 1000"}"#)
            #expect(refused.status == 503)
            #expect(refused.json["reason"] == "shutting_down")

            try leave.release()
            #expect(try await daemon.exit() == .code(0))
        }
    }
}

@Suite("gafferd's stop in the middle of its start", .allSlots, .timeLimit(.minutes(2)))
struct StopWhileStartingTests {
    @Test("Nothing is left, however far it had come", arguments: [0, 1, 50, 299])
    func nothingIsLeft(started: Int) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("member", "sign started; exec sleep 1000")
            try bench.configure(
                """
                [process:crowd]
                cmd = \(script)
                numprocesses = 200

                [process:more]
                cmd = \(script)
                numprocesses = 100
                """
            )
            let daemon = try Daemon.launch(on: bench)
            try await bench.signs.lines(until: "\(started) starts") { $0.count >= started }
            daemon.signal(SIGTERM)
            let exit = try await daemon.exit()
            // Before its first instruction nobody can expect a program to handle a signal.
            if started > 0 { #expect(exit == .code(0)) }
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }
}
