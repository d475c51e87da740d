internal import CSystemd

/// What systemd's watchdog asks of this process.
package enum WatchdogInterval {
    /// How long this process may be silent, from `WATCHDOG_USEC` where `WATCHDOG_PID` means it; nil: no watchdog.
    package static func current() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }
}
