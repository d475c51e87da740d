internal import GafferModel

/// Splits a value into words as systemd does: by blanks, with quotes of both kinds and C's escapes in and out of them.
enum UnitWords {
    struct Word: Hashable {
        var text: String
        /// Whether it is a single `;` without quotes, which parts two commands.
        var isSeparator = false
    }

    static func split(_ text: String) throws(SettingError) -> [Word] {
        var words: [Word] = []
        var rest = Array(text.unicodeScalars)[...]
        while true {
            rest = rest.drop(while: isBlank)
            guard let first = rest.first else { return words }
            if first == ";", rest.dropFirst().first.map(isBlank) ?? true {
                words.append(Word(text: ";", isSeparator: true))
                rest = rest.dropFirst()
                continue
            }
            // A backslash makes it a word; within one both stay.
            if first == "\\", rest.dropFirst().first == ";", rest.dropFirst(2).first.map(isBlank) ?? true {
                words.append(Word(text: ";"))
                rest = rest.dropFirst(2)
                continue
            }
            words.append(Word(text: try word(&rest)))
        }
    }

    private typealias Text = ArraySlice<Unicode.Scalar>

    private static func word(_ rest: inout Text) throws(SettingError) -> String {
        var word = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        while let next = rest.popFirst() {
            if next == "\\" {
                append(try escape(&rest), to: &word)
            } else if let open = quote {
                if next == open { quote = nil } else { word.append(next) }
            } else if next == "'" || next == "\"" {
                quote = next
            } else if isBlank(next) {
                return String(word)
            } else {
                word.append(next)
            }
        }
        guard quote == nil else { throw SettingError("a quote is not closed") }
        return String(word)
    }

    private static func append(_ scalars: [Unicode.Scalar], to word: inout String.UnicodeScalarView) {
        word.append(contentsOf: scalars)
    }

    /// What a backslash and the text after it mean; where that is nothing, both stay.
    private static func escape(_ rest: inout Text) throws(SettingError) -> [Unicode.Scalar] {
        guard let next = rest.popFirst() else { throw SettingError("nothing follows the last backslash") }
        switch next {
        case "a": return ["\u{07}"]
        case "b": return ["\u{08}"]
        case "f": return ["\u{0C}"]
        case "n": return ["\n"]
        case "r": return ["\r"]
        case "t": return ["\t"]
        case "v": return ["\u{0B}"]
        case "s": return [" "]
        case "\\", "\"", "'": return [next]
        case "x": return [try code(&rest, digits: 2, radix: 16)]
        case "u": return [try code(&rest, digits: 4, radix: 16)]
        case "U": return [try code(&rest, digits: 8, radix: 16)]
        case "0"..."7":
            return [try code(&rest, digits: 2, radix: 8, after: next)]
        default: return ["\\", next]
        }
    }

    private static func code(
        _ rest: inout Text,
        digits: Int,
        radix: Int,
        after first: Unicode.Scalar? = nil
    ) throws(SettingError) -> Unicode.Scalar {
        var text = String.UnicodeScalarView()
        if let first { text.append(first) }
        let count = text.count + digits
        text.append(contentsOf: rest.prefix(digits))
        rest = rest.dropFirst(digits)
        guard text.count == count, let value = UInt32(String(text), radix: radix), value > 0,
            let scalar = Unicode.Scalar(value), digits > 3 || value < 0x80
        else { throw SettingError("an escape with a number is not taken") }
        return scalar
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
}

/// Spans of time as systemd writes them: `90`, `5min 20s`, `1h`, `infinity`.
enum UnitTime {
    private static let units: [String: Double] = {
        var units: [String: Double] = [:]
        let names: [(Double, String)] = [
            (1e-6, "us usec µs μs"), (1e-3, "ms msec"), (1, "s sec second seconds"), (60, "m min minute minutes"),
            (3600, "h hr hour hours"), (86_400, "d day days"), (604_800, "w week weeks"),
            (2_629_800, "M month months"), (31_557_600, "y year years"),
        ]
        for (seconds, list) in names {
            for name in list.split(separator: " ") { units[String(name)] = seconds }
        }
        return units
    }()

    /// The seconds; `.infinity` for `infinity`; nil: it is no time.
    static func seconds(_ text: String) -> Double? {
        let text = text.trimmed
        if text == "infinity" { return .infinity }
        var rest = text[...]
        var total = 0.0
        var hasPart = false
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { return hasPart ? total : nil }
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            guard let number = Double(digits) else { return nil }
            rest = rest[digits.endIndex...].drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter || $0 == "µ" || $0 == "μ" }
            rest = rest[unit.endIndex...]
            guard let factor = unit.isEmpty ? 1 : units[String(unit)] else { return nil }
            total += number * factor
            // More is no time that anybody waits.
            guard total < 1e12 else { return nil }
            hasPart = true
        }
    }

    /// Seconds as gaffer's ini has them.
    static func written(_ seconds: Double) -> String {
        guard let whole = Int(exactly: seconds) else {
            let micros = Int((seconds * 1e6).rounded())
            var fraction = String(1_000_000 + micros % 1_000_000).dropFirst()
            while fraction.hasSuffix("0") { fraction.removeLast() }
            return fraction.isEmpty ? String(micros / 1_000_000) : "\(micros / 1_000_000).\(fraction)"
        }
        return String(whole)
    }
}

/// Replaces `%n`, `%i` and the like.
struct UnitSpecifiers {
    /// `shop@web.service`.
    let unit: String
    let hostName: String?

    /// What stands before the `@` or the `.`.
    var prefix: String {
        String(stem.prefix { $0 != "@" })
    }

    /// nil: the unit is none of a template; empty: it is the template itself.
    var instance: String? {
        stem.firstIndex(of: "@").map { String(stem[stem.index(after: $0)...]) }
    }

    var isTemplate: Bool { instance?.isEmpty == true }

    private var stem: String {
        unit.lastIndex(of: ".").map { String(unit[..<$0]) } ?? unit
    }

    func expand(_ text: String) throws(SettingError) -> MarkedText {
        var result = MarkedText()
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result.append(rest[..<percent])
            rest = rest[rest.index(after: percent)...]
            guard let letter = rest.popFirst() else {
                result.append("%")
                break
            }
            result.append(try piece(letter))
        }
        result.append(rest)
        return result
    }

    func literal(_ text: String) throws(SettingError) -> String {
        guard let literal = try expand(text).template.literal else {
            throw SettingError("it differs from instance to instance")
        }
        return literal
    }

    private func piece(_ letter: Character) throws(SettingError) -> ImportTemplate.Piece {
        func last(_ text: String) -> String { text.split(separator: "-").last.map(String.init) ?? text }
        func host() throws(SettingError) -> String {
            guard let hostName else { throw SettingError("the name of the machine is not known here") }
            return hostName
        }
        switch letter {
        case "%": return .text("%")
        case "n": return .text(unit)
        case "N": return .text(stem)
        case "p": return .text(prefix)
        case "P": return .text(Self.unescaped(prefix))
        case "j": return .text(last(prefix))
        case "J": return .text(Self.unescaped(last(prefix)))
        case "i": return isTemplate ? .number(offset: 0, width: 0) : .text(instance ?? "")
        case "I": return isTemplate ? .number(offset: 0, width: 0) : .text(Self.unescaped(instance ?? ""))
        case "f":
            if isTemplate { throw SettingError("%f differs from instance to instance") }
            let path = Self.unescaped(instance ?? prefix)
            return .text(path.hasPrefix("/") ? path : "/" + path)
        case "t": return .text("/run")
        case "S": return .text("/var/lib")
        case "C": return .text("/var/cache")
        case "L": return .text("/var/log")
        case "E": return .text("/etc")
        case "T": return .text("/tmp")
        case "V": return .text("/var/tmp")
        case "u": return .text("root")
        case "U": return .text("0")
        case "g": return .text("root")
        case "G": return .text("0")
        case "h": return .text("/root")
        case "s": return .text("/bin/sh")
        case "H": return .text(try host())
        case "l": return .text(String(try host().prefix { $0 != "." }))
        default: throw SettingError("%\(String(letter).printable) is not known here")
        }
    }

    /// As `systemd-escape --unescape`: `-` is a slash, `\x2d` a byte.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                let code = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte == UInt8(ascii: "-") ? UInt8(ascii: "/") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
