internal import GafferSystem
internal import Synchronization

/// A clock that stands still until a test lets time pass; what is due is then done on the test's own thread.
package final class ManualTime: Timekeeper {
    private struct Timer {
        let due: Duration
        let body: @Sendable () -> Void
    }

    private struct Content {
        var now = Duration.seconds(1_000)
        var queue: [@Sendable () -> Void] = []
        var timers: [Timer] = []
    }

    private let content = Mutex(Content())

    package init() {}

    package var now: Duration { content.withLock { $0.now } }

    /// How many timers run.
    package var timerCount: Int { content.withLock { $0.timers.count } }

    package func perform(_ body: @escaping @Sendable () -> Void) {
        content.withLock { $0.queue.append(body) }
    }

    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        content.withLock { $0.timers.append(Timer(due: $0.now + delay, body: body)) }
    }

    /// Does what is to be done at once, and what comes of that.
    package func settle() {
        while true {
            let queue = content.withLock { content in
                defer { content.queue = [] }
                return content.queue
            }
            guard !queue.isEmpty else { return }
            for body in queue { body() }
        }
    }

    /// Lets time pass, and does what becomes due meanwhile in its order.
    package func pass(_ duration: Duration) {
        settle()
        let end = now + duration
        while true {
            let body = content.withLock { content -> (@Sendable () -> Void)? in
                let next = content.timers.indices.min { content.timers[$0].due < content.timers[$1].due }
                guard let next, content.timers[next].due <= end else {
                    content.now = end
                    return nil
                }
                let timer = content.timers.remove(at: next)
                content.now = max(content.now, timer.due)
                return timer.body
            }
            guard let body else { return }
            body()
            settle()
        }
    }
}
