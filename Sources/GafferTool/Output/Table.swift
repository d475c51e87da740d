/// A table for people: a line a row, columns as wide as needed.
///
/// Where the terminal is narrower, columns that may be shortened are, the widest first; then columns that may be left
/// out are left out, from the right. What remains, as the names, is never cut.
package struct Table {
    /// One column.
    package struct Column {
        /// Its heading.
        package let title: String
        /// Whether its cells stand at the right.
        package var isNumber = false
        /// The width to which it may be shortened; nil: it may not.
        package var minimum: Int?
        /// Whether it may be left out where there is no room.
        package var isOptional = false
    }

    /// One cell.
    package struct Cell {
        /// Its text, safe on a terminal.
        package let text: String
        /// How many columns it takes; counted once, for a table may have thousands of cells.
        package let columns: Int
        /// How it is shown.
        package var style: Style

        package init(_ text: String, _ style: Style = .plain) {
            self.text = text.escaped
            columns = self.text.columns
            self.style = style
        }

        package init(_ number: Int) {
            text = String(number)
            columns = text.utf8.count
            style = .plain
        }
    }

    /// The columns.
    package let columns: [Column]
    /// The rows, a cell for each column.
    private(set) var rows: [[Cell]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row.
    package mutating func add(_ cells: Cell...) {
        add(cells)
    }

    /// Adds a row.
    package mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "A row has \(cells.count) cells for \(columns.count) columns.")
        rows.append(cells)
    }

    /// The table as text, with its headings.
    ///
    /// - Parameters:
    ///   - width: the columns of the terminal; nil: as wide as it wants.
    ///   - isColored: whether styles become colours.
    package func rendered(width: Int?, isColored: Bool) -> [UInt8] {
        var widths = columns.map(\.title.columns)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.columns) }
        }
        var shown = Array(columns.indices)
        if let width { fit(&widths, &shown, into: width) }
        let headings = columns.map { Cell($0.title, .heading) }
        var text: [UInt8] = []
        text.reserveCapacity((rows.count + 1) * (shown.reduce(0) { $0 + widths[$1] + Table.gap } + 1))
        append(headings, shown, widths, isColored, to: &text)
        for row in rows { append(row, shown, widths, isColored, to: &text) }
        return text
    }

    private static let gap = 2

    private func fit(_ widths: inout [Int], _ shown: inout [Int], into width: Int) {
        while true {
            let needed = shown.reduce(0) { $0 + widths[$1] } + Table.gap * (shown.count - 1)
            guard needed > width else { return }
            var widest: (index: Int, room: Int)?
            for index in shown {
                guard let minimum = columns[index].minimum, widths[index] > minimum else { continue }
                if let best = widest, widths[best.index] >= widths[index] { continue }
                widest = (index, widths[index] - minimum)
            }
            if let widest {
                widths[widest.index] -= min(needed - width, widest.room)
            } else if let optional = shown.last(where: { columns[$0].isOptional }) {
                shown.removeAll { $0 == optional }
            } else {
                return
            }
        }
    }

    private func append(
        _ row: [Cell],
        _ shown: [Int],
        _ widths: [Int],
        _ isColored: Bool,
        to text: inout [UInt8]
    ) {
        var padding = 0
        for index in shown {
            let cell = row[index]
            let isCut = cell.columns > widths[index]
            let content = isCut ? cell.text.shortened(to: widths[index]) : cell.text
            let free = widths[index] - (isCut ? content.columns : cell.columns)
            // Blanks come only before something: no line ends in them.
            padding += columns[index].isNumber ? free : 0
            for _ in 0..<padding { text.append(UInt8(ascii: " ")) }
            text += (isColored ? cell.style.applied(to: content) : content).utf8
            padding = Table.gap + (columns[index].isNumber ? 0 : free)
        }
        text.append(UInt8(ascii: "\n"))
    }
}
