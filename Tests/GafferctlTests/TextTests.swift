import GafferModel
import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("Texts for people")
struct TextTests {
    @Test(
        "tell a span of time in two units",
        arguments: [
            (-5, "0s"), (0, "0s"), (59.9, "59s"), (60, "1m 00s"), (312, "5m 12s"), (3599, "59m 59s"), (3600, "1h 00m"),
            (7500, "2h 05m"), (86_399, "23h 59m"), (86_400, "1d 00h"), (1_000_000, "11d 13h"),
            (.infinity, "-"), (.nan, "-"), (1e300, "-"),
        ] as [(Double, String)]
    )
    func duration(seconds: Double, expected: String) {
        #expect(Human.duration(seconds) == expected)
    }

    @Test(
        "tell a wait in tenths while it is short",
        arguments: [(0, "0.0s"), (0.54, "0.5s"), (9.94, "9.9s"), (9.96, "10s"), (90, "1m 30s"), (-1, "0.0s")]
            as [(Double, String)]
    )
    func wait(seconds: Double, expected: String) {
        #expect(Human.wait(seconds) == expected)
    }

    @Test(
        "are escaped where a terminal would obey them",
        arguments: [
            ("plain text", "plain text"), ("a\tb\nc\rd", "a\\tb\\nc\\rd"), ("\u{1B}[31m", "\\u{1b}[31m"),
            ("\u{7F}\u{9B}", "\\u{7f}\\u{9b}"), ("a\u{202E}b\u{2066}c\u{200B}d", "a\\u{202e}b\\u{2066}c\\u{200b}d"),
            ("grüße 日本", "grüße 日本"),
        ]
    )
    func escaping(text: String, expected: String) {
        #expect(text.escaped == expected)
    }

    @Test(
        "of JSON are the same to its readers, and harmless on a terminal",
        arguments: [
            (#"{"a":"plain"}"#, #"{"a":"plain"}"#), (#"{"a":"grüße 日本😀"}"#, #"{"a":"grüße 日本😀"}"#),
            (#"{"\u009b2J":["\u001b[2J","\u007f"]}"#, #"{"\u009b2J":["\u001b[2J","\u007f"]}"#),
            (#"["a\u202eb\u2066\u061c","\u2028\u0085\ufeff"]"#, #"["a\u202eb\u2066\u061c","\u2028\u0085\ufeff"]"#),
        ]
    )
    func document(text: String, expected: String) throws {
        let document = try JSON(parsing: text)
        #expect(document.shown == expected)
        #expect(try JSON(parsing: document.shown) == document)
    }

    @Test(
        "are shortened by columns",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("ab", 1, "…"),
            ("ab", 0, ""),
        ]
    )
    func shortening(text: String, limit: Int, expected: String) {
        #expect(text.shortened(to: limit) == expected)
        #expect(text.shortened(to: limit).columns <= limit)
    }

    @Test("outline a document")
    func outline() {
        let document: JSON = [
            "name": "shop.web", "active": true, "cpu": 1.5, "none": .null, "pids": [1, 2], "empty": [],
            "config": ["cmd": "a\u{1B}b", "env": [:]], "instances": [["pid": 1, "state": "running"]],
        ]
        #expect(
            Outline.lines(of: document) == [
                "name: shop.web", "active: yes", "cpu: 1.5", "none: -", "pids: 1 2", "empty: -", "config:",
                "  cmd: a\\u{1b}b", "  env: {}", "instances:", "  - pid=1 state=running",
            ]
        )
    }
}
