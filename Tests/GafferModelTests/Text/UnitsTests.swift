import GafferModel
import Testing

@Suite("Times, sizes and truths")
struct UnitsTests {
    @Test(
        "Times are seconds, or have a unit",
        arguments: [
            ("0", .zero), ("30", .seconds(30)), ("1.5", .milliseconds(1500)), ("7.", .seconds(7)),
            (".5", .milliseconds(500)),
            ("500ms", .milliseconds(500)), ("0.5ms", .microseconds(500)), ("10s", .seconds(10)), ("2m", .seconds(120)),
            ("1.5h", .seconds(5400)), ("1d", .seconds(86_400)), ("2M", .seconds(120)), ("10 s", .seconds(10)),
            ("0.3", .milliseconds(300)),
            ("007", .seconds(7)), ("7.s", .seconds(7)), ("3162240000", .longest), ("36600d", .longest),
        ] as [(String, Duration)]
    )
    func durations(text: String, expected: Duration) {
        #expect(Duration(parsing: text) == expected)
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", " ", ".", "s", "ms", ".s", "-1", "+1", "1e3", "0x10", "1.2.3", "1..", "1,5", "nan", "inf", "infinity",
            "1w", "1 0",
            " 1", "1ss", "1s2", "٣", "3162240001", "36601d", "99999999999999999999999999",
        ]
    )
    func noDurations(text: String) {
        #expect(Duration(parsing: text) == nil)
    }

    @Test(
        "No number of seconds that is negative, endless or too long is a time",
        arguments: [-0.1, .nan, .infinity, -.infinity, 3_162_240_001, 1e300]
    )
    func noSeconds(seconds: Double) {
        #expect(Duration(inSeconds: seconds) == nil)
    }

    @Test(
        "A time is told as a number of seconds",
        arguments: [
            (.seconds(30), "30"), (.zero, "0"), (.milliseconds(1500), "1.5"), (.milliseconds(300), "0.3"),
            (.microseconds(1), "1e-06"),
            (.longest, "3162240000"),
        ] as [(Duration, String)]
    )
    func told(duration: Duration, expected: String) {
        #expect(duration.json.text == expected)
    }

    @Test("Any time that is told is read as the same")
    func roundTrip() {
        var generator = SeededGenerator(seed: 1)
        for exponent in 0..<15 {
            var limit = 10.0
            for _ in 0..<exponent { limit *= 10 }
            for _ in 0..<200 {
                let duration = Duration.microseconds(Int64(Double.random(in: 0..<limit, using: &generator)))
                #expect(Duration(inSeconds: duration.inSeconds) == duration)
            }
        }
    }

    @Test(
        "Sizes are bytes, or have a letter",
        arguments: [
            ("0", 0), ("100", 100), ("1K", 1024), ("64k", 65_536), ("64KB", 65_536), ("64KiB", 65_536),
            ("10M", 10 << 20), ("1 G", 1 << 30),
            ("2T", 2 << 40), ("1P", 1 << 50), ("15E", 15 << 60), ("512B", 512), ("18446744073709551615", .max),
        ] as [(String, UInt64)]
    )
    func sizes(text: String, expected: UInt64) {
        #expect(ByteSize.parse(text) == expected)
    }

    @Test(
        "What is no size is none",
        arguments: [
            "", "K", "B", "iB", "1iB", "-1", "+1", "1.5K", "1e3", "0x10", "16E", "18446744073709551616", "1KK", "1Z",
            "K1", "٣", "1 2",
        ]
    )
    func noSizes(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(
        "Sizes are told as the original told them",
        arguments: [
            (0, "0B"), (512, "512B"), (1023, "1023B"), (1024, "1K"), (2047, "1K"), (5 << 20, "5M"),
            ((5 << 20) - 1, "4M"), (3 << 30, "3G"),
            (1 << 40, "1T"), (1 << 50, "1P"), (.max, "15E"),
        ] as [(UInt64, String)]
    )
    func human(bytes: UInt64, expected: String) {
        #expect(ByteSize.human(bytes) == expected)
    }

    @Test(
        "Truths have the words of ConfigParser",
        arguments: [
            ("true", true), ("TRUE", true), ("yes", true), ("On", true), ("1", true), ("false", false), ("no", false),
            ("OFF", false),
            ("0", false), ("", nil), ("y", nil), ("2", nil), ("enabled", nil), (" true", nil),
        ] as [(String, Bool?)]
    )
    func truths(text: String, expected: Bool?) {
        #expect(Bool(parsing: text) == expected)
    }
}
