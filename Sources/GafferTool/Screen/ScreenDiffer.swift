/// Turns pictures into what a terminal needs to show them: only what differs from the picture before.
package struct ScreenDiffer {
    package let isColored: Bool

    private var shown: [ScreenLine] = []
    private var size = ScreenSize(columns: 0, rows: 0)

    /// How many columns that did not change are written again, since moving the cursor over them takes more.
    private static let shortestSkip = 6

    package init(isColored: Bool) {
        self.isColored = isColored
    }

    /// Forgets what is shown, since something else wrote to the terminal.
    package mutating func forget() {
        shown = []
        size = ScreenSize(columns: 0, rows: 0)
    }

    /// What makes a terminal of that size show the lines; empty where nothing changed.
    package mutating func bytes(for lines: [ScreenLine], _ size: ScreenSize) -> [UInt8] {
        var text = ""
        if size != self.size || shown.isEmpty {
            text = "\u{1B}[0m\u{1B}[2J"
            self.size = size
            shown = Array(repeating: ScreenLine(width: size.columns).filled(), count: size.rows)
        }
        var pen: CellStyle?
        for (row, line) in lines.prefix(size.rows).enumerated() where line != shown[row] {
            write(line.filled().cells, over: shown[row].cells, row, &pen, to: &text)
            shown[row] = line.filled()
        }
        if pen != nil { text += "\u{1B}[0m" }
        return Array(text.utf8)
    }

    private func write(_ new: [Cell], over old: [Cell], _ row: Int, _ pen: inout CellStyle?, to text: inout String) {
        var column = 0
        while column < new.count {
            guard differs(new, old, column) else {
                column += 1
                continue
            }
            // Never in the middle of a wide character: both of its halves differ, or none does.
            var end = column + 1
            var same = 0
            var position = end
            while position < new.count, same < Self.shortestSkip {
                if differs(new, old, position) || new[position].text.isEmpty {
                    end = position + 1
                    same = 0
                } else {
                    same += 1
                }
                position += 1
            }
            text += "\u{1B}[\(row + 1);\(column + 1)H"
            for cell in new[column..<end] {
                if cell.style != pen {
                    text += cell.style.sequence(isColored: isColored)
                    pen = cell.style
                }
                text += cell.text
            }
            column = end
        }
    }

    private func differs(_ new: [Cell], _ old: [Cell], _ column: Int) -> Bool {
        guard column < old.count else { return true }
        return new[column] != old[column]
    }
}
