import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

/// A writer to a real pipe or socket, on a loop of its own.
private final class WriterBench: @unchecked Sendable {
    // @unchecked: the writer is touched on the loop only, and the other end by one test at a time.
    let loop: SupervisionLoop
    let writer: InputWriter
    private(set) var readEnd: Int32

    init(_ kind: InputWriter.Kind = .pipe, limit: Int = 1 << 20) throws {
        loop = try SupervisionLoop()
        var ends: [Int32] = [-1, -1]
        switch kind {
        case .pipe: try SystemError.check("pipe") { gaffer_pipe(&ends, 0) }
        case .socket: try SystemError.check("socketpair") { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) }
        }
        readEnd = ends[0]
        gaffer_set_nonblocking(ends[1], 1)
        writer = InputWriter(descriptor: ends[1], kind: kind, limit: limit, loop: loop)
        loop.start()
    }

    deinit {
        closeReadEnd()
        loop.stop()
    }

    func closeReadEnd() {
        if readEnd >= 0 { close(readEnd) }
        readEnd = -1
    }

    func write(_ bytes: [UInt8], within timeout: Duration = .seconds(60)) async -> InputWriter.Outcome {
        await withCheckedContinuation { continuation in
            loop.perform { [writer] in
                writer.write(bytes, within: timeout) { continuation.resume(returning: $0) }
            }
        }
    }

    /// What the writer says, on its loop.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (InputWriter) -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            loop.perform { [writer] in continuation.resume(returning: question(writer)) }
        }
    }

    func wait(until holds: @escaping @Sendable (InputWriter) -> Bool) async {
        while await !ask(holds), !Task.isCancelled { await Task.yield() }
    }

    /// Reads so many bytes, on a thread of its own, or to the end.
    func read(_ count: Int = .max) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            let descriptor = readEnd
            startThread(named: "test-reader") {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4_096)
                while bytes.count < count {
                    let got = Glibc.read(descriptor, &buffer, min(buffer.count, count - bytes.count))
                    guard got > 0 else { break }
                    bytes += buffer[..<got]
                }
                continuation.resume(returning: bytes)
            }
        }
    }
}

@Suite("Writing to a process", .timeLimit(.minutes(1)))
struct InputWriterTests {
    private func filled(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    @Test("is done at once where there is room, and watches nothing then", arguments: [InputWriter.Kind.pipe, .socket])
    func room(kind: InputWriter.Kind) async throws {
        let bench = try WriterBench(kind)
        #expect(await bench.write(Array("hello".utf8)) == .taken)
        #expect(await bench.write([]) == .taken)
        #expect(await !bench.ask { $0.isWaiting })
        #expect(await bench.read(5) == Array("hello".utf8))
    }

    @Test(
        "of several at once is whole and in order, however slow the process reads",
        arguments: [InputWriter.Kind.pipe, .socket]
    )
    func order(kind: InputWriter.Kind) async throws {
        let bench = try WriterBench(kind)
        async let first = bench.write(filled(1, 500_000))
        await bench.wait { $0.waitingBytes > 0 }
        async let second = bench.write(filled(2, 300_000))
        await bench.wait { $0.waitingBytes > 300_000 }
        let bytes = await bench.read(800_000)
        #expect(bytes == filled(1, 500_000) + filled(2, 300_000))
        #expect(await first == .taken)
        #expect(await second == .taken)
        #expect(await !bench.ask { $0.isWaiting })
    }

    @Test("is refused at once where too much waits")
    func busy() async throws {
        let bench = try WriterBench(limit: 100_000)
        async let first = bench.write(filled(1, 100_000))
        await bench.wait { $0.waitingBytes > 0 }
        let waiting = await bench.ask { $0.waitingBytes }
        #expect(await bench.write(filled(2, 100_000)) == .busy(waiting: waiting))
        #expect(await bench.read(100_000) == filled(1, 100_000))
        #expect(await first == .taken)
        #expect(await bench.write(filled(3, 10)) == .taken)
    }

    @Test("fails when it is not read in time, and the next write goes on behind what was taken")
    func timingOut() async throws {
        let bench = try WriterBench()
        let outcome = await bench.write(filled(1, 200_000), within: .milliseconds(20))
        guard case .timedOut(let taken) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(taken > 0 && taken < 200_000)
        #expect(await !bench.ask { $0.isWaiting })
        #expect(await bench.write(filled(2, 10), within: .milliseconds(20)) == .timedOut(taken: 0))
        async let next = bench.write(filled(3, 1_000))
        #expect(await bench.read(taken + 1_000) == filled(1, taken) + filled(3, 1_000))
        #expect(await next == .taken)
    }

    @Test("fails where the process has closed its end, while it waits and after")
    func broken() async throws {
        let bench = try WriterBench()
        async let first = bench.write(filled(1, 100_000))
        await bench.wait { $0.waitingBytes > 0 && $0.isWaiting }
        let taken = 100_000 - (await bench.ask { $0.waitingBytes })
        bench.closeReadEnd()
        #expect(await first == .broken(taken: taken))
        #expect(await bench.write([1]) == .broken(taken: 0))
        #expect(await !bench.ask { $0.isWaiting })
    }

    @Test("fails at once for all that wait when the process ends")
    func ending() async throws {
        let bench = try WriterBench()
        async let first = bench.write(filled(1, 100_000))
        await bench.wait { $0.waitingBytes > 0 }
        let taken = 100_000 - (await bench.ask { $0.waitingBytes })
        async let second = bench.write(filled(2, 10))
        await bench.wait { [limit = 100_000 - taken] in $0.waitingBytes > limit }
        await bench.ask { $0.processEnded() }
        #expect(await first == .ended(taken: taken))
        #expect(await second == .ended(taken: 0))
        #expect(await bench.write([1]) == .ended(taken: 0))
    }

    @Test("ends with an end of file on request, after what waits", arguments: [InputWriter.Kind.pipe, .socket])
    func closing(kind: InputWriter.Kind) async throws {
        let bench = try WriterBench(kind)
        async let first = bench.write(filled(1, 500_000))
        await bench.wait { $0.waitingBytes > 0 }
        await bench.ask { $0.closeWhenEmpty() }
        #expect(await bench.write([1]) == .closed(taken: 0))
        #expect(await bench.read() == filled(1, 500_000))
        #expect(await first == .taken)
        await bench.ask { $0.closeWhenEmpty() }
        #expect(await bench.write([1]) == .closed(taken: 0))
    }

    @Test("ends with an end of file also where what waits is not read in time")
    func closingInVain() async throws {
        let bench = try WriterBench()
        let bytes = filled(1, 100_000)
        let outcome = await withCheckedContinuation { continuation in
            bench.loop.perform {
                bench.writer.write(bytes, within: .milliseconds(50)) { continuation.resume(returning: $0) }
                bench.writer.closeWhenEmpty()
            }
        }
        guard case .timedOut(let taken) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(await bench.read() == filled(1, taken))
    }
}
