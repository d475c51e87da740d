/// How long something took, each time, in seconds.
struct DurationCounts: Sendable, Equatable {
    /// The upper bounds of the buckets, in seconds; a last one has no bound.
    static let bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    /// Of all of them together.
    private(set) var sum = 0.0

    /// Counts one; a clock that was set back makes no negative one.
    mutating func add(_ seconds: Double) {
        let time = max(0, seconds)
        buckets[DurationCounts.bounds.firstIndex { time <= $0 } ?? DurationCounts.bounds.count] += 1
        sum += time
    }

    /// How many took up to each of the bounds, and last how many there were.
    var cumulated: [UInt64] {
        var total: UInt64 = 0
        return buckets.map { count in
            total += count
            return total
        }
    }
}
