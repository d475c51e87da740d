internal import Glibc

/// A moment on the monotonic clock after which nobody waits any longer.
package struct Deadline: Sendable {
    private let nanoseconds: Int64

    /// The moment `duration` from now.
    package init(after duration: Duration) {
        let parts = duration.components
        // A wait of centuries is for ever; the sum must not overflow.
        let seconds = min(max(parts.seconds, 0), 1 << 32)
        nanoseconds = Deadline.now + seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }

    /// The moment that never comes.
    package static let never = Deadline(after: .seconds(1 << 32))

    /// How long is left, for poll(2): in milliseconds, rounded up, never below 0.
    package var remainingMilliseconds: Int32 {
        let left = max(0, nanoseconds - Deadline.now)
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// How long is left, never below 0.
    package var remaining: Duration { .nanoseconds(max(0, nanoseconds - Deadline.now)) }

    /// Whether it has passed.
    package var hasPassed: Bool { Deadline.now >= nanoseconds }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
