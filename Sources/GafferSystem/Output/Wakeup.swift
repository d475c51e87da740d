internal import CGafferSystem

/// What one thread sleeps on and any thread may set; waking twice is waking once.
package final class Wakeup: @unchecked Sendable {
    // @unchecked: the word is only touched by atomic operations, and has a stable address of its own.
    private let word: UnsafeMutablePointer<UInt32>

    package init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
    }

    deinit {
        word.deallocate()
    }

    /// Wakes the thread that sleeps, or that will.
    package func set() {
        gaffer_wakeup_set(word)
    }

    /// Sleeps until it is set; only one thread at a time may.
    package func wait() {
        _ = gaffer_wakeup_wait(word, -1)
    }

    /// Sleeps until it is set, which is true, or so long.
    package func wait(atMost limit: Duration) -> Bool {
        gaffer_wakeup_wait(word, limit.inNanoseconds) != 0
    }
}

extension Duration {
    /// Whole nanoseconds, as many as fit.
    var inNanoseconds: Int64 {
        Int64(clamping: attoseconds / 1_000_000_000)
    }
}
