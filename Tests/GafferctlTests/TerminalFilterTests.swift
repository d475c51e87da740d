import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("What a process writes")
struct TerminalFilterTests {
    private static let rows: [(text: [UInt8], shown: String, colored: String)] = [
        (Array("plain\ttext\n".utf8), "plain\ttext\n", "plain\ttext\n"),
        (Array("zwölf €😀".utf8), "zwölf €😀", "zwölf €😀"),
        (Array("a\r\nb\r\n".utf8), "a\nb\n", "a\nb\n"),
        (Array("x\rweb.1 | ok\n".utf8), "x\\x0dweb.1 | ok\n", "x\\x0dweb.1 | ok\n"),
        // Colours, which end with their line.
        (Array("\u{1B}[1;31mred\n".utf8), "\\x1b[1;31mred\n", "\u{1B}[1;31mred\u{1B}[0m\n"),
        (Array("\u{1B}[38:2:1:2:3mx".utf8), "\\x1b[38:2:1:2:3mx", "\u{1B}[38:2:1:2:3mx\u{1B}[0m"),
        (Array("\u{1B}[mx".utf8), "\\x1b[mx", "\u{1B}[mx\u{1B}[0m"),
        // Clear the screen, move, set the title, a link, the clipboard, a device control string, a request.
        (Array("\u{1B}[2J\u{1B}[H".utf8), "\\x1b[2J\\x1b[H", "\\x1b[2J\\x1b[H"),
        (Array("\u{1B}]0;title\u{07}".utf8), "\\x1b]0;title\\x07", "\\x1b]0;title\\x07"),
        (Array("\u{1B}]8;;http://x\u{1B}\\y".utf8), "\\x1b]8;;http://x\\x1b\\y", "\\x1b]8;;http://x\\x1b\\y"),
        (Array("\u{1B}]52;c;YQ==\u{07}".utf8), "\\x1b]52;c;YQ==\\x07", "\\x1b]52;c;YQ==\\x07"),
        (Array("\u{1B}P$qm\u{1B}\\".utf8), "\\x1bP$qm\\x1b\\", "\\x1bP$qm\\x1b\\"),
        (Array("\u{1B}[?25m".utf8), "\\x1b[?25m", "\\x1b[?25m"),
        (Array("\u{1B}[>4m".utf8), "\\x1b[>4m", "\\x1b[>4m"),
        (Array("\u{1B}c\u{1B}[6n".utf8), "\\x1bc\\x1b[6n", "\\x1bc\\x1b[6n"),
        // Control characters alone, of eight bits, and what is no UTF-8.
        (Array("a\u{08}\u{0B}\u{0C}\u{00}\u{7F}".utf8), "a\\x08\\x0b\\x0c\\x00\\x7f", "a\\x08\\x0b\\x0c\\x00\\x7f"),
        (Array("\u{9B}2J\u{85}".utf8), "\\xc2\\x9b2J\\xc2\\x85", "\\xc2\\x9b2J\\xc2\\x85"),
        ([0x9B, 0x32, 0x4A], "\\x9b2J", "\\x9b2J"),
        ([0xC3, 0x28, 0xFF, 0xE2, 0x82], "\\xc3(\\xff\\xe2\\x82", "\\xc3(\\xff\\xe2\\x82"),
        ([0xED, 0xA0, 0x80, 0xC0, 0x80], "\\xed\\xa0\\x80\\xc0\\x80", "\\xed\\xa0\\x80\\xc0\\x80"),
        // What turns the direction of the text, and what other programs take for line ends.
        (Array("\u{202E}abc\u{2066}\u{200F}".utf8), "\\u202eabc\\u2066\\u200f", "\\u202eabc\\u2066\\u200f"),
        (Array("a\u{2028}b\u{2029}\u{061C}".utf8), "a\\u2028b\\u2029\\u061c", "a\\u2028b\\u2029\\u061c"),
        // A sequence that has no end.
        (Array("\u{1B}[1;2".utf8), "\\x1b[1;2", "\\x1b[1;2"),
        (Array("\u{1B}".utf8), "\\x1b", "\\x1b"),
    ]

    @Test("is harmless on a terminal, and loses nothing", arguments: rows.indices)
    func shown(index: Int) {
        let row = Self.rows[index]
        #expect(String(decoding: TerminalFilter.line(row.text, keepsColors: false), as: UTF8.self) == row.shown)
        #expect(String(decoding: TerminalFilter.line(row.text, keepsColors: true), as: UTF8.self) == row.colored)
    }

    @Test("is shown alike however it is cut")
    func cuts() {
        let text = Self.rows.flatMap(\.text)
        for keepsColors in [false, true] {
            let whole = TerminalFilter.line(text, keepsColors: keepsColors)
            for size in 1...7 {
                var filter = TerminalFilter(keepsColors: keepsColors)
                var shown: [UInt8] = []
                for start in stride(from: 0, to: text.count, by: size) {
                    shown += filter.shown(text[start..<min(start + size, text.count)])
                }
                #expect(shown + filter.finished() == whole)
            }
        }
    }

    @Test("waits for no sequence for ever")
    func bounded() {
        var filter = TerminalFilter(keepsColors: true)
        _ = filter.shown(Array("\u{1B}[".utf8))
        #expect(!filter.shown([UInt8](repeating: UInt8(ascii: "1"), count: 64)).isEmpty)
    }
}
