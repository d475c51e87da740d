import Testing
import WebTestKit

@testable import GafferTool

private func line(_ text: String, _ width: Int, _ style: CellStyle = CellStyle()) -> ScreenLine {
    var line = ScreenLine(width: width)
    line.add(text, style)
    return line.filled()
}

@Suite("A screen")
struct ScreenTests {
    @Test("shows what the pictures say, whatever was there before")
    func pictures() {
        // Any picture after any other: wide characters over narrow ones, shorter over longer.
        let pictures: [[String]] = [
            ["one line", "another", ""], ["one lime", "", "äöü 漢字 end"], ["漢字漢字", "x漢x漢x", "ab漢字cd"],
            ["xx漢字yy", "漢x漢x", "abc"], ["e\u{301}te\u{301}", "\u{301}", "  blanks  inside  "],
        ]
        let size = ScreenSize(columns: 12, rows: 3)
        for first in pictures {
            for second in pictures {
                var differ = ScreenDiffer(isColored: true)
                var screen = Screen([], columns: 12, rows: 3)
                for picture in [first, second] {
                    let lines = picture.map { line($0, 12) }
                    screen.consume(differ.bytes(for: lines, size))
                    #expect(screen.lines == lines.map(\.text), "\(first) then \(second)")
                }
                #expect(screen.faults.isEmpty)
            }
        }
    }

    @Test("writes nothing where nothing changed, and little where little did")
    func differences() {
        var differ = ScreenDiffer(isColored: true)
        let size = ScreenSize(columns: 40, rows: 2)
        let first = [line("a long line that stays as it is", 40), line("uptime 41s", 40)]
        let second = [first[0], line("uptime 42s", 40)]
        #expect(!differ.bytes(for: first, size).isEmpty)
        #expect(differ.bytes(for: first, size).isEmpty)
        #expect(String(decoding: differ.bytes(for: second, size), as: UTF8.self) == "\u{1B}[2;9H\u{1B}[0m2\u{1B}[0m")
        differ.forget()
        #expect(String(decoding: differ.bytes(for: second, size), as: UTF8.self).contains("\u{1B}[2J"))
    }

    @Test("obeys nothing that stands in a text, and never gets longer than it is wide")
    func harmless() {
        let text = line("a\u{1B}[2Jb\u{9B}c\nd\u{202E}e", 80).text
        #expect(text == #"a\u{1b}[2Jb\u{9b}c\nd\u{202e}e"#)
        for width in 0...12 {
            var line = ScreenLine(width: width)
            line.add("x漢字", columns: 4)
            line.add("漢字漢字漢字")
            #expect(line.filled().cells.count == width)
        }
    }

    @Test("has no colours where none are wanted, but tells what is selected")
    func colors() {
        #expect(CellStyle(.good).sequence(isColored: true) == "\u{1B}[0;32m")
        #expect(CellStyle(.good).sequence(isColored: false) == "\u{1B}[0m")
        #expect(CellStyle(.bad, isReversed: true).sequence(isColored: false) == "\u{1B}[0;1;7m")
    }
}

@Suite("Keys")
struct TerminalKeyTests {
    @Test(
        "are read from what a terminal sends",
        arguments: [
            ("a", [.character("a")]), ("\u{1B}[A\u{1B}OB", [.up, .down]), ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]),
            ("\r\n", [.enter, .enter]), ("\u{7F}\u{08}\t", [.backspace, .backspace, .tab]),
            ("\u{1B}[H\u{1B}[4~\u{1B}[3~", [.home, .end, .delete]), ("äx", [.character("ä"), .character("x")]),
            ("\u{1B}[200~x", [.unknown, .character("x")]), ("\u{1B}[1;5Cq", [.right, .character("q")]),
            ("\u{1B}\u{1B}[A", [.escape, .up]), ("\u{0C}", [.character("\u{0C}")]),
        ] as [(String, [Key])]
    )
    func keys(text: String, expected: [Key]) {
        var parser = KeyParser()
        #expect(parser.keys(text.utf8) == expected)
        #expect(!parser.isWaiting)
        // Whatever way the bytes are cut.
        var keys: [Key] = []
        for byte in text.utf8 { keys += parser.keys([byte]) }
        #expect(keys == expected)
    }

    @Test("that are half there wait, and are Escape where nothing comes")
    func half() {
        var parser = KeyParser()
        #expect(parser.keys([0x1B]).isEmpty)
        #expect(parser.isWaiting)
        #expect(parser.finish() == [.escape])
        #expect(parser.keys([0x1B, 0x5B, 0x31]).isEmpty)
        #expect(parser.finish() == [.unknown])
        #expect(parser.keys([UInt8](repeating: 0x31, count: 3)).count == 3)
        #expect(parser.keys([0x1B, 0x5B] + [UInt8](repeating: 0x31, count: 100)) == [.unknown])
        #expect(parser.keys([0xFF, 0xC3, 0x28]).first == .unknown)
    }
}
