internal import Glibc

/// A line of gafferd's log:
/// `2026-11-22T02:18:45.123Z info gafferd: process exited job=web pid=7 session=shop status="exit code 1"`.
///
/// Metadata stand in the order of their names. A value is quoted where it is empty or has a space, a quote, an `=` or a
/// backslash; control characters and what is not text are shown as `\x1b`, so that a line is always one line.
package struct LogLine: Sendable {
    /// In seconds since 1970.
    package var time: Double
    /// As `info`.
    package var level: String
    /// The word before the colon.
    package var label: String
    package var message: String
    /// In any order.
    package var metadata: [(key: String, value: String)]

    package init(
        time: Double,
        level: String,
        label: String,
        message: String,
        metadata: [(key: String, value: String)]
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    /// The line, without its newline.
    package var text: String {
        var line = "\(LogLine.timestamp(time)) \(level) \(label): \(PrintableText.of(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(PrintableText.of(key))=\(LogLine.quoted(value))"
        }
        return line
    }

    /// A value as it stands in a line.
    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.isEmpty || value.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D || $0 == 0x5C }
        guard needsQuotes else { return PrintableText.of(value) }
        var text = "\""
        for character in value.unicodeScalars {
            if character == "\"" || character == "\\" { text.append("\\") }
            text.unicodeScalars.append(character)
        }
        return PrintableText.of(text + "\"")
    }

    /// UTC, as `2026-11-22T02:18:45.123Z`.
    package static func timestamp(_ time: Double) -> String {
        let milliseconds = Int64((time * 1000).rounded(.down))
        var seconds = time_t(milliseconds / 1000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [(Int(fields.tm_year) + 1900, 4), (Int(fields.tm_mon) + 1, 2), (Int(fields.tm_mday), 2)]
        let clock = [(Int(fields.tm_hour), 2), (Int(fields.tm_min), 2), (Int(fields.tm_sec), 2)]
        return date.map { padded($0.0, $0.1) }.joined(separator: "-") + "T"
            + clock.map { padded($0.0, $0.1) }.joined(separator: ":") + "." + padded(Int(milliseconds % 1000), 3) + "Z"
    }
}
