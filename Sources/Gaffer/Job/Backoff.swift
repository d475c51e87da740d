internal import GafferModel

/// How long the next restart waits, by the exits in a row.
///
/// | exit in a row | wait |
/// |---|---|
/// | first | none |
/// | second | `initial` |
/// | n-th | `initial` × `factor`^(n-2), `max` at most |
///
/// The row ends once a process has been up for ten seconds, and at least for as long as the last wait.
struct Backoff {
    /// The shortest time a process has to be up for its slot to count as healthy again.
    static let healthyAfter: Duration = .seconds(10)

    private var exits = 0
    private var lastDelay: Duration = .zero

    /// The wait after an exit of a process that was up for `uptime`.
    mutating func exited(afterUptime uptime: Duration, rule: BackoffRule) -> Duration {
        if uptime >= max(Self.healthyAfter, lastDelay) {
            exits = 0
        }
        exits += 1
        lastDelay = Self.delay(exit: exits, rule: rule)
        return lastDelay
    }

    /// The wait after the given exit in a row, counted from 1.
    static func delay(exit: Int, rule: BackoffRule) -> Duration {
        guard exit > 1, rule.initial > .zero else { return .zero }
        var delay = rule.initial
        for _ in 2..<max(exit, 3) where exit > 2 {
            delay = delay * rule.factor
            if delay >= rule.max { break }
        }
        return min(delay, rule.max)
    }
}
