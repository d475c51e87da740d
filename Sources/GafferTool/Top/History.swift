/// The newest values of something that is measured, and their picture.
package struct History: Equatable, Sendable {
    /// The values, the newest last.
    package private(set) var values: [Double] = []

    /// How many values are kept.
    package static let capacity = 60

    package init(_ values: [Double] = []) {
        for value in values { add(value) }
    }

    /// The newest value.
    package var last: Double? { values.last }

    package mutating func add(_ value: Double) {
        if values.count == Self.capacity { values.removeFirst() }
        values.append(value.isFinite ? max(0, value) : 0)
    }

    /// One character a value, the newest at the right, blanks where there is none yet.
    ///
    /// - Parameters:
    ///   - floor: what is drawn as full where nothing is larger, so that noise does not look like load.
    ///   - isUnicode: whether the terminal has block characters.
    package func sparkline(columns: Int, floor: Double, isUnicode: Bool) -> String {
        let steps = Array(isUnicode ? "▁▂▃▄▅▆▇█" : "_.-=+*%#")
        let shown = values.suffix(max(0, columns))
        let top = max(floor, shown.max() ?? 0)
        let marks = shown.map { value -> Character in
            let step = top > 0 ? Int((value / top * Double(steps.count - 1)).rounded()) : 0
            return steps[min(max(0, step), steps.count - 1)]
        }
        return String(repeating: " ", count: max(0, columns) - marks.count) + String(marks)
    }
}
