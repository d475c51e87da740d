internal import CGafferSystem
internal import Glibc
internal import Synchronization

/// What takes bytes and never says no: what it can't write it drops.
package protocol ByteTarget: Sendable {
    /// Writes all of the bytes, however long that takes.
    func write(_ bytes: ByteView)
}

/// A descriptor of this process, as stderr.
package struct DescriptorTarget: ByteTarget {
    private let descriptor: Int32

    /// Makes a target of a descriptor that stays open as long as it is used.
    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    package func write(_ bytes: ByteView) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.buffer.baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // Somebody who shares the terminal has made it non-blocking.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&room, 1, -1) < 0, errno != EINTR { return }
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

/// A thread that writes lines, so that nobody who has one to say ever waits.
///
/// Lines wait in a bounded buffer; those that find it full are dropped and counted, and once there is room a line tells
/// how many. Everything that waits goes out by one write. The thread is started by the first line, and sleeps without
/// a timeout while there is none.
package final class LineWriter: Sendable {
    private struct Queue: ~Copyable {
        var bytes: [UInt8] = []
        var dropped: UInt64 = 0
        var isStarted = false
        var isFinished = false
    }

    private let name: String
    private let target: any ByteTarget
    private let capacity: Int
    private let note: @Sendable (_ dropped: UInt64) -> String
    private let queue = Mutex(Queue())
    private let available = Wakeup()
    private let finished = Wakeup()

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - name: of the thread, 15 bytes at most.
    ///   - capacity: how many bytes may wait.
    ///   - note: the line that tells how many were dropped, without its newline.
    package init(
        name: String,
        target: any ByteTarget,
        capacity: Int = 1 << 20,
        note: @escaping @Sendable (_ dropped: UInt64) -> String
    ) {
        self.name = name
        self.target = target
        self.capacity = capacity
        self.note = note
    }

    /// Queues whole lines, each with its newline; counts them as dropped where there is no room.
    package func write(_ lines: [UInt8]) {
        write(lines, count: 1)
    }

    /// The same for so many lines at once: all go or all are dropped.
    package func write(_ lines: [UInt8], count: Int) {
        guard !lines.isEmpty else { return }
        let (wakes, starts) = queue.withLock { queue in
            guard !queue.isFinished else { return (false, false) }
            let wasEmpty = queue.bytes.isEmpty && queue.dropped == 0
            // What was dropped stands between what came before and after it.
            if queue.dropped > 0 || queue.bytes.count + lines.count > capacity {
                queue.dropped += UInt64(count)
            } else {
                queue.bytes.append(contentsOf: lines)
            }
            defer { queue.isStarted = true }
            return (wasEmpty, !queue.isStarted)
        }
        if starts { startThread(named: name) { self.run() } }
        if wakes { available.set() }
    }

    /// Ends the thread after what waits is written; false where that took longer than `limit`.
    ///
    /// Blocks meanwhile: for the end of a program, once.
    package func finish(within limit: Duration = .seconds(1)) -> Bool {
        let isRunning = queue.withLock { queue in
            defer { queue.isFinished = true }
            return queue.isStarted && !queue.isFinished
        }
        guard isRunning else { return true }
        available.set()
        return finished.wait(atMost: limit)
    }

    private func run() {
        var isFinished = false
        while !isFinished {
            available.wait()
            while true {
                var (batch, dropped) = queue.withLock { queue in
                    isFinished = queue.isFinished
                    defer {
                        queue.bytes = []
                        queue.dropped = 0
                    }
                    return (queue.bytes, queue.dropped)
                }
                if dropped > 0 { batch.append(contentsOf: (note(dropped) + "\n").utf8) }
                guard !batch.isEmpty else { break }
                batch.withByteView { target.write($0) }
            }
        }
        finished.set()
    }
}
