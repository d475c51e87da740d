internal import HeapModule
internal import Synchronization

/// Does work a moment later, in order; so that a test can be the one who lets time pass.
package protocol Timekeeper: Sendable {
    /// The time on a clock that only runs forward.
    var now: Duration { get }
    /// Runs `body` as soon as what was asked for before is done; never within the call.
    func perform(_ body: @escaping @Sendable () -> Void)
    /// Runs `body` after a while, in turn with what else is run.
    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void)
}

/// A thread that runs short work, at once or later; nothing on it may block.
///
/// It is started with the first work and sleeps while there is none.
package final class TimerThread: Timekeeper {
    /// The one of this program, for what watches others: streams, events and statistics.
    package static let shared = TimerThread(name: "gaffer-feeds")

    private struct Timer: Comparable {
        let due: Duration
        let number: UInt64
        let body: @Sendable () -> Void

        static func < (left: Timer, right: Timer) -> Bool { (left.due, left.number) < (right.due, right.number) }
        static func == (left: Timer, right: Timer) -> Bool { left.number == right.number }
    }

    private struct Work: ~Copyable {
        var queue: [@Sendable () -> Void] = []
        var timers = Heap<Timer>()
        var lastNumber: UInt64 = 0
        var isStarted = false
    }

    private let name: String
    private let work = Mutex(Work())
    private let wakeup = Wakeup()

    /// - Parameter name: of the thread, 15 bytes at most.
    package init(name: String) {
        self.name = name
    }

    package var now: Duration { monotonicNow() }

    package func perform(_ body: @escaping @Sendable () -> Void) {
        let (starts, wakes) = work.withLock { work in
            work.queue.append(body)
            defer { work.isStarted = true }
            return (!work.isStarted, work.queue.count == 1)
        }
        if starts { start() } else if wakes { wakeup.set() }
    }

    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        let due = now + delay
        let (starts, wakes) = work.withLock { work in
            let isFirst = work.timers.min.map { due < $0.due } ?? true
            work.lastNumber += 1
            work.timers.insert(Timer(due: due, number: work.lastNumber, body: body))
            defer { work.isStarted = true }
            return (!work.isStarted, isFirst)
        }
        if starts { start() } else if wakes { wakeup.set() }
    }

    private func start() {
        startThread(named: name) { self.run() }
    }

    private func run() {
        while true {
            let now = now
            let (bodies, next) = work.withLock { work -> ([@Sendable () -> Void], Duration?) in
                var bodies = work.queue
                work.queue = []
                while let timer = work.timers.min, timer.due <= now {
                    work.timers.removeMin()
                    bodies.append(timer.body)
                }
                return (bodies, work.timers.min?.due)
            }
            guard bodies.isEmpty else {
                for body in bodies { body() }
                continue
            }
            if let next { _ = wakeup.wait(atMost: next - now) } else { wakeup.wait() }
        }
    }
}
