internal import Synchronization

/// The thread that looks whether the output thread is stuck, while there is output.
final class OutputWatchdog: Sendable {
    private struct Watched: ~Copyable {
        var thread: OutputThread?
        var detector = StallDetector()
    }

    private let watched = Mutex(Watched())
    private let isResting = Atomic(false)
    private let isStopping = Atomic(false)
    private let wakeup = Wakeup()

    /// Looks every so often until ``stop()``, but not while nothing happens.
    func start(for reader: OutputReader, every interval: Duration) {
        startThread(named: "gaffer-outwatch") { [self] in
            while !isStopping.load(ordering: .sequentiallyConsistent) {
                guard look(at: reader) == .rest else {
                    _ = wakeup.wait(atMost: interval)
                    continue
                }
                isResting.store(true, ordering: .sequentiallyConsistent)
                // An operation that began before it could see that we rest is seen here.
                if look(at: reader) == .rest { wakeup.wait() }
                isResting.store(false, ordering: .sequentiallyConsistent)
            }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wakeup.set()
    }

    /// Whether nobody looks, since there is no output.
    var rests: Bool { isResting.load(ordering: .sequentiallyConsistent) }

    /// An operation has begun.
    func operationBegan() {
        if isResting.load(ordering: .sequentiallyConsistent),
            isResting.exchange(false, ordering: .sequentiallyConsistent)
        {
            wakeup.set()
        }
    }

    func watch(_ thread: OutputThread) {
        watched.withLock { watched in
            watched.thread = thread
            watched.detector = StallDetector()
        }
    }

    @discardableResult
    func look(at reader: OutputReader) -> StallDetector.Verdict {
        let (verdict, isReplaced) = watched.withLock { watched in
            guard let thread = watched.thread else { return (StallDetector.Verdict.rest, false) }
            let operation = thread.currentOperation
            let verdict = watched.detector.looked(at: operation)
            guard verdict == .stalled else { return (verdict, false) }
            watched.detector = StallDetector()
            // Where this fails the operation has just come to its end.
            return (verdict, thread.replace(during: operation))
        }
        if isReplaced {
            reader.stuckThreads.wrappingAdd(1, ordering: .sequentiallyConsistent)
            reader.startOutputThread()
        }
        return verdict
    }
}
