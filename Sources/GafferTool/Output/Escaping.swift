internal import GafferModel

extension JSON {
    /// The text of the document, in which nothing moves the cursor, changes the terminal or hides its order.
    ///
    /// What would do so can stand in strings alone, where it has another spelling for every reader of JSON.
    var shown: String {
        let text = text
        guard !text.isPlain else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isHarmful {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    /// The text with everything that could move the cursor, change the terminal or hide its order made visible.
    ///
    /// Names, messages and commands come from others. Printable text stays as it is.
    package var escaped: String {
        if isPlain { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.isHarmful: result += scalar.hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text in quotation marks, safe on a terminal.
    package var quoted: String { "\"\(escaped)\"" }

    /// Whether it is printable ASCII throughout, as nearly everything is.
    package var isPlain: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    /// How many columns it takes on a terminal, where ``escaped`` went before.
    package var columns: Int {
        if isPlain { return utf8.count }
        return unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// Its beginning in at most so many columns, with an ellipsis where something was cut off.
    package func shortened(to limit: Int) -> String {
        guard columns > limit else { return self }
        var result = ""
        var used = 0
        for character in self {
            let needed = String(character).columns
            guard used + needed < limit else { break }
            result.append(character)
            used += needed
        }
        return limit > 0 ? result + "…" : ""
    }
}

extension Unicode.Scalar {
    /// Whether it is a control character, turns the direction of writing, breaks lines or is not seen at all.
    fileprivate var isHarmful: Bool {
        switch self {
        case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{061C}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}",
            "\u{2060}"..."\u{206F}", "\u{FEFF}":
            true
        default: false
        }
    }

    fileprivate var hex: String { "\\u{\(String(value, radix: 16))}" }

    /// 0 for what is written over the character before, 2 for the wide characters of East Asia and emoji, else 1.
    package var columns: Int {
        switch value {
        case 0x300...0x36F, 0x20D0...0x20FF, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
