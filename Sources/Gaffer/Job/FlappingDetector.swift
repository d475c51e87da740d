internal import GafferModel

/// Decides when a job dies too often, by its ``FlappingRule``.
///
/// | unexpected exit | outcome |
/// |---|---|
/// | fewer than `attempts` within `window` | none |
/// | the `attempts`-th within `window`, a retry is left | `retry`: one retry is used |
/// | the `attempts`-th within `window`, no retry is left | `giveUp` |
///
/// An exit of a process that was up for longer than `window` gives all retries back first.
struct FlappingDetector {
    enum Verdict: Equatable {
        case none
        case retry(after: Duration)
        case giveUp
    }

    private var exits: [Duration] = []
    private var retries = 0

    /// Takes in an exit that was not asked for.
    ///
    /// - Parameters:
    ///   - now: the time of the exit, on a clock that only runs forward.
    ///   - uptime: how long the process had been up.
    mutating func exited(at now: Duration, afterUptime uptime: Duration, rule: FlappingRule) -> Verdict {
        if uptime > rule.window {
            retries = 0
        }
        exits.removeAll { now - $0 > rule.window }
        exits.append(now)
        guard exits.count >= rule.attempts else { return .none }
        exits.removeAll()
        guard retries < rule.maxRetry else {
            retries = 0
            return .giveUp
        }
        retries += 1
        return .retry(after: rule.retryIn)
    }
}
