extension Duration {
    /// The longest time that a setting may name: a hundred years.
    public static let longest: Duration = .seconds(100 * 366 * 86_400)

    /// Reads `30`, `1.5`, `7.` (seconds), `500ms`, `10s`, `2m`, `1h` or `1d`; nil where it is none, or is negative or
    /// longer than ``longest``.
    public init?(parsing text: some StringProtocol) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        let text = text.lowercased()
        let unit = units.first { text.hasSuffix($0.suffix) }
        var digits = text.dropLast(unit?.suffix.count ?? 0)
        while digits.last == " " { digits.removeLast() }
        guard let number = Double(plain: digits) else { return nil }
        self.init(inSeconds: number * (unit?.seconds ?? 1))
    }

    /// A number of seconds, rounded to microseconds; nil where it is negative, not finite, or longer than ``longest``.
    public init?(inSeconds seconds: Double) {
        guard seconds.isFinite, seconds >= 0, seconds <= Duration.longest.inSeconds else { return nil }
        // A time that is written as a number and read again has to be the same time.
        self = .microseconds(Int64((seconds * 1e6).rounded()))
    }

    /// The time as a number of seconds.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The time as a JSON number of seconds, without a fraction where it has none.
    public var json: JSON {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? .integer(seconds) : .double(inSeconds)
    }
}

/// Sizes, by powers of 1,024.
public enum ByteSize {
    private static let letters = Array("KMGTPE")

    /// Reads `100`, `64K`, `64KB`, `64KiB`, `64M`, `1G` …; nil where it is none or does not fit 64 bits.
    public static func parse(_ text: some StringProtocol) -> UInt64? {
        var text = text.uppercased()
        let isBinary = text.hasSuffix("IB")
        if isBinary { text.removeLast(2) } else if text.hasSuffix("B") { text.removeLast() }
        var factor: UInt64 = 1
        if let last = text.last, let power = letters.firstIndex(of: last) {
            factor = 1 << (10 * (UInt64(power) + 1))
            text.removeLast()
        } else if isBinary {
            return nil
        }
        while text.last == " " { text.removeLast() }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(text)
        else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : product
    }

    /// As the original told sizes: a whole number, rounded down, with a letter, as `5M` or `512B`.
    public static func human(_ bytes: UInt64) -> String {
        var rest = bytes
        var letter: Character = "B"
        for next in letters where rest >= 1024 {
            rest /= 1024
            letter = next
        }
        return "\(rest)\(letter)"
    }
}

extension Double {
    /// Reads digits with at most one point among, before or after them (the manual writes `7.`), and nothing else: no
    /// sign, no exponent.
    init?(plain text: some StringProtocol) {
        var digits = 0
        var points = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            default: return nil
            }
        }
        guard digits > 0, points <= 1 else { return nil }
        self.init(text)
    }
}

extension Bool {
    /// Reads true, yes, on, 1, false, no, off or 0, in any case.
    public init?(parsing text: some StringProtocol) {
        switch text.lowercased() {
        case "true", "yes", "on", "1": self = true
        case "false", "no", "off", "0": self = false
        default: return nil
        }
    }
}
