internal import CGafferSystem
internal import Glibc
internal import HeapModule
internal import Synchronization

/// One thread with one epoll that watches pidfds, keeps timers, and runs the actors that supervise.
///
/// It is the executor of the manager and of every job, so that a death is seen, decided on and mended without a change
/// of thread; whoever calls these actors from elsewhere hops here. Nothing on it may block: spawning, files and name
/// look-ups have threads of their own. It sleeps without a timeout unless a timer is armed.
package final class SupervisionLoop: SerialExecutor, @unchecked Sendable {
    // @unchecked: `shared` is behind a lock; all else is touched on the loop's thread alone (`preconditionOnLoop`).

    /// Names one watched descriptor or armed timer.
    package struct Token: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// What is waited for at a descriptor.
    package enum Interest: Sendable {
        case input
        /// Room to write, or nobody who reads.
        case output
        /// Out-of-band news, as that a file of the kernel changed.
        case exceptions
    }

    private enum Work {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private enum Next {
        /// There is work: only look what else there is.
        case look
        case sleep
        case end
    }

    private struct Shared: ~Copyable {
        var work: [Work] = []
        /// The thread is in epoll_wait, or about to be, and has to be woken.
        var isAsleep = false
        var isStopping = false
    }

    private struct Deadline: Comparable {
        let at: Duration
        let token: Token

        static func < (left: Deadline, right: Deadline) -> Bool {
            (left.at, left.token.number) < (right.at, right.token.number)
        }
    }

    private struct Watch {
        let descriptor: Int32
        let handler: () -> Void
    }

    private let epoll: Int32
    private let waker: Int32
    private let shared = Mutex(Shared())
    private let thread = Atomic<UInt>(0)

    private var lastToken: UInt64 = 0
    private var watches: [UInt64: Watch] = [:]
    private var timers: [Token: () -> Void] = [:]
    private var deadlines = Heap<Deadline>()

    /// Makes a loop; ``start()`` gives it a thread.
    ///
    /// - Throws: ``SystemError`` where the kernel has no descriptor left.
    package init() throws(SystemError) {
        epoll = gaffer_epoll_create()
        guard epoll >= 0 else { throw SystemError(errno: errno, call: "epoll_create1") }
        waker = gaffer_eventfd()
        guard waker >= 0 else {
            let error = SystemError(errno: errno, call: "eventfd")
            close(epoll)
            throw error
        }
        _ = gaffer_epoll_control(epoll, EPOLL_CTL_ADD, waker, EPOLLIN.rawValue, 0)
    }

    deinit {
        close(waker)
        close(epoll)
    }

    /// Starts the thread, which ends after ``stop()``.
    package func start() {
        startThread(named: "gaffer-jobs") { self.run() }
    }

    /// Ends the thread after the work that is queued.
    package func stop() {
        let wakes = shared.withLock { shared in
            shared.isStopping = true
            return shared.isAsleep
        }
        if wakes { wake() }
    }

    /// Runs `body` on the loop's thread, later.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        submit(.call(body))
    }

    // MARK: SerialExecutor

    package func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isCurrentThread, "Not on the supervision loop.")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        isCurrentThread
    }

    package var isCurrentThread: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    // MARK: On the loop's thread

    /// The time on the monotonic clock, which does not run while the machine is suspended.
    package var now: Duration { monotonicNow() }

    /// Calls `handler` on the loop whenever `descriptor` has what is waited for, until ``unwatch(_:)``; the caller keeps owning it.
    ///
    /// - Throws: ``SystemError`` where the kernel can't watch it.
    package func watch(
        _ descriptor: Int32,
        for interest: Interest = .input,
        handler: @escaping () -> Void
    ) throws(SystemError) -> Token {
        preconditionOnLoop()
        let token = nextToken()
        let events =
            switch interest {
            case .input: EPOLLIN.rawValue
            case .output: EPOLLOUT.rawValue
            case .exceptions: EPOLLPRI.rawValue
            }
        guard gaffer_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, events, token.number) == 0 else {
            throw SystemError(errno: errno, call: "epoll_ctl")
        }
        watches[token.number] = Watch(descriptor: descriptor, handler: handler)
        return token
    }

    /// Ends a watch; has to come before the descriptor is closed.
    package func unwatch(_ token: Token) {
        preconditionOnLoop()
        guard let watch = watches.removeValue(forKey: token.number) else { return }
        // A child between clone and exec holds a copy, so that closing alone would leave the registration alive.
        _ = gaffer_epoll_control(epoll, EPOLL_CTL_DEL, watch.descriptor, 0, 0)
    }

    /// Calls `body` on the loop after `delay`, unless ``cancel(_:)`` comes first.
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> Token {
        preconditionOnLoop()
        let token = nextToken()
        timers[token] = body
        deadlines.insert(Deadline(at: now + delay, token: token))
        return token
    }

    /// Disarms a timer; one that has fired is ignored.
    package func cancel(_ token: Token) {
        preconditionOnLoop()
        timers[token] = nil
        // What stays in the heap is skipped when its time comes, but must not outgrow what is armed.
        if deadlines.count > 64, deadlines.count > timers.count * 2 {
            deadlines = Heap(deadlines.unordered.filter { timers[$0.token] != nil })
        }
    }

    // MARK: The thread

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            runWork()
            fireTimers()
            let next: Next = shared.withLock { shared in
                guard shared.work.isEmpty else { return .look }
                guard !shared.isStopping else { return .end }
                shared.isAsleep = true
                return .sleep
            }
            let timeout: Int64
            switch next {
            case .look: timeout = 0
            case .sleep: timeout = timeoutToNextTimer()
            case .end: return
            }
            let count = events.withUnsafeMutableBufferPointer { buffer in
                gaffer_epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), timeout)
            }
            shared.withLock { $0.isAsleep = false }
            for index in 0..<max(0, Int(count)) {
                let token = events[index].data.u64
                if token == 0 {
                    var count: UInt64 = 0
                    _ = read(waker, &count, 8)
                } else {
                    watches[token]?.handler()
                }
            }
        }
    }

    private func runWork() {
        let work = shared.withLock { shared in
            let work = shared.work
            shared.work = []
            return work
        }
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .call(let body): body()
            }
        }
    }

    private func fireTimers() {
        guard !deadlines.isEmpty else { return }
        let now = now
        while let next = deadlines.min, next.at <= now {
            deadlines.removeMin()
            timers.removeValue(forKey: next.token)?()
        }
    }

    /// In nanoseconds; -1: none is armed.
    private func timeoutToNextTimer() -> Int64 {
        while let next = deadlines.min, timers[next.token] == nil {
            deadlines.removeMin()
        }
        guard let next = deadlines.min else { return -1 }
        return max(0, Int64(clamping: Int128((next.at - now).attoseconds / 1_000_000_000)))
    }

    private func submit(_ work: Work) {
        let wakes = shared.withLock { shared in
            shared.work.append(work)
            defer { shared.isAsleep = false }
            return shared.isAsleep
        }
        if wakes { wake() }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(waker, &one, 8)
    }

    private func nextToken() -> Token {
        lastToken += 1
        return Token(number: lastToken)
    }

    private func preconditionOnLoop() {
        assert(isCurrentThread, "Not on the supervision loop.")
    }
}
