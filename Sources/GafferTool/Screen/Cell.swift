/// How a cell of a screen is shown.
package struct CellStyle: Hashable, Sendable {
    package var style: Style
    /// Whether ground and text are exchanged, as for what is selected.
    package var isReversed = false

    package init(_ style: Style = .plain, isReversed: Bool = false) {
        self.style = style
        self.isReversed = isReversed
    }

    /// The sequence that switches to it from any other.
    package func sequence(isColored: Bool) -> String {
        var codes = ["0"]
        switch style {
        case .plain: break
        case .heading, .faint: codes.append(style.code)
        case .good, .busy, .bad:
            if isColored { codes.append(style.code) } else if style == .bad { codes.append("1") }
        }
        if isReversed { codes.append("7") }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }
}

/// One place of a screen.
package struct Cell: Hashable, Sendable {
    /// What stands there; empty in the second half of a wide character.
    package var text: String
    package var style: CellStyle

    package init(_ text: String = " ", _ style: CellStyle = CellStyle()) {
        self.text = text
        self.style = style
    }
}

/// One line of a screen, exactly as wide as the screen.
package struct ScreenLine: Hashable, Sendable {
    package private(set) var cells: [Cell] = []
    /// How many columns it may have.
    package let width: Int

    package init(width: Int) {
        self.width = max(0, width)
        cells.reserveCapacity(self.width)
    }

    /// How many columns are left.
    package var room: Int { width - cells.count }

    /// Adds text, as much as there is room for; what could move the cursor is made visible.
    package mutating func add(_ text: String, _ style: CellStyle = CellStyle()) {
        for scalar in text.escaped.unicodeScalars {
            switch scalar.columns {
            case 0:
                // At most a few marks upon one character, so that a cell stays small.
                if let last = cells.indices.last, cells[last].text.unicodeScalars.count < 4, !cells[last].text.isEmpty {
                    cells[last].text.unicodeScalars.append(scalar)
                }
            case let columns:
                guard columns <= room else { return }
                cells.append(Cell(String(scalar), style))
                for _ in 1..<columns { cells.append(Cell("", style)) }
            }
        }
    }

    /// Adds text in a field of so many columns: cut off with an ellipsis, or padded.
    package mutating func add(
        _ text: String,
        _ style: CellStyle = CellStyle(),
        columns: Int,
        isNumber: Bool = false
    ) {
        let columns = min(columns, room)
        guard columns > 0 else { return }
        let shown = text.escaped.shortened(to: columns)
        let padding = String(repeating: " ", count: max(0, columns - shown.columns))
        add(isNumber ? padding + shown : shown + padding, style)
    }

    /// Fills what is left with blanks.
    package mutating func fill(_ style: CellStyle = CellStyle()) {
        while room > 0 { cells.append(Cell(" ", style)) }
    }

    /// The line full to its end.
    package func filled(_ style: CellStyle = CellStyle()) -> ScreenLine {
        var line = self
        line.fill(style)
        return line
    }

    /// What it says, without the blanks at its end.
    package var text: String {
        var text = cells.map(\.text).joined()
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// How large a screen is.
package struct ScreenSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}
