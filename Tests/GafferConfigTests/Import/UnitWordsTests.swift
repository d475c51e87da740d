import Testing

@testable import GafferConfig

/// What systemd 252 makes of these texts was recorded, from the dump of its test mode.
@Suite("Words as systemd has them")
struct UnitWordsTests {
    static let rows: [(text: String, commands: [[String]]?)] = [
        (#"a "b c" d"#, [["a", "b c", "d"]]),
        (#"'a b'c"#, [["a bc"]]),
        (#""a\"b" c\x20d \n\t\\"#, [["a\"b", "c d", "\n\t\\"]]),
        (#"a\ b"#, [[#"a\ b"#]]),
        (#""un"#, nil),
        (#"a;b ; /bin/true x"#, [["a;b"], ["/bin/true", "x"]]),
        (#""a" ; c"#, [["a"], ["c"]]),
        (#"';' \; ;x"#, [[";", ";", ";x"]]),
        (#"$HOME ${HOME} $$"#, [["$HOME", "${HOME}", "$$"]]),
        (#"x="y z"w"#, [["x=y zw"]]),
        (#""" ''"#, [["", ""]]),
        (#"\u00e9 \101 \U0001F600"#, [["é", "A", "😀"]]),
        (#"\q \""#, [[#"\q"#, "\""]]),
        ("é", [["é"]]),
        (#"a\\"#, [[#"a\"#]]),
        (#""a\sb""#, [["a b"]]),
        (#"'a\tb'"#, [["a\tb"]]),
        (#"--x=^/(a|b)($$|/)"#, [["--x=^/(a|b)($$|/)"]]),
        ("a # b", [["a", "#", "b"]]),
        ("\"a\tb\"", [["a\tb"]]),
        (#"it\'s"#, [["it's"]]),
        (#"a\;b"#, [[#"a\;b"#]]),
        (#"\x7f"#, [["\u{7F}"]]),
    ]

    @Test("A command line is taken apart as systemd does", arguments: rows)
    func splitting(row: (text: String, commands: [[String]]?)) {
        let words = try? UnitWords.split(row.text)
        #expect(words?.split(whereSeparator: \.isSeparator).map { $0.map(\.text) } == row.commands)
    }

    static let times: [(text: String, seconds: Double?)] = [
        ("90", 90), ("5min 20s", 320), ("1h", 3600), ("500ms", 0.5), ("1.5s", 1.5), ("2m30s", 150), ("1d 2h", 93_600),
        ("infinity", .infinity), ("1us", 1e-6), ("", nil), ("soon", nil), ("5 parsecs", nil), ("-1", nil),
        ("99999999999999999999", nil), ("1w", 604_800), ("3 sec", 3),
    ]

    @Test("A span of time is read as systemd does", arguments: times)
    func time(row: (text: String, seconds: Double?)) {
        #expect(UnitTime.seconds(row.text) == row.seconds)
    }

    @Test(
        "A number of seconds is written as the ini has it",
        arguments: [(0.1, "0.1"), (2, "2"), (1.25, "1.25"), (0.000_001, "0.000001"), (0, "0"), (90.5, "90.5")]
    )
    func written(row: (seconds: Double, text: String)) {
        #expect(UnitTime.written(row.seconds) == row.text)
    }

    @Test(
        "A specifier is replaced by what is known of the unit",
        arguments: [
            ("%n", "a-b@c\\x2dd-e.service"), ("%N", "a-b@c\\x2dd-e"), ("%p", "a-b"), ("%i", "c\\x2dd-e"),
            ("%I", "c-d/e"), ("%P", "a/b"), ("%j", "b"), ("%f", "/c-d/e"), ("%t/%%", "/run/%"), ("%H", "box.example"),
            ("%l", "box"), ("a%", "a%"),
        ]
    )
    func specifier(row: (text: String, value: String)) throws {
        let specifiers = UnitSpecifiers(unit: "a-b@c\\x2dd-e.service", hostName: "box.example")
        #expect(try specifiers.literal(row.text) == row.value)
    }

    @Test("One that is not known is an error", arguments: ["%m", "%b", "%Z"])
    func unknown(text: String) {
        #expect(throws: (any Error).self) {
            try UnitSpecifiers(unit: "a.service", hostName: nil).literal(text)
        }
    }
}
