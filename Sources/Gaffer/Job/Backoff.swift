internal import GafferModel

/// How long the next restart waits, by the exits in a row.
///
/// | exit in a row | wait |
/// |---|---|
/// | first | none |
/// | second | `initial` |
/// | n-th | `initial` × `factor`^(n-2), `max` at most |
///
/// The row ends once a process has been up for ten seconds, and at least for as long as the last wait. The rule may
/// change only where the row is forgotten.
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
        // Each wait comes from the one before it, so that a row of any length costs the same.
        switch exits {
        case 1: lastDelay = .zero
        case 2: lastDelay = min(rule.initial, rule.max)
        default: lastDelay = Self.delay(after: lastDelay, rule: rule)
        }
        return lastDelay
    }

    private static func delay(after delay: Duration, rule: BackoffRule) -> Duration {
        // In floating point, where no factor overflows.
        let seconds = delay / .seconds(1) * rule.factor
        return seconds < rule.max / .seconds(1) ? delay * rule.factor : rule.max
    }
}
