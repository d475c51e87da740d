import Glibc
import Synchronization
import Testing

@testable import GafferSystem

@Suite("The output reader", .timeLimit(.minutes(1)))
struct OutputReaderTests {
    @Test("gives every byte to ring, file and subscriber")
    func everyByte() async throws {
        let folder = try OutputFolder()
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout", sink: reader.sink(path: folder("out.log"), rotation: .none))
        let subscription = stream.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        writeAll(Array("hello\n".utf8), to: writeEnd)
        writeAll([0, 0xFF, 10], to: writeEnd)
        close(writeEnd)
        let expected = Array("hello\n".utf8) + [0, 0xFF, 10]
        #expect(await subscription.collect() == expected)
        #expect(stream.isEnded)
        #expect(stream.snapshot() == OutputChunk(bytes: expected, offset: 0))
        #expect(folder.bytes(of: "out.log") == expected)
        await reader.stop()
    }

    @Test("reads 100 MB exactly")
    func bulk() async throws {
        let folder = try OutputFolder()
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout", sink: reader.sink(path: folder("out.log"), rotation: .none))
        let checking = Checking()
        stream.addObserver(checking)
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        let end = stream.subscribe(bufferBytes: 1)
        let total = 100_000_000
        await onThread {
            var offset = 0
            var size = 1
            while offset < total {
                let bytes = Pattern.bytes(at: offset, count: min(size, total - offset))
                writeAll(bytes, to: writeEnd)
                offset += bytes.count
                size = size * 3 % 199_999
            }
            close(writeEnd)
        }
        _ = await end.collect()
        #expect(checking.count == total)
        #expect(checking.isRight)
        #expect(stream.totalBytes == UInt64(total))
        #expect(stream.tail(bytes: 65_536) == Pattern.bytes(at: total - 65_536, count: 65_536))
        let file = folder.bytes(of: "out.log")
        #expect(file.count == total)
        #expect(file.withUnsafeBytes { Pattern.matches($0, at: 0) })
        await reader.stop()
    }

    @Test("reads many streams, each to its own ring")
    func manyStreams() async throws {
        let reader = try startedReader()
        let streams = (0..<200).map { OutputStream(label: "\($0)") }
        let ends = streams.map { $0.subscribe() }
        for stream in streams {
            let (readEnd, writeEnd) = try makePipe()
            try reader.add(descriptor: readEnd, stream: stream)
            writeAll(Array("I am \(stream.label)\n".utf8), to: writeEnd)
            close(writeEnd)
        }
        for (stream, end) in zip(streams, ends) {
            #expect(await end.collect() == Array("I am \(stream.label)\n".utf8))
        }
        await reader.stop()
    }

    @Test("sleeps after a child has closed its output")
    func closedOutput() async throws {
        let reader = try startedReader()
        let closed = OutputStream(label: "closed")
        let end = closed.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: closed)
        close(writeEnd)
        _ = await end.collect()
        let before = reader.wakeUpCount
        // Something else that happens ten times: were the closed one still ready, it would wake many times more.
        let other = OutputStream(label: "other")
        let chunks = other.subscribe()
        let (otherRead, otherWrite) = try makePipe()
        try reader.add(descriptor: otherRead, stream: other)
        for _ in 0..<10 {
            writeAll([1], to: otherWrite)
            _ = await chunks.next()
        }
        close(otherWrite)
        await reader.stop()
        #expect(reader.wakeUpCount - before <= 13)
    }

    @Test("takes what is in the pipe when told to close it while somebody else still has it")
    func drains() async throws {
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout")
        let end = stream.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        defer { close(writeEnd) }
        try reader.add(descriptor: readEnd, stream: stream)
        writeAll(Array("last words".utf8), to: writeEnd)
        stream.drainAndClose()
        #expect(await end.collect() == Array("last words".utf8))
        #expect(stream.isEnded)
        // Its end of the pipe is closed.
        expectNoReader(to: writeEnd)
        await reader.stop()
    }

    @Test("leaves a stream when told to, and the ring stays")
    func abandons() async throws {
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout")
        let end = stream.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        defer { close(writeEnd) }
        try reader.add(descriptor: readEnd, stream: stream)
        writeAll(Array("seen\n".utf8), to: writeEnd)
        #expect(await end.next()?.bytes == Array("seen\n".utf8))
        reader.remove(stream)
        #expect(await end.next() == nil)
        #expect(stream.tail(lines: 1) == Array("seen\n".utf8))
        await reader.stop()
    }

    @Test("takes a stream once only, and closes what it does not take")
    func addedTwice() async throws {
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout")
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        let (secondRead, secondWrite) = try makePipe()
        #expect(throws: SystemError.self) { try reader.add(descriptor: secondRead, stream: stream) }
        expectNoReader(to: secondWrite)
        close(secondWrite)
        close(writeEnd)
        await reader.stop()
    }

    @Test("shares one file among the streams of a path")
    func sharedFile() async throws {
        let folder = try OutputFolder()
        let reader = try startedReader()
        let rotation = FileRotation(maxSize: 1000, keep: 99)
        let first = reader.sink(path: folder("out.log"), rotation: .none)
        let second = reader.sink(path: folder("out.log"), rotation: rotation)
        #expect(first === second)
        var ends: [OutputSubscription] = []
        for index in 0..<4 {
            let stream = OutputStream(label: "\(index)", sink: first)
            ends.append(stream.subscribe())
            let (readEnd, writeEnd) = try makePipe()
            try reader.add(descriptor: readEnd, stream: stream)
            for _ in 0..<100 { writeAll(Array("line of \(index)\n".utf8), to: writeEnd) }
            close(writeEnd)
        }
        for end in ends { _ = await end.collect() }
        let files = folder.names.map { folder.text(of: $0) }
        #expect(files.count > 1)
        #expect(files.allSatisfy { $0.utf8.count <= 1000 && $0.hasSuffix("\n") })
        #expect(files.joined().utf8.count == 400 * 10)
        await reader.stop()
    }

    @Test("makes the pipe of a chatty child larger")
    func growsPipe() async throws {
        let reader = try startedReader()
        let stream = OutputStream(label: "stdout")
        let end = stream.subscribe(bufferBytes: 1)
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        await onThread { for _ in 0..<100 { writeAll([UInt8](repeating: 1, count: 65_536), to: writeEnd) } }
        #expect(reader.pipeGrowth.load(ordering: .relaxed) <= OutputReader.growthLimit)
        close(writeEnd)
        _ = await end.collect()
        await reader.stop()
        #expect(stream.totalBytes == 6_553_600)
        #expect(reader.pipeGrowth.load(ordering: .relaxed) == 0)
    }

    @Test("closes its files when nobody needs them any more")
    func closesFiles() async throws {
        let folder = try OutputFolder()
        let reader = try startedReader()
        let path = folder("out.log")
        var sink: FileSink? = reader.sink(path: path, rotation: .none)
        #expect(sink?.open() == nil)
        #expect(openCount(of: path) == 1)
        sink = nil
        // What was queued before is done when it has stopped.
        await reader.stop()
        #expect(openCount(of: path) == 0)
    }

    @Test("has streams that cost less than 1 KiB until they have bytes")
    func silentStreams() {
        let stream = OutputStream(label: "stdout")
        // One object, and no more: what else it may have is behind pointers to nothing yet.
        #expect(MemoryLayout<OutputStream.State>.stride < 256)
        #expect(stream.state.withLock { $0.ring.hasMemory } == false)
    }
}

/// An endless stream of bytes whose every part can be told by its offset.
private enum Pattern {
    /// A prime, so that it fits no buffer.
    static let period = 999_983
    private static let block: [UInt8] = {
        var state = UInt32(1)
        let bytes = (0..<period).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return bytes + bytes
    }()

    /// At most a period.
    static func bytes(at offset: Int, count: Int) -> [UInt8] {
        Array(block[(offset % period)..<(offset % period + count)])
    }

    static func matches(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        stride(from: 0, to: bytes.count, by: period).allSatisfy { start in
            let count = min(period, bytes.count - start)
            return block.withUnsafeBytes { block in
                guard let base = block.baseAddress, let bytes = bytes.baseAddress else { return false }
                return memcmp(bytes + start, base + (offset + start) % period, count) == 0
            }
        }
    }
}

private final class Checking: OutputObserver {
    private let state = Mutex((count: 0, isRight: true))
    var count: Int { state.withLock { $0.count } }
    var isRight: Bool { state.withLock { $0.isRight } }

    func received(_ bytes: ByteView, at offset: UInt64) {
        state.withLock { state in
            let isNext = Int(offset) == state.count && Pattern.matches(bytes.buffer, at: Int(offset))
            state = (state.count + bytes.count, state.isRight && isNext)
        }
    }

    func ended() {}
}

/// Expects that nobody reads a pipe any more, waiting for that.
private func expectNoReader(to descriptor: Int32) {
    var ready = pollfd(fd: descriptor, events: 0, revents: 0)
    #expect(poll(&ready, 1, -1) == 1)
    #expect(ready.revents & Int16(POLLERR) != 0)
}
