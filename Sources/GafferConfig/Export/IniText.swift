internal import GafferModel

/// Writes what ``IniDocument`` reads.
///
/// A value has no quotes of its own in an ini file, so there are values that none can hold: those with a line feed,
/// with a blank at either end, or with a semicolon after a blank that is not within quotes.
enum IniText {
    /// Whether a file that has this setting gives back just this value.
    static func holds(_ value: String, of key: String) -> Bool {
        guard !value.utf8.contains(0x0A) else { return false }
        // The reader itself decides, so that the two can't come apart.
        let document = IniDocument(parsing: Array("[process:x]\n\(key) = \(value)".utf8), file: "")
        guard document.errors.isEmpty, let settings = document.sections.first?.settings else { return false }
        return settings.count == 1 && settings[0].key == key && settings[0].value == value && !settings[0].hasComment
    }

    /// Why a value can't stand in an ini file, as a clause; nil: it can.
    static func problem(_ value: String, of key: String) -> String? {
        if holds(value, of: key) { return nil }
        if value.utf8.contains(0x0A) { return "an ini file can't hold a line feed in a value" }
        if value.utf8.contains(0) { return "an ini file can't hold a NUL" }
        // By scalars, as the reader has it: what combines with a blank does not hide it.
        let ends = [value.unicodeScalars.first, value.unicodeScalars.last].compactMap { $0 }
        if ends.contains(where: { " \t\r".unicodeScalars.contains($0) }) {
            return "an ini file can't hold a blank at the start or the end of a value"
        }
        return "an ini file would take what follows \" ;\" in it for a comment"
    }

    /// Whether the environment of a job in an ini file can have a variable of that name.
    static func isVariable(_ name: String) -> Bool {
        JobConfig.isVariable(name) && !name.contains { $0.isWhitespace || $0 == ":" } && holds("x", of: "env:\(name)")
    }

    /// A word of a `cmd` that is no script: `$` is doubled, since variables are replaced in it, and what would part the
    /// word is quoted.
    static func word(_ text: String) -> String {
        quoted(text.doubling("$"))
    }

    /// A word as ``ShellWords`` reads it, with quotes only where they are needed.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=@%+,${}~^#!?*[]".utf8.contains(byte)
            }
        }
        // A comment begins a line, never a value; but nobody should have to know that.
        return isPlain && !word.isEmpty && !word.hasPrefix("#") ? word : ShellWords.quote(word)
    }
}

extension String {
    /// With each of these characters twice, also where another one combines with it.
    func doubling(_ scalar: Unicode.Scalar) -> String {
        guard unicodeScalars.contains(scalar) else { return self }
        var result = String.UnicodeScalarView()
        for next in unicodeScalars {
            if next == scalar { result.append(next) }
            result.append(next)
        }
        return String(result)
    }
}
