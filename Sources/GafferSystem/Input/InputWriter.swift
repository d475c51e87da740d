internal import CGafferSystem
internal import Glibc

/// Writes to one stream of a process, which may not read it.
///
/// Confined to a supervision loop. It writes what fits and waits for room only while something waits. Bytes count as
/// taken when the kernel has them: a pipe holds 64 KiB that nobody has read yet.
package final class InputWriter: @unchecked Sendable {
    // @unchecked: confined to the loop; only `deinit` may run elsewhere, when nobody has it any more.

    /// What became of a write; each count is of its bytes that were taken.
    package enum Outcome: Sendable, Equatable {
        case taken
        /// So many bytes wait already.
        case busy(waiting: Int)
        case timedOut(taken: Int)
        /// We have closed the stream, or are about to.
        case closed(taken: Int)
        /// The process has ended.
        case ended(taken: Int)
        /// The process has closed its end.
        case broken(taken: Int)
    }

    /// What the descriptor is, which decides how it is closed.
    package enum Kind: Sendable {
        /// The end of a pipe.
        case pipe
        /// A socket that others read.
        case socket
    }

    private let kind: Kind
    private let loop: SupervisionLoop
    private let clock: @Sendable () -> Duration
    /// Ours until it is closed.
    private var descriptor: Int32?
    private var queue: InputQueue
    private var waiters: [UInt64: @Sendable (Outcome) -> Void] = [:]
    private var lastNumber: UInt64 = 0
    /// Armed while something waits.
    private var watch: SupervisionLoop.Token?
    private var timer: SupervisionLoop.Token?
    private var isClosing = false
    /// Why nothing more is written.
    private var end: (Int) -> Outcome = { .closed(taken: $0) }

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - descriptor: does not block; becomes the writer's.
    ///   - limit: how many bytes may wait.
    package init(descriptor: Int32, kind: Kind, limit: Int, loop: SupervisionLoop) {
        self.descriptor = descriptor
        self.kind = kind
        self.loop = loop
        clock = { monotonicNow() }
        queue = InputQueue(limit: limit)
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// How many bytes wait.
    package var waitingBytes: Int { queue.waitingBytes }

    /// Whether it waits for room, by a watch and a timer.
    package var isWaiting: Bool { watch != nil || timer != nil }

    // MARK: On the loop

    /// Writes bytes behind those that wait; `done` is called once, on the loop, maybe within this call.
    package func write(
        _ bytes: [UInt8],
        within timeout: Duration,
        done: @escaping @Sendable (Outcome) -> Void
    ) {
        guard descriptor != nil, !isClosing else { return done(end(0)) }
        guard !bytes.isEmpty else { return done(.taken) }
        lastNumber += 1
        let wasEmpty = queue.isEmpty
        guard queue.add(lastNumber, bytes, deadline: clock() + max(.zero, timeout)) else {
            return done(.busy(waiting: queue.waitingBytes))
        }
        waiters[lastNumber] = done
        if wasEmpty { advance() } else { arm() }
    }

    /// Closes the stream once everything that waits is taken or has waited for too long.
    package func closeWhenEmpty() {
        isClosing = true
        if queue.isEmpty { shut { .closed(taken: $0) } }
    }

    /// The process has ended: nothing that waits will be taken.
    package func processEnded() {
        shut { .ended(taken: $0) }
    }

    /// Writes what fits.
    private func advance() {
        guard let descriptor else { return }
        while !queue.isEmpty {
            let count = queue.next.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                if let number = queue.took(count) { finish(number, .taken) }
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                return arm()
            } else {
                // EPIPE: nobody reads. What else there is means that nothing can be written for ever.
                return shut { .broken(taken: $0) }
            }
        }
        disarm()
        if isClosing { shut { .closed(taken: $0) } }
    }

    private func expire() {
        timer = nil
        for unfinished in queue.expire(at: clock()) {
            finish(unfinished.number, .timedOut(taken: unfinished.taken))
        }
        advance()
    }

    private func finish(_ number: UInt64, _ outcome: Outcome) {
        waiters.removeValue(forKey: number)?(outcome)
    }

    private func arm() {
        guard let descriptor else { return }
        if watch == nil {
            do throws(SystemError) {
                watch = try loop.watch(descriptor, for: .output) { self.advance() }
            } catch {
                // No memory for an epoll entry: the writes time out, and those after them try again.
            }
        }
        if let timer { loop.cancel(timer) }
        timer = queue.nextDeadline.map { deadline in
            loop.schedule(after: max(.zero, deadline - clock())) { self.expire() }
        }
    }

    private func disarm() {
        if let watch { loop.unwatch(watch) }
        if let timer { loop.cancel(timer) }
        watch = nil
        timer = nil
    }

    private func shut(_ end: @escaping (Int) -> Outcome) {
        guard let descriptor else { return }
        self.end = end
        disarm()
        self.descriptor = nil
        if kind == .socket { shutdown(descriptor, Int32(SHUT_WR)) }
        close(descriptor)
        for unfinished in queue.removeAll() { finish(unfinished.number, end(unfinished.taken)) }
    }
}
