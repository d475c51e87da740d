internal import CGafferSystem
internal import Glibc
internal import Synchronization

/// One output thread: at any time one of them has the reader's streams, the others are stuck in a write.
final class OutputThread: Sendable {
    /// Reads of one stream in a turn, so that none starves the others.
    private static let readsPerTurn = 4
    /// Set in the operation counter when another thread has taken over.
    private static let replacedBit: UInt64 = 1 << 63

    private let reader: OutputReader
    /// Odd during an operation on a file, even between two.
    private let operation = Atomic<UInt64>(0)

    init(reader: OutputReader) {
        self.reader = reader
    }

    var currentOperation: UInt64 {
        operation.load(ordering: .sequentiallyConsistent)
    }

    /// Takes the streams away from a thread that is stuck in this operation; false where it has ended.
    func replace(during current: UInt64) -> Bool {
        operation.compareExchange(
            expected: current,
            desired: current | OutputThread.replacedBit,
            ordering: .sequentiallyConsistent
        ).exchanged
    }

    // MARK: On the thread

    func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: OutputReader.grownPipeSize, alignment: 4096)
        defer { buffer.deallocate() }
        let keepsStreams = turns(buffer)
        if !keepsStreams { reader.stuckThreads.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    }

    /// Until the reader stops, which is true, or another thread has taken over, which is false.
    private func turns(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let capacity = 128
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        var coalescer = Coalescer()
        var turnEnd = monotonicNanoseconds()
        // What a thread that got stuck has left.
        switch runCommands(buffer) {
        case .goOn: break
        case .replaced: return false
        case .stop: return true
        }
        while true {
            let count = Int(gaffer_epoll_wait(reader.epoll, events, Int32(capacity), -1))
            reader.noteWakeUp()
            let slept = monotonicNanoseconds() - turnEnd
            if OutputThread.areEnds(events, count) { gaffer_pause(OutputThread.endPause) }
            for index in 0..<max(0, count) {
                let token = events[index].data.u64
                if token == OutputReader.wakerToken {
                    var wakes: UInt64 = 0
                    _ = Glibc.read(reader.waker, &wakes, 8)
                    switch runCommands(buffer) {
                    case .goOn: break
                    case .replaced: return false
                    case .stop: return true
                    }
                } else if let stream = reader.table.withLock({ $0.stream(token) }) {
                    guard read(stream, buffer, &coalescer) else { return false }
                }
            }
            let pause = coalescer.turnEnded(afterSleepOf: slept)
            if pause > 0 { gaffer_pause(pause) }
            turnEnd = monotonicNanoseconds()
        }
    }

    /// How long streams that merely end are left alone, in nanoseconds.
    ///
    /// A process's pipes close a moment before its death is told. Closing them here is in no hurry, but would take the
    /// processor from the supervision loop, which is to start a replacement.
    private static let endPause: Int64 = 1_000_000

    /// Whether nothing happened but that writers have gone, with nothing left to read.
    private static func areEnds(_ events: UnsafeMutablePointer<epoll_event>, _ count: Int) -> Bool {
        count > 0
            && (0..<count).allSatisfy { index in
                events[index].data.u64 != OutputReader.wakerToken
                    && events[index].events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) == EPOLLHUP.rawValue
            }
    }

    /// Reads what is there, within bounds; false where another thread has taken over.
    private func read(
        _ stream: OutputStream,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ coalescer: inout Coalescer
    ) -> Bool {
        for _ in 0..<OutputThread.readsPerTurn {
            switch stream.receive(into: buffer) {
            case .nothing:
                return true
            case .end:
                close(stream)
                return true
            case .bytes(let count, let offset, let observers, let pipeSize, let mayGrow):
                coalescer.read(count, ofPipe: pipeSize)
                let bytes = ByteView(UnsafeRawBufferPointer(buffer)).prefix(count)
                guard deliver(bytes, of: stream, at: offset, to: observers) else { return false }
                if mayGrow { grow(stream) }
                // The rest is likely to be little: not worth a call that finds nothing.
                if count * 2 < pipeSize { return true }
            }
        }
        return true
    }

    private func deliver(
        _ bytes: ByteView,
        of stream: OutputStream,
        at offset: UInt64,
        to observers: [any OutputObserver]
    ) -> Bool {
        // The file comes last: when a thread that was stuck there comes back, nothing may be left to do.
        for observer in observers { observer.received(bytes, at: offset) }
        guard let sink = stream.sink else { return true }
        guard reader.stuckThreads.load(ordering: .relaxed) < OutputReader.stuckLimit else {
            sink.drop(bytes.count, because: .stalled)
            return true
        }
        return operate { sink.write(bytes) }
    }

    private func grow(_ stream: OutputStream) {
        guard reader.pipeGrowth.load(ordering: .relaxed) < OutputReader.growthLimit else { return }
        let growth = stream.growPipe(to: OutputReader.grownPipeSize)
        reader.pipeGrowth.wrappingAdd(growth, ordering: .relaxed)
    }

    /// Does what may block; false where another thread has taken over meanwhile.
    private func operate(_ body: () -> Void) -> Bool {
        let current = operation.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        reader.watchdog.operationBegan()
        body()
        return operation.compareExchange(
            expected: current,
            desired: current + 1,
            ordering: .sequentiallyConsistent
        ).exchanged
    }

    // MARK: Commands

    private enum Outcome {
        case goOn
        case replaced
        case stop
    }

    private func runCommands(_ buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        // One at a time, so that those behind one that gets stuck are left to the thread that takes over.
        while let command = reader.nextCommand() {
            switch command {
            case .drain(let stream):
                guard drain(stream, buffer) else { return .replaced }
                reader.finishCommand()
            case .abandon(let stream):
                close(stream)
            case .open(let sink):
                guard operate({ _ = sink.open() }) else { return .replaced }
            case .reopenFiles:
                for sink in reader.liveSinks() { sink.reopen() }
            case .close(let descriptor):
                guard operate({ Glibc.close(descriptor) }) else { return .replaced }
            case .stop:
                return stop(buffer) ? .stop : .replaced
            }
        }
        return .goOn
    }

    /// Takes what is in the pipe and closes it; false where another thread has taken over.
    private func drain(_ stream: OutputStream, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        // A writer that goes on can't hold it up: no more is read than the pipe may have held.
        var room = Int.max
        while room > 0,
            case .bytes(let count, let offset, let observers, let pipeSize, _) = stream.receive(into: buffer)
        {
            room = min(room, pipeSize) - count
            let bytes = ByteView(UnsafeRawBufferPointer(buffer)).prefix(count)
            guard deliver(bytes, of: stream, at: offset, to: observers) else { return false }
        }
        close(stream)
        return true
    }

    private func close(_ stream: OutputStream) {
        guard let (source, observers) = stream.closed() else { return }
        reader.table.withLock { $0.remove(source.token) }
        reader.pipeGrowth.wrappingSubtract(source.enlargedBy, ordering: .relaxed)
        // A child between clone and exec holds a copy, so that closing alone would leave the registration alive.
        _ = gaffer_epoll_control(reader.epoll, EPOLL_CTL_DEL, source.descriptor, 0, 0)
        Glibc.close(source.descriptor)
        for observer in observers { observer.ended() }
    }

    private func stop(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        for stream in reader.table.withLock({ $0.all }) {
            guard drain(stream, buffer) else { return false }
        }
        reader.finishCommand()
        reader.watchdog.stop()
        let whenStopped = reader.commands.withLock { commands in
            commands.isStopped = true
            defer { commands.whenStopped = [] }
            return commands.whenStopped
        }
        for body in whenStopped { body() }
        return true
    }
}

private func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
