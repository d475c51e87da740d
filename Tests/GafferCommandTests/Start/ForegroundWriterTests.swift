import GafferSystem
import Glibc
import Synchronization
import Testing

@testable import gaffer

@Suite("The writer of gaffer start", .timeLimit(.minutes(1)))
struct ForegroundWriterTests {
    /// Both ends of a pipe.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    /// All bytes until the end.
    private static func rest(of descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    @Test("loses nothing when its reader is slow, and makes who writes wait")
    func pressure() async throws {
        let (input, output) = try Self.pipe()
        defer { close(input) }
        let writer = ForegroundWriter(output) { _ in }
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 99_999) + [10]
        // More than the pipe and the queue can hold.
        let count = 40
        let written = Atomic(0)
        let isFilled = Semaphore()
        startThread(named: "test-fill") {
            for _ in 0..<count {
                writer.write(block)
                written.wrappingAdd(1, ordering: .relaxed)
            }
            isFilled.signal()
            writer.finish()
            close(output)
        }
        let bytes = await WorkerThread(name: "test-read").result { Self.rest(of: input) }
        #expect(bytes.count == count * block.count)
        #expect(written.load(ordering: .relaxed) == count)
    }

    @Test("tells once that nobody reads, and lets everybody go on")
    func broken() async throws {
        signal(SIGPIPE, SIG_IGN)
        let (input, output) = try Self.pipe()
        close(input)
        let (errors, feed) = AsyncStream<Int32>.makeStream()
        let writer = ForegroundWriter(output) { feed.yield($0) }
        writer.note([10])
        var iterator = errors.makeAsyncIterator()
        #expect(await iterator.next() == EPIPE)
        for _ in 0..<10 { writer.write([UInt8](repeating: 10, count: ForegroundWriter.capacity)) }
        writer.finish()
        feed.finish()
        #expect(await iterator.next() == nil)
        close(output)
    }

    @Test("can be told that nobody will read")
    func abandoned() async throws {
        let (input, output) = try Self.pipe()
        let writer = ForegroundWriter(output) { _ in }
        let isOver = Semaphore()
        startThread(named: "test-fill") {
            for _ in 0..<40 { writer.write([UInt8](repeating: 10, count: 100_000)) }
            writer.finish()
            isOver.signal()
        }
        // One of the first writes waits for ever, as nobody reads.
        writer.abandon()
        isOver.wait()
        close(input)
    }
}
