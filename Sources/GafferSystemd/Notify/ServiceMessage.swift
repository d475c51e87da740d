/// What a service tells systemd of itself, see sd_notify(3).
package enum ServiceMessage: Sendable, Hashable {
    /// It is up, or a reload is done.
    case ready
    /// It reads its configuration again; ``ready`` follows. The time is CLOCK_MONOTONIC's.
    case reloading(at: Duration)
    /// It is on its way down.
    case stopping
    /// What `systemctl status` shows, one line.
    case status(String)
    /// It is alive.
    case watchdog
    /// It needs so much more time, from now on, to start or to stop.
    case extendTimeout(Duration)
    /// Why it failed.
    case errno(Int32)

    /// The line of the protocol.
    package var assignment: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time.wholeMicroseconds)"
        case .stopping: "STOPPING=1"
        // A newline would begin another assignment.
        case .status(let text): "STATUS=" + text.replacing("\n", with: " ")
        case .watchdog: "WATCHDOG=1"
        case .extendTimeout(let time): "EXTEND_TIMEOUT_USEC=\(time.wholeMicroseconds)"
        case .errno(let number): "ERRNO=\(number)"
        }
    }

    /// Whether a later message makes an earlier one needless.
    func replaces(_ other: ServiceMessage) -> Bool {
        switch (self, other) {
        case (.status, .status), (.watchdog, .watchdog), (.extendTimeout, .extendTimeout), (.errno, .errno),
            (.stopping, .stopping), (.ready, .ready), (.reloading, .reloading):
            true
        default: false
        }
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
    }
}
