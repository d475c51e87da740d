internal import Synchronization

/// A thread that runs what it is given, one after the other: for calls that may block.
package final class WorkerThread: Sendable {
    private struct Queue: ~Copyable {
        var work: [@Sendable () -> Void] = []
        var isStopping = false
    }

    private let queue = Mutex(Queue())
    private let available: Semaphore

    /// Starts a thread of that name (15 bytes at most), which lives until ``stop()``.
    package init(name: String) {
        let available = Semaphore()
        self.available = available
        startThread(named: name) { [self] in run() }
    }

    /// Queues a call.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        queue.withLock { $0.work.append(body) }
        available.signal()
    }

    /// Runs a call on the thread and gives its result.
    package func result<Value: Sendable>(of body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            perform { continuation.resume(returning: body()) }
        }
    }

    /// Ends the thread after the work that is queued.
    package func stop() {
        queue.withLock { $0.isStopping = true }
        available.signal()
    }

    private func run() {
        while true {
            available.wait()
            let (work, isStopping) = queue.withLock { queue in
                let work = queue.work
                queue.work = []
                return (work, queue.isStopping)
            }
            for body in work { body() }
            if isStopping, work.isEmpty { return }
            if isStopping { available.signal() }
        }
    }
}
