/// Who watches statistics, and when each is due: pure, so that the rules are a unit test.
///
/// Watchers are due at whole multiples of their interval, so that those with the same interval, and those with a
/// multiple of it, share looks.
struct StatsWatches {
    /// The shortest interval.
    static let shortestInterval = Duration.milliseconds(100)

    private struct Watch {
        let target: StatsTarget
        let interval: Duration
        /// nil: at once.
        var due: Duration?
    }

    private var watches: [Int: Watch] = [:]

    var isEmpty: Bool { watches.isEmpty }

    mutating func add(_ number: Int, _ target: StatsTarget, every interval: Duration) {
        watches[number] = Watch(target: target, interval: max(interval, Self.shortestInterval), due: nil)
    }

    mutating func remove(_ number: Int) {
        watches[number] = nil
    }

    /// Those who watch a target that has just ended are due at once.
    mutating func hurry(_ target: StatsTarget) -> Bool {
        var isFound = false
        for (number, watch) in watches where watch.target == target {
            watches[number]?.due = nil
            isFound = true
        }
        return isFound
    }

    /// How long from now until somebody is due; nil: nobody watches.
    func delay(at now: Duration) -> Duration? {
        watches.values.lazy.map { $0.due.map { max(.zero, $0 - now) } ?? .zero }.min()
    }

    /// Who is due, in the order of their numbers; each is due again at its next multiple.
    mutating func takeDue(at now: Duration) -> [Int] {
        var due: [Int] = []
        for (number, watch) in watches where watch.due.map({ $0 <= now }) ?? true {
            due.append(number)
            watches[number]?.due = Self.next(after: now, every: watch.interval)
        }
        return due.sorted()
    }

    /// The next multiple of an interval that is not so near that a look then would tell nothing.
    static func next(after now: Duration, every interval: Duration) -> Duration {
        let (now, step) = (now.attoseconds, interval.attoseconds)
        let next = (now / step + 1) * step
        let isNear = next - now < step / 2
        return Duration(attoseconds: isNear ? next + step : next)
    }
}
