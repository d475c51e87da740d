internal import GafferModel

/// The kinds of values that settings of a job have in a body: as JSON has them, and as a text of an ini file would.
enum SettingSchemas {
    /// A word in any case.
    private static func word(_ text: String) -> String {
        text.map { $0.isLetter ? "[\($0.uppercased())\($0.lowercased())]" : String($0) }.joined()
    }

    private static func words(_ all: [String]) -> Schema {
        .string("^(\(all.map(word).joined(separator: "|")))$")
    }

    private static let decimal = "([0-9]+\\.?[0-9]*|\\.[0-9]+)"
    private static let timeText = Schema.string("^\(decimal) *(\(word("ms"))|[SMHDsmhd])?$")
    private static let sizeText = Schema.string("^[0-9]+ *([KMGTPEkmgtpe](\(word("i"))?\(word("b")))?|[Bb])?$")
    /// The text that means that nothing is set.
    private static let empty = Schema.constant("")

    static let flag = Schema.any(
        .boolean,
        words(["true", "yes", "on", "1", "false", "no", "off", "0"]),
        .null
    )

    static let text = Schema.string.nullable
    static let wordList = Schema.any(.string, .array(of: .string), .null)
    static let paths = Schema.any(.string, .array(of: Schema.string.with("minLength", 1)), .null)
    static let account = Schema.any(.integer(0...4_294_967_294), .string, .null)

    static func integer(_ range: ClosedRange<Int64>) -> Schema {
        .any(.integer(range), .string("^[+-]?[0-9]+$"), .null)
    }

    static func optionalInteger(_ range: ClosedRange<Int64>) -> Schema {
        .any(.integer(range), .string("^([+-]?[0-9]+)?$"), .null)
    }

    static let seconds = Schema.number(0...Duration.longest.inSeconds)
    static let duration = Schema.any(seconds, timeText, .null)

    static func size(_ range: ClosedRange<Int64>) -> Schema {
        .any(.integer(range), sizeText, .null)
    }

    static let memory = Schema.any(.integer(4096...Int64.max), sizeText, empty, .null)
    static let cpus = Schema.any(.number(0.01...10_000), .string("^\(decimal)[ \\t]*%?$"), empty, .null)
    static let limit = Schema.any(.integer(0...Int64.max), .string, .null)
    static let signal = Schema.any(.integer(1...64), .string, .null)
    static let mask = Schema.string("^(\\+?[0-7]+)?$").nullable
    static let restart = Schema.any(words(RestartPolicy.allCases.map(\.rawValue)), .null)
    static let requirement = Schema.any(words(["required", "optional"]), .null)

    static let environment = Schema.map(of: .string)
        .with("propertyNames", Schema.string("^[^=\\u0000]+$").json).nullable

    private static let label = Schema.string("^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$")

    static func labels(atMost maximum: Int64, areUnique: Bool) -> Schema {
        var list = Schema.array(of: label).with("maxItems", .integer(maximum))
        if areUnique { list = list.with("uniqueItems", true) }
        return .any(list, .string, .null)
    }

    static let successExit = Schema.any(
        .integer(0...255),
        .array(of: .any(.integer(0...255), .string)),
        .string,
        .null
    )

    private static let time = Schema.any(seconds, timeText)
    private static let plainNumber = Schema.string("^\(decimal)$")
    private static let factor = Schema.any(.number(1...1000), plainNumber)

    static let backoff = Schema.any(
        seconds,
        Schema.object([
            Schema.Property("initial", time.defaulting(to: 0.5), "The first wait.").optional,
            Schema.Property("factor", factor.defaulting(to: 2), "How much longer each further one is.").optional,
            Schema.Property("max", time, "The longest one; 60 s, or the first where that is longer.").optional,
        ]).closed,
        tuple([time, factor, time], least: 1),
        .string,
        .null
    )

    private static func count(from least: Int64) -> Schema {
        .any(.integer(least...10_000), plainNumber)
    }

    static let flapping = Schema.any(
        Schema.object([
            Schema.Property("attempts", count(from: 1).defaulting(to: 2), "So many unexpected exits").optional,
            Schema.Property("window", time.defaulting(to: 1), "within so many seconds are a flap;").optional,
            Schema.Property("retry_in", time.defaulting(to: 7), "then it stays stopped so long,").optional,
            Schema.Property("max_retry", count(from: 0).defaulting(to: 5), "and is given up after so many.").optional,
        ]).closed,
        tuple([count(from: 1), time, time, count(from: 0)], least: 4),
        .string,
        .null
    )

    private static func tuple(_ elements: [Schema], least: Int64) -> Schema {
        Schema.array(of: .anything).with("prefixItems", .array(elements.map(\.json))).with("items", false)
            .with("minItems", .integer(least))
    }
}
