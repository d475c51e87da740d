/// What a terminal shows of the bytes that it got: as much of it as the programs here use.
package struct Screen {
    /// The lines, without the blanks at their ends.
    package var lines: [String] {
        cells.map { row in
            var text = row.joined()
            while text.last == " " { text.removeLast() }
            return text
        }
    }
    /// The lines together.
    package var text: String { lines.joined(separator: "\n") }
    /// Whether the cursor is seen.
    package private(set) var hasCursor = true
    /// Whether the other screen is shown.
    package private(set) var isOther = false
    /// Whether text goes on in the next line.
    package private(set) var wraps = true
    /// What came that this terminal does not know, or that moved what stands on it.
    package private(set) var faults: [String] = []

    private var cells: [[String]]
    private var row = 0
    private var column = 0
    private let width: Int

    /// Shows bytes.
    package init(_ bytes: [UInt8], columns: Int, rows: Int) {
        width = columns
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        consume(bytes)
    }

    /// Shows more.
    package mutating func consume(_ bytes: [UInt8]) {
        var rest = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}":
                guard rest.first == "[" else {
                    faults.append("ESC \(rest.first.map { "\($0)" } ?? "")")
                    continue
                }
                rest.removeFirst()
                let body = rest.prefix { $0.value < 0x40 }
                rest = rest.dropFirst(body.count)
                guard let final = rest.popFirst() else { return }
                control(String(String.UnicodeScalarView(body)), final)
            case "\r": column = 0
            case "\n": row += 1
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": faults.append("control \(scalar.value)")
            default: put(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        guard cells.indices.contains(row) else { return }
        let isMark = (0x300...0x36F).contains(scalar.value)
        if isMark {
            if column > 0, column <= width { cells[row][column - 1].unicodeScalars.append(scalar) }
            return
        }
        let columns =
            (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xD7A3).contains(scalar.value)
                || (0x1F300...0x1F9FF).contains(scalar.value) ? 2 : 1
        guard column + columns <= width else {
            if isOther { faults.append("line \(row + 1) is too long") }
            return
        }
        cells[row][column] = String(scalar)
        if columns == 2 { cells[row][column + 1] = "" }
        column += columns
    }

    private mutating func control(_ body: String, _ final: Unicode.Scalar) {
        switch (body, final) {
        case ("?25", "h"): hasCursor = true
        case ("?25", "l"): hasCursor = false
        case ("?7", "h"): wraps = true
        case ("?7", "l"): wraps = false
        case ("?1049", "h"): isOther = true
        case ("?1049", "l"): isOther = false
        case ("2", "J"):
            cells = Array(repeating: Array(repeating: " ", count: width), count: cells.count)
        case (_, "m"): break
        case (_, "H"):
            let parts = body.split(separator: ";").compactMap { Int($0) }
            guard parts.count == 2, cells.indices.contains(parts[0] - 1), (1...max(1, width)).contains(parts[1]) else {
                faults.append("cursor to \(body)")
                return
            }
            row = parts[0] - 1
            column = parts[1] - 1
        default: faults.append("ESC [ \(body) \(final)")
        }
    }
}
