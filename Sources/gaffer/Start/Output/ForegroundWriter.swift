internal import GafferSystem
internal import Glibc
internal import Synchronization

/// Writes lines to stdout, on a thread of its own; what comes while it writes goes out together by the next write.
///
/// Nothing is lost: who has more than ``capacity`` to say waits until the reader has taken some, and with it the processes
/// whose pipes then fill. Only whole lines are queued, so that none is mixed with another.
final class ForegroundWriter: Sendable {
    private struct Queue: ~Copyable {
        var bytes: [UInt8] = []
        /// How many writes have come back.
        var writes = 0
        var isFinished = false
        /// Nobody takes anything any more.
        var isAbandoned = false
    }

    /// How much may wait, in bytes, before who writes waits, too.
    static let capacity = 1 << 20

    private let descriptor: Int32
    private let failed: @Sendable (Int32) -> Void
    private let queue = Mutex(Queue())
    private let available = Wakeup()
    private let room = Wakeup()
    private let finished = Wakeup()

    /// Starts the thread.
    ///
    /// - Parameter failed: is told once of the errno for which nothing can be written any more.
    init(_ descriptor: Int32, failed: @escaping @Sendable (Int32) -> Void) {
        self.descriptor = descriptor
        self.failed = failed
        startThread(named: "gaffer-lines") { self.run() }
    }

    /// Queues whole lines, and waits where there is no room; for one thread, that which reads the output.
    func write(_ lines: [UInt8]) {
        while !add(lines, waits: true) { room.wait() }
    }

    /// Queues whole lines in any case: for the few of gaffer itself.
    func note(_ lines: [UInt8]) {
        _ = add(lines, waits: false)
    }

    /// Drops what waits and what comes: nobody reads it.
    func abandon() {
        queue.withLock { queue in
            queue.isAbandoned = true
            queue.bytes = []
        }
        room.set()
        finished.set()
    }

    /// How many writes have come back: whether somebody still reads.
    var progress: Int { queue.withLock { $0.writes } }

    /// Returns when what waits is written, or abandoned, and ends the thread; blocks meanwhile.
    func finish() {
        queue.withLock { $0.isFinished = true }
        available.set()
        finished.wait()
    }

    private func add(_ lines: [UInt8], waits: Bool) -> Bool {
        guard !lines.isEmpty else { return true }
        let (isTaken, wakes) = queue.withLock { queue in
            guard !queue.isAbandoned else { return (true, false) }
            guard !waits || queue.bytes.count < Self.capacity else { return (false, false) }
            let wasEmpty = queue.bytes.isEmpty
            queue.bytes.append(contentsOf: lines)
            return (true, wasEmpty)
        }
        if wakes { available.set() }
        return isTaken
    }

    private func run() {
        var batch: [UInt8] = []
        while true {
            let (isOver, wasFull) = queue.withLock { queue in
                batch.removeAll(keepingCapacity: true)
                let wasFull = queue.bytes.count >= Self.capacity
                swap(&batch, &queue.bytes)
                return (queue.isFinished, wasFull)
            }
            if wasFull { room.set() }
            if !batch.isEmpty {
                if let error = writeAll(batch) {
                    abandon()
                    failed(error)
                }
            } else if isOver {
                finished.set()
                return
            } else {
                available.wait()
            }
        }
    }

    /// The errno of a failure.
    private func writeAll(_ bytes: [UInt8]) -> Int32? {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                    queue.withLock { $0.writes += 1 }
                } else if errno == EAGAIN {
                    // Another program made the terminal or the pipe non-blocking.
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
