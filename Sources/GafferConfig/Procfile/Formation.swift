/// How many processes of each type: `web=2,worker=3`, `all=2`.
package struct Formation: Sendable, Hashable {
    /// The type that stands for all that are not named.
    package static let all = "all"

    /// The counts that are named, without ``all``.
    package var counts: [String: Int]
    /// The count of the types that are not named.
    package var others: Int

    package init(counts: [String: Int] = [:], others: Int = 1) {
        self.counts = counts
        self.others = others
    }

    package func count(of type: String) -> Int {
        counts[type] ?? others
    }
}
