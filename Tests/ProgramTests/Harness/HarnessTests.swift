import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("The harness of these tests", .oneSlot, .timeLimit(.minutes(1)))
struct HarnessTests {
    @Test("It sees how a program ended and what it wrote")
    func tool() async throws {
        try await Workbench.with { bench in
            let run = try await runTool(
                "/bin/sh",
                ["-c", "read line; echo \"$line, $A\"; echo no >&2; exit 7"],
                environment: ["A": "b"],
                directory: bench.path,
                input: "yes\n"
            )
            #expect(run.exit == .code(7))
            #expect(run.output == "yes, b\n")
            #expect(run.error == "no\n")
            let killed = try await runTool(
                "/bin/sh",
                ["-c", "kill -USR1 $$"],
                environment: [:],
                directory: bench.path
            )
            #expect(killed.exit == .signal(SIGUSR1))
        }
    }

    @Test("A program that takes too long is killed, and that is an error")
    func limit() async throws {
        try await Workbench.with { bench in
            let sleep = try Child(
                "/bin/sleep",
                ["1000"],
                environment: [:],
                directory: bench.path,
                streams: .init()
            )
            await #expect(throws: Failure.self) { try await sleep.exit(within: .milliseconds(10)) }
            #expect(sleep.ended == .signal(SIGKILL))
        }
    }

    @Test(
        "What belongs to a workbench is found, however it hides",
        arguments: ["exec sleep 1000", "cd / && exec sleep 1000", "exec env -i /bin/sleep 1000"]
    )
    func leftovers(command: String) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("child", "sign ready; \(command)")
            let child = try Child(
                script,
                [],
                environment: bench.environment,
                directory: bench.path,
                streams: .init()
            )
            try await bench.signs.line(containing: "ready")
            #expect(ProcessTable.belonging(to: bench.path) == [Int(child.osPid)])
            #expect(ProcessTable.children(of: Int(getpid())).contains(Int(child.osPid)))
            #expect(ProcessTable.peakMemory(of: Int(child.osPid)) ?? 0 > 0)
            bench.endWhatIsLeft()
            try await child.exit()
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }

    @Test("A record gives up when its writer is gone, and says what it holds")
    func record() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("child", "sign one; sign two")
            let run = try await runTool(script, [], environment: bench.environment, directory: bench.path)
            #expect(run.code == 0)
            #expect(bench.signs.lines == ["one", "two"])
            let failure = await #expect(throws: Failure.self) {
                try await bench.signs.lines(until: "third line", giveUp: { "it ended" }, { $0.count == 3 })
            }
            #expect(failure?.description.contains("two") == true)
        }
    }

    @Test("A barrier keeps the permission for a reader that comes later")
    func barrier() async throws {
        try await Workbench.with { bench in
            let barrier = try bench.scratch.makeBarrier("barrier")
            let script = try bench.script("child", "exec 3<>'\(barrier.path)'; sign ready; read go <&3; sign gone")
            let child = try Child(script, [], environment: bench.environment, directory: bench.path, streams: .init())
            try await bench.signs.line(containing: "ready")
            try barrier.release()
            #expect(try await child.exit() == .code(0))
            #expect(bench.signs.lines == ["ready", "gone"])
        }
    }

    @Test("An answer of curl is read")
    func answer() throws {
        let answer = try Answer(
            parsing: Array("HTTP/1.1 404 Not Found\r\nA-B: c: d\r\n\r\n{\"error\": 1}\r\n\r\n".utf8)
        )
        #expect(answer.status == 404)
        #expect(answer.headers == ["a-b": "c: d"])
        #expect(answer.text == "{\"error\": 1}\r\n\r\n")
        #expect(throws: Failure.self) { try Answer(parsing: Array("HTTP/1.1 200 OK\r\n".utf8)) }
    }
}
