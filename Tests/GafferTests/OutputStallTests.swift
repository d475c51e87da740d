import Glibc
import Synchronization
import Testing

@testable import GafferSystem

@Suite("A write that hangs", .timeLimit(.minutes(1)))
struct OutputStallTests {
    @Test("goes on with the others when a write hangs; what is meant for that file is counted and told")
    func hangingWrite() async throws {
        let folder = try OutputFolder()
        let writer = try FaultyWriter()
        let reader = try startedReader(writer: writer)
        let stuck = OutputStream(label: "stuck", sink: reader.sink(path: folder("stuck.log"), rotation: .none))
        let stuckOutput = stuck.subscribe()
        let (stuckRead, stuckWrite) = try makePipe()
        try reader.add(descriptor: stuckRead, stream: stuck)
        writer.set { $0.hangs = true }
        writeAll(Array("first\n".utf8), to: stuckWrite)
        await onThread { writer.isHanging.wait() }
        #expect(await stuckOutput.next()?.bytes == Array("first\n".utf8))
        writer.set { $0.hangs = false }

        for _ in 0...StallDetector.ticksToStall { reader.checkForStall() }
        #expect(reader.stuckThreads.load(ordering: .sequentiallyConsistent) == 1)

        let other = OutputStream(label: "other", sink: reader.sink(path: folder("other.log"), rotation: .none))
        let otherEnd = other.subscribe()
        let (otherRead, otherWrite) = try makePipe()
        try reader.add(descriptor: otherRead, stream: other)
        writeAll(Array("unhindered\n".utf8), to: otherWrite)
        close(otherWrite)
        #expect(await otherEnd.collect() == Array("unhindered\n".utf8))
        #expect(folder.text(of: "other.log") == "unhindered\n")

        writeAll(Array("second\n".utf8), to: stuckWrite)
        #expect(await stuckOutput.next()?.bytes == Array("second\n".utf8))
        while stuck.sink?.droppedBytes != 7 { await Task.yield() }

        writer.release()
        while reader.stuckThreads.load(ordering: .sequentiallyConsistent) > 0 { await Task.yield() }
        writeAll(Array("third\n".utf8), to: stuckWrite)
        close(stuckWrite)
        #expect(await stuckOutput.collect() == Array("third\n".utf8))
        #expect(
            folder.text(of: "stuck.log")
                == "first\n[gaffer: 7 bytes dropped: A write does not come back]\nthird\n"
        )
        await reader.stop()
    }

    @Test("stops while a write hangs, as soon as another thread has taken over")
    func stopsWhileHanging() async throws {
        let folder = try OutputFolder()
        let writer = try FaultyWriter()
        let reader = try startedReader(writer: writer)
        let stream = OutputStream(label: "stdout", sink: reader.sink(path: folder("out.log"), rotation: .none))
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        writer.set { $0.hangs = true }
        writeAll([1], to: writeEnd)
        await onThread { writer.isHanging.wait() }
        writer.set { $0.hangs = false }
        async let stopped: Void = reader.stop()
        for _ in 0...StallDetector.ticksToStall { reader.checkForStall() }
        await stopped
        #expect(stream.isEnded)
        writer.release()
        close(writeEnd)
    }

    @Test("has a watchdog that finds a hanging write by itself, after it had rested")
    func watchdog() async throws {
        let folder = try OutputFolder()
        let writer = try FaultyWriter()
        let reader = try OutputReader(stallLimit: .milliseconds(20), writer: writer)
        reader.start()
        let stuck = OutputStream(label: "stuck", sink: reader.sink(path: folder("stuck.log"), rotation: .none))
        let (stuckRead, stuckWrite) = try makePipe()
        try reader.add(descriptor: stuckRead, stream: stuck)
        while !reader.watchdog.rests { await Task.yield() }
        writer.set { $0.hangs = true }
        writeAll([1], to: stuckWrite)
        await onThread { writer.isHanging.wait() }
        let other = OutputStream(label: "other")
        let end = other.subscribe()
        let (otherRead, otherWrite) = try makePipe()
        try reader.add(descriptor: otherRead, stream: other)
        writeAll([2], to: otherWrite)
        close(otherWrite)
        #expect(await end.collect() == [2])
        writer.release()
        close(stuckWrite)
        await reader.stop()
    }

    @Test("never has more than a few threads stuck; then all files are left alone")
    func manyHangingWrites() async throws {
        let folder = try OutputFolder()
        let writer = try FaultyWriter()
        let reader = try startedReader(writer: writer)
        writer.set { $0.hangs = true }
        var ends: [Int32] = []
        for index in 0..<OutputReader.stuckLimit {
            let stream = OutputStream(label: "\(index)", sink: reader.sink(path: folder("\(index)"), rotation: .none))
            let (readEnd, writeEnd) = try makePipe()
            try reader.add(descriptor: readEnd, stream: stream)
            writeAll([1], to: writeEnd)
            ends.append(writeEnd)
            await onThread { writer.isHanging.wait() }
            for _ in 0...StallDetector.ticksToStall { reader.checkForStall() }
        }
        #expect(reader.stuckThreads.load(ordering: .sequentiallyConsistent) == OutputReader.stuckLimit)
        let stream = OutputStream(label: "last", sink: reader.sink(path: folder("last"), rotation: .none))
        let end = stream.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        writeAll([1, 2, 3], to: writeEnd)
        close(writeEnd)
        #expect(await end.collect() == [1, 2, 3])
        #expect(stream.sink?.droppedBytes == 3)
        writer.set { $0.hangs = false }
        for _ in 0..<OutputReader.stuckLimit { writer.release() }
        while reader.stuckThreads.load(ordering: .sequentiallyConsistent) > 0 { await Task.yield() }
        for end in ends { close(end) }
        await reader.stop()
    }
}
