import GafferSystem
import Testing

@testable import GafferSystemd

@Suite struct TextTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let shown: String

        init(_ text: String, _ shown: String) {
            self.init(Array(text.utf8), shown)
        }

        init(_ bytes: [UInt8], _ shown: String) {
            self.bytes = bytes
            self.shown = shown
        }

        var testDescription: String { shown }
    }

    @Test(
        "What journalctl would show as blob data is made printable",
        arguments: [
            Row("", ""),
            Row("plain ~ text\twith a tab", "plain ~ text\twith a tab"),
            Row("größer 漢字 🚀", "größer 漢字 🚀"),
            Row("\u{1B}[1;31mred\u{1B}[0m", "red"),
            Row("\u{1B}]0;title\u{7}after", "after"),
            Row("\u{1B}]8;;http://x\u{1B}\\link", "link"),
            Row("\u{1B}(Btext", "text"),
            Row("\u{1B}7saved", "saved"),
            Row("end\u{1B}", "end\\x1b"),
            Row("cut\u{1B}[1;3", "cut\\x1b[1;3"),
            Row("cut\u{1B}]0;title", "cut\\x1b]0;title"),
            Row("10%\r20%\r", "10%\\x0d20%\\x0d"),
            Row("a\0b\u{7F}", "a\\x00b\\x7f"),
            Row("\u{85}x\u{9F}", "\\xc2\\x85x\\xc2\\x9f"),
            Row("\u{A0}", "\u{A0}"),
            Row([0x61, 0xFF, 0x62], "a\\xffb"),
            Row([0xC3], "\\xc3"),
            Row([0xC0, 0x80], "\\xc0\\x80"),
            Row([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
            Row([0xEF, 0xBF, 0xBE], "\\xef\\xbf\\xbe"),
            Row([0xEF, 0xBF, 0xBD], "\u{FFFD}"),
            Row([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
        ]
    )
    func printable(_ row: Row) {
        let (text, isPrintable) = row.bytes.withByteView { bytes in
            var text: [UInt8] = []
            JournalText.append(bytes, to: &text)
            return (text, JournalText.isPrintable(bytes))
        }
        #expect(String(decoding: text, as: UTF8.self) == row.shown)
        #expect(isPrintable == (text == row.bytes))
        #expect(text.withByteView { JournalText.isPrintable($0) })
    }

    @Test("Any bytes become printable, and what is printable stays")
    func anyBytes() {
        var numbers = SeededNumbers(seed: 1)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0..<20, using: &numbers)).map { _ in
                Bool.random(using: &numbers) ? UInt8.random(in: 0...255, using: &numbers) : 0x1B
            }
            var text: [UInt8] = []
            bytes.withByteView { JournalText.append($0, to: &text) }
            #expect(text.withByteView { JournalText.isPrintable($0) }, "\(bytes)")
            #expect(String(validating: text, as: UTF8.self) != nil, "\(bytes)")
        }
    }

    @Test(
        "The prefix of a line tells its level",
        arguments: [
            ("<3>disk full", 3, 3), ("<0>", 0, 3), ("<7><3>x", 7, 3), ("<07>x", 7, 4), ("<007>x", 7, 5),
        ] as [(String, UInt8, Int)]
    )
    func level(_ line: String, _ priority: UInt8, _ length: Int) {
        let level = Array(line.utf8).withByteView { LevelPrefix.parse($0) }
        #expect(level?.priority.rawValue == priority)
        #expect(level?.length == length)
    }

    @Test(
        "What is no prefix is text",
        arguments: [
            "", "<", "<3", "<>x", "<8>x", "<10>x", "<0007>x", "<a>x", "<-1>x", "< 3>x", "x<3>", "<37>x", "<3 >",
        ]
    )
    func noLevel(_ line: String) {
        #expect(Array(line.utf8).withByteView { LevelPrefix.parse($0) } == nil)
    }
}
