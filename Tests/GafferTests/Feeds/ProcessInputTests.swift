import GafferModel
import GafferSystem
import Testing

@testable import Gaffer

/// A real supervision with one job, whose process is 1.
private final class RealBench: Sendable {
    /// The number of the only process.
    static let pid = 7001

    let supervision: Supervision
    let job: JobName

    var feeds: any ProcessFeeds { supervision.manager }

    static func run(
        _ script: String,
        _ change: (inout JobConfig) -> Void = { $0.redirectInput = true },
        _ body: (RealBench) async throws -> Void
    ) async throws {
        let bench = try RealBench()
        var config = JobConfig(cmd: script)
        config.shell = true
        config.restart = .never
        config.osEnv = true
        change(&config)
        do {
            let loading = try await bench.supervision.manager.load(config, as: bench.job)
            try await loading.settled(within: .seconds(60))
            try await body(bench)
        } catch {
            await bench.shutDown()
            throw error
        }
        await bench.shutDown()
    }

    private init() throws {
        job = try JobName(parsing: "shop.web")
        supervision = try Supervision(Supervision.Options(adoptsOrphans: false))
        // Other supervisions of this test process count from 1, and end what bears their numbers.
        for _ in 1..<Self.pid { _ = supervision.manager.pids.allocate() }
    }

    private func shutDown() async {
        await supervision.manager.hurry()
        await supervision.shutDown(keepsDetached: false)
    }

    func stream(_ label: String = "stdout") throws -> OutputStream {
        try #require(try feeds.streams(of: RealBench.pid).first { $0.label == label })
    }

    /// What a stream has from its beginning, until it has so many bytes or ends.
    func read(_ label: String = "stdout", _ count: Int = .max) async throws -> String {
        var bytes: [UInt8] = []
        for await chunk in try stream(label).subscribe(from: 0) {
            bytes += chunk.bytes
            if bytes.count >= count { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func error(
        writing count: Int,
        to label: String = "stdin",
        of pid: Int = RealBench.pid,
        within timeout: Duration = .milliseconds(20)
    ) async -> GafferError? {
        do throws(GafferError) {
            try await feeds.write(
                [UInt8](repeating: 0x78, count: count),
                to: label,
                of: pid,
                within: timeout
            )
            return nil
        } catch {
            return error
        }
    }
}

// One after the other: what a process starts is told by its number, which is 1 for each of these supervisions.
@Suite("What is written to processes", .serialized, .timeLimit(.minutes(2)))
struct ProcessInputTests {
    @Test("reaches their stdin, whole and in order, and ends when it is closed")
    func stdin() async throws {
        try await RealBench.run("cat; echo end") { bench in
            try await bench.feeds.write(Array("one\n".utf8), to: "stdin", of: RealBench.pid)
            try await bench.feeds.write(Array("two\n".utf8), to: "stdin", of: RealBench.pid)
            #expect(try await bench.read("stdout", 8) == "one\ntwo\n")
            try await bench.feeds.closeInput("stdin", of: RealBench.pid)
            #expect(try await bench.read() == "one\ntwo\nend\n")
        }
    }

    @Test("reaches a custom stream, whose end it is too")
    func custom() async throws {
        try await RealBench.run("read -r line <&3; echo \"got $line\" >&3; cat <&3; echo end >&3") {
            $0.customStreams = ["chat"]
        } _: { bench in
            #expect(try bench.feeds.streams(of: RealBench.pid).map(\.label) == ["stdout", "stderr", "chat"])
            try await bench.feeds.write(Array("hello\n".utf8), to: "chat", of: RealBench.pid)
            #expect(try await bench.read("chat", 10) == "got hello\n")
            try await bench.feeds.closeInput("chat", of: RealBench.pid)
            #expect(try await bench.read("chat") == "got hello\nend\n")
        }
    }

    @Test("is refused where it can't be written, by an error that says why")
    func refusals() async throws {
        try await RealBench.run("sleep 600") {
            $0.customStreams = ["chat"]
        } _: { bench in
            let rows: [(String, Int, GafferError.Code, String)] = [
                ("stdin", 9, .notFound, "There is no process 9."),
                ("stdin", RealBench.pid, .forbidden, "its stdin is not redirected"),
                ("stdout", RealBench.pid, .forbidden, "stdout can only be read"),
                ("x\n", RealBench.pid, .notFound, #"Process \#(RealBench.pid) (shop.web) has no stream "x\n"."#),
                ("chat", RealBench.pid, .tooLarge, "at most 1048576"),
            ]
            for (label, pid, code, text) in rows {
                let error = await bench.error(writing: ProcessInput.limit + 1, to: label, of: pid)
                #expect(error?.code == code, "\(label)")
                #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
            }
            let error = await #expect(throws: GafferError.self) {
                try await bench.feeds.closeInput("stdin", of: RealBench.pid)
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test("can't be anything for a detached process, which has no stdin")
    func detached() async throws {
        try await RealBench.run("sleep 600") {
            $0.redirectInput = true
            $0.detach = true
        } _: { bench in
            let streams = try bench.feeds.streams(of: RealBench.pid)
            #expect(streams.isEmpty)
            #expect(await bench.error(writing: 1)?.code == .forbidden)
        }
    }

    @Test("is bounded in time and in bytes where it is not read")
    func unread() async throws {
        try await RealBench.run("sleep 600") { bench in
            let late = await bench.error(writing: 100_000)
            #expect(late?.code == .timedOut)
            #expect(
                late?.message
                    == "Process \(RealBench.pid) (shop.web): stdin was not read within 20.0 ms: 65536 of 100000 bytes were taken."
            )
            let first = Task {
                var error: GafferError?
                // The small writes below may be in its way.
                repeat {
                    error = await bench.error(writing: ProcessInput.limit, within: .seconds(600))
                } while error?.code == .busy
                return error
            }
            // The pipe is full, so that this one waits as a whole; another finds no room as soon as it does.
            var busy = await bench.error(writing: 10)
            while busy?.code == .timedOut { busy = await bench.error(writing: 10) }
            #expect(busy?.code == .busy)
            #expect(busy?.message.contains("1048576 bytes wait already") == true)
            // Its end fails what waits.
            try await bench.supervision.manager.signal(.kill, to: RealBench.pid)
            let ended = await first.value
            #expect(ended?.code == .failed)
            // The pipe's end may be seen before the process's.
            #expect(ended?.message.contains("0 of 1048576 bytes were taken") == true)
            let after = await bench.error(writing: 1)
            #expect(after?.code == .notFound)
            #expect(after?.message == "Process \(RealBench.pid) has ended.")
        }
    }

    @Test("fails where the process has closed its stdin, and after it was closed on request")
    func closed() async throws {
        try await RealBench.run("exec 0<&-; echo closed; sleep 600") { bench in
            let said = try await bench.read("stdout", 7)
            #expect(said == "closed\n")
            let error = await bench.error(writing: 5)
            #expect(error?.code == .failed)
            #expect(
                error?.message == "Process \(RealBench.pid) (shop.web) has closed its stdin: 0 of 5 bytes were taken."
            )
        }
        try await RealBench.run("cat; sleep 600") { bench in
            try await bench.feeds.closeInput("stdin", of: RealBench.pid)
            try await bench.feeds.closeInput("stdin", of: RealBench.pid)
            let error = await bench.error(writing: 5)
            #expect(error?.code == .forbidden)
            #expect(error?.message.contains("closed on request") == true)
        }
    }

    @Test("waits for a one-off that is only being started")
    func starting() async throws {
        try await RealBench.run("cat") { bench in
            let (pid, _) = try await bench.supervision.manager.commit(bench.job)
            try await bench.feeds.write(Array("x\n".utf8), to: "stdin", of: pid)
            await bench.feeds.untilStarted(pid)
            #expect(try bench.feeds.streams(of: pid).count == 2)
        }
    }
}
