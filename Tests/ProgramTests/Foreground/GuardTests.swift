import Glibc
import ProgramTestKit
import Testing

@Suite("The guard of gaffer start", .oneSlot, .timeLimit(.minutes(2)))
struct GuardTests {
    /// One that ignores SIGTERM, one that hides in a session of its own, and one with fifty children.
    private static let procfile = """
        stubborn: trap '' TERM; echo ready; while :; do sleep 1; done
        daemon: (setsid sh -c 'trap "" TERM HUP; sleep 1000 & sleep 1000' &) ; echo ready; exec sleep 1000
        many: for i in $(seq 50); do sleep 1000 & done; echo ready; wait

        """

    private static func started(_ bench: Workbench, _ words: [String] = []) async throws -> ForegroundRun {
        let run = try ForegroundRun(bench, procfile: procfile, words)
        try await run.output.lines(until: "all three") { $0.count { $0.hasSuffix("| ready") } == 3 }
        return run
    }

    /// Waits until nothing of the workbench is left, which a second is to be enough for.
    private static func nothingIsLeft(_ bench: Workbench) async throws -> Duration {
        let start = ContinuousClock.now
        for osPid in ProcessTable.belonging(to: bench.path) { try await ProcessTable.end(of: osPid) }
        #expect(ProcessTable.belonging(to: bench.path) == [])
        return ContinuousClock.now - start
    }

    @Test("leaves nothing when gaffer is killed")
    func gafferKilled() async throws {
        try await Workbench.with { bench in
            let run = try await Self.started(bench)
            #expect(ProcessTable.belonging(to: bench.path).count > 55)
            kill(pid_t(try run.gaffer()), SIGKILL)
            #expect(try await run.child.exit() == .signal(SIGKILL))
            // The guard is the last to go.
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }

    @Test("leaves nothing when it is killed itself")
    func guardKilled() async throws {
        try await Workbench.with { bench in
            let run = try await Self.started(bench)
            run.child.signal(SIGKILL)
            #expect(try await run.child.exit() == .signal(SIGKILL))
            // A second on a machine with nothing else to do.
            #expect(try await Self.nothingIsLeft(bench) < .seconds(10))
        }
    }

    @Test("is not found by gaffer's name, so that who kills by name kills one of the two")
    func name() async throws {
        try await Workbench.with { bench in
            let run = try await Self.started(bench)
            let osPid = Int(run.child.osPid)
            #expect(ProcessTable.commandLine(of: osPid) == "start-guard")
            #expect(ProcessTable.status(osPid, "Name") == "start-guard")
            #expect(ProcessTable.commandLine(of: try run.gaffer()).hasSuffix("gaffer start"))
            run.child.signal(SIGQUIT)
            #expect(try await run.child.exit() == .code(131))
        }
    }

    @Test(
        "hands signals on: all ends, what does not want to as well",
        arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129)] as [(Int32, Int32)]
    )
    func signals(number: Int32, code: Int32) async throws {
        try await Workbench.with { bench in
            let run = try await Self.started(bench, ["--timeout", "1"])
            run.child.signal(number)
            #expect(try await run.child.exit() == .code(code))
            #expect(ProcessTable.belonging(to: bench.path) == [])
            #expect(run.maskedLines.contains("TIME stubborn | kill process with pid PID"))
            #expect(
                run.maskedLines.contains { line in
                    line == "TIME gaffer   | waiting for stubborn, daemon, many; Ctrl-C again kills them"
                }
            )
        }
    }

    @Test("kills at the second SIGINT")
    func twice() async throws {
        try await Workbench.with { bench in
            let run = try await Self.started(bench, ["--timeout", "1000"])
            run.child.signal(SIGINT)
            try await run.output.line(containing: "waiting for")
            run.child.signal(SIGINT)
            #expect(try await run.child.exit() == .code(130))
            #expect(run.output.text.contains("| killing stubborn"))
        }
    }

    @Test("ends though nobody takes the output, once it is told to")
    func stuckReader() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("Procfile", "w: echo ready > ready; exec yes\n")
            // A pipe that is open and never read.
            let pipe = bench.scratch("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            defer { close(reader) }
            let child = try Child(
                Programs.gaffer(),
                ["start", "--timeout", "1"],
                environment: bench.environment,
                directory: bench.path,
                streams: .init(output: pipe)
            )
            let deadline = ContinuousClock.now + .seconds(60)
            while readText(bench.scratch("ready")).isEmpty, ContinuousClock.now < deadline { await Task.yield() }
            child.signal(SIGTERM)
            #expect(try await child.exit() == .code(143))
        }
    }
}
