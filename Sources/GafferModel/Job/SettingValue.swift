/// The value of one setting as it was written: text of an ini file, or a JSON value of a body.
///
/// Each function reads one type and throws a ``SettingError`` that says what is expected. A string of a body is read as
/// the text of an ini file would be, so that both spellings of a value (`2` and `"2"`) are one.
public enum SettingValue: Sendable, Hashable {
    /// Everything after the `=` of an ini file.
    case text(String)
    /// A member of a body.
    case json(JSON)

    /// As it is shown in a message: on one line; the end of a long one is left out.
    public var shown: String {
        switch self {
        case .text(let text): text.printable
        case .json(.string(let text)): text.cited
        case .json(let json): json.text.printable
        }
    }

    /// Whether it means that nothing is set: empty text, `null`, `""`.
    public var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .json(let json): json == .null || json == .string("")
        }
    }

    func string() throws(SettingError) -> String {
        switch self {
        case .text(let text): return text
        case .json(.string(let text)): return text
        case .json: throw SettingError("a string is expected")
        }
    }

    func nonEmptyString() throws(SettingError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw SettingError("it is empty") }
        guard !text.utf8.contains(0) else { throw SettingError("it holds a NUL") }
        return text
    }

    func bool() throws(SettingError) -> Bool {
        switch self {
        case .json(.bool(let value)): return value
        case .text(let text), .json(.string(let text)):
            if let value = Bool(parsing: text) { return value }
        case .json: break
        }
        throw SettingError("true or false is expected")
    }

    func integer(in range: ClosedRange<Int>) throws(SettingError) -> Int {
        let value: Int? =
            switch self {
            case .text(let text), .json(.string(let text)): Int(text)
            case .json(let json): json.intValue
            }
        guard let value, range.contains(value) else {
            throw SettingError("a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return value
    }

    func number() throws(SettingError) -> Double {
        let value: Double? =
            switch self {
            case .text(let text), .json(.string(let text)): Double(plain: text)
            case .json(let json): json.doubleValue
            }
        guard let value, value.isFinite else { throw SettingError("\(shown) is no number") }
        return value
    }

    func duration() throws(SettingError) -> Duration {
        let value: Duration? =
            switch self {
            case .text(let text), .json(.string(let text)): Duration(parsing: text)
            case .json(let json): json.doubleValue.flatMap { Duration(inSeconds: $0) }
            }
        guard let value else {
            throw SettingError("a time is expected, in seconds or as 500ms, 2m, 1h")
        }
        return value
    }

    func size() throws(SettingError) -> UInt64 {
        let value: UInt64? =
            switch self {
            case .text(let text), .json(.string(let text)): ByteSize.parse(text)
            case .json(let json): json.intValue.flatMap { UInt64(exactly: $0) }
            }
        // JSON has to be able to tell it: no more than a signed number holds.
        guard let value, value <= Int64.max else {
            throw SettingError("a size is expected, in bytes or as 64K, 10M, 1G")
        }
        return value
    }

    /// A list: an array, or text with commas (or blanks where there is no comma) between its elements.
    func list() throws(SettingError) -> [SettingValue] {
        switch self {
        case .json(.array(let elements)):
            return elements.map(SettingValue.json)
        case .text(let text), .json(.string(let text)):
            let separated =
                text.contains(",")
                ? text.split(separator: ",", omittingEmptySubsequences: false)
                : text.split { $0 == " " || $0 == "\t" || $0 == "\n" }
            return separated.map { .text($0.trimmed) }
        case .json(.null):
            return []
        case .json:
            throw SettingError("a list is expected")
        }
    }
}

/// What is wrong with a setting, as a clause without its name and value.
public struct SettingError: Error, Sendable, Hashable {
    /// As `true or false is expected`.
    public let message: String

    /// Makes an error.
    public init(_ message: String) {
        self.message = message
    }

    /// The message with its full stop, which one that is taken over from elsewhere has already.
    package var sentenceEnd: String {
        message.hasSuffix(".") || message.hasSuffix("?") ? message : message + "."
    }
}

extension StringProtocol {
    /// Without blanks at either end.
    public var trimmed: String {
        let start = firstIndex { !$0.isBlank } ?? endIndex
        guard let last = lastIndex(where: { !$0.isBlank }), start <= last else { return "" }
        return String(self[start...last])
    }
}

extension Character {
    fileprivate var isBlank: Bool {
        self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\r\n"
    }
}
