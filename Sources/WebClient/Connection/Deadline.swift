internal import Glibc

/// A moment on the monotonic clock after which nobody waits any longer.
struct Deadline {
    private let nanoseconds: Int64

    /// The moment `duration` from now.
    init(after duration: Duration) {
        let parts = duration.components
        // A wait of centuries is for ever; the sum must not overflow.
        let seconds = min(max(parts.seconds, 0), 1 << 32)
        nanoseconds = Deadline.now + seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }

    /// How long is left, for poll(2): in milliseconds, rounded up, never below 0.
    var remainingMilliseconds: Int32 {
        let left = max(0, nanoseconds - Deadline.now)
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
