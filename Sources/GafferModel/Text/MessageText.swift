extension StringProtocol {
    /// The text as a message shows it: on one line, nothing that a terminal could take for a command, and not endless.
    ///
    /// Control characters and those that are not seen (direction marks, line separators) are escaped as JSON does.
    package var printable: String { escaped(withQuotes: false) }

    /// The text as a message quotes it: ``printable``, between double quotes.
    package var cited: String { "\"\(escaped(withQuotes: true))\"" }

    private func escaped(withQuotes: Bool) -> String {
        let limit = 200
        var result = String.UnicodeScalarView()
        var rest = unicodeScalars.makeIterator()
        var count = 0
        while let scalar = rest.next() {
            guard count < limit else {
                result.append("…")
                break
            }
            count += 1
            switch scalar {
            case "\"", "\\":
                if withQuotes { result.append("\\") }
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case " "..."~": result.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                    let digits = String(scalar.value, radix: 16)
                    let zeros = repeatElement("0", count: digits.utf8.count < 4 ? 4 - digits.utf8.count : 0).joined()
                    result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
                default: result.append(scalar)
                }
            }
        }
        return String(result)
    }
}
