/// Finds what a mistyped word was meant to be.
package enum Suggestion {
    /// The candidate that is nearest to `word`; nil where none is near.
    ///
    /// Near is one mistake for every three letters, at least one; a mistake is a letter too many, missing, wrong, or two
    /// letters exchanged. A word that begins a candidate is near, too.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(word, candidate)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate ?? candidates.first { word.count >= 2 && $0.hasPrefix(word) }
    }

    /// How many mistakes lie between two words.
    package static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        // The work is the product of the lengths, and no word of ours is so long.
        guard left.count <= 100, right.count <= 100 else { return .max }
        var previous: [Int] = []
        var current = Array(0...right.count)
        for row in 0..<left.count {
            let last = previous
            previous = current
            current = [row + 1]
            for column in 0..<right.count {
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, last[column - 1] + 1)
                }
                current.append(cost)
            }
        }
        return current[right.count]
    }
}
