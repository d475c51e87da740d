import GafferModel
import GafferSystem
import Testing

@testable import gaffer

@Suite("The lines of gaffer start")
struct LineFormatterTests {
    private static let web = LineFormatter.Source(name: "web.1", type: "web", instance: 1, position: 0)

    private static func shown(
        _ line: [UInt8],
        _ style: LineStyle,
        _ piece: LineCutter.Piece = .whole,
        source: LineFormatter.Source = web
    ) -> String {
        var formatter = LineFormatter(style, source)
        var batch: [UInt8] = []
        line.withByteView { formatter.append($0, piece, at: 1.5, to: &batch) }
        return String(decoding: batch, as: UTF8.self)
    }

    /// Independent of where the tests run.
    private static func style(_ change: (inout LineStyle) -> Void = { _ in }) -> LineStyle {
        var style = LineStyle(timeStamp: .format("%%T"), nameWidth: 8)
        change(&style)
        return style
    }

    @Test("have the time and the name, aligned")
    func plain() {
        #expect(Self.shown(Array("hello".utf8), Self.style()) == "%T web.1    | hello\n")
        #expect(Self.shown([], Self.style()) == "%T web.1    | \n")
    }

    @Test("have a colour on the prefix alone")
    func color() {
        let style = Self.style { $0.isColored = true }
        #expect(Self.shown(Array("hello".utf8), style) == "\u{1B}[36m%T web.1    |\u{1B}[0m hello\n")
        #expect(Self.shown(Array("hello".utf8), style, source: .own) == "%T gaffer   | hello\n")
    }

    @Test("can do without the time, the prefix, and both")
    func parts() {
        #expect(Self.shown(Array("a".utf8), Self.style { $0.timeStamp = .none }) == "web.1    | a\n")
        #expect(Self.shown(Array("a".utf8), Self.style { $0.hasPrefix = false }) == "%T a\n")
        let bare = Self.style {
            $0.hasPrefix = false
            $0.timeStamp = .none
        }
        #expect(Self.shown([0x1B, 0x63, 0xFF], bare) == String(decoding: [0x1B, 0x63, 0xFF, 0x0A], as: UTF8.self))
        var onTerminal = bare
        onTerminal.isTerminal = true
        #expect(Self.shown([0x1B, 0x63, 0xFF], onTerminal) == "\\x1bc\\xff\n")
    }

    @Test(
        "show what would change the terminal, or forge another line",
        arguments: [
            ("\u{1B}[2J", "\\x1b[2J"), ("\u{1B}]0;title\u{07}", "\\x1b]0;title\\x07"),
            ("x\rweb.1 | ok", "x\\x0dweb.1 | ok"), ("a\u{08}b", "a\\x08b"), ("\u{202E}abc", "\\u202eabc"),
            ("\u{85}web", "\\xc2\\x85web"), ("\u{2028}web", "\\u2028web"), ("\u{0B}\u{0C}", "\\x0b\\x0c"),
            ("naïve ☃", "naïve ☃"), ("a\tb", "a\tb"),
        ]
    )
    func escaped(text: String, shown: String) {
        let prefix = "%T web.1    | "
        #expect(Self.shown(Array(text.utf8), Self.style()) == prefix + shown + "\n")
    }

    @Test("pass a process's colours where there are colours, and end them with the line")
    func colors() {
        let red = Array("\u{1B}[31mred".utf8)
        #expect(Self.shown(red, Self.style { $0.isColored = true }).hasSuffix("\u{1B}[31mred\u{1B}[0m\n"))
        #expect(Self.shown(red, Self.style()).hasSuffix("| \\x1b[31mred\n"))
    }

    @Test("mark where a line was cut")
    func pieces() {
        let style = Self.style { $0.timeStamp = .none }
        let bytes = Array("abc".utf8)
        let shown = [(true, false), (true, true), (false, true)].map {
            Self.shown(bytes, style, LineCutter.Piece(isPartial: $0, isContinuation: $1))
        }
        #expect(shown == ["web.1    | abc [...]\n", "web.1    | [...] abc [...]\n", "web.1    | [...] abc\n"])
    }

    @Test("are objects in JSON, and lose no byte")
    func json() throws {
        let style = Self.style { $0.format = .json }
        let text = Self.shown(Array("a \"b\" \u{1B}[0m".utf8), style)
        #expect(text.hasSuffix("}\n"))
        #expect(
            try JSON(parsing: Array(text.utf8))
                == [
                    "time": 1.5, "type": "web", "instance": 1, "stream": "stdout", "line": "a \"b\" \u{1B}[0m",
                ]
        )
        let other = try JSON(parsing: Array(Self.shown([0x61, 0xFF], style).utf8))
        #expect(other["data_b64"] == "Yf8=")
        #expect(other["line"] == "a\u{FFFD}")
        let piece = LineCutter.Piece(isPartial: true, isContinuation: true)
        let cut = try JSON(parsing: Array(Self.shown([0x61], style, piece).utf8))
        #expect(cut["partial"] == true && cut["continued"] == true)
    }

    @Test("tell what happened to a process")
    func events() throws {
        func shown(_ style: LineStyle, _ source: LineFormatter.Source) -> String {
            var formatter = LineFormatter(style, source)
            var batch: [UInt8] = []
            formatter.appendEvent(
                "spawn process with pid 12",
                event: "spawn",
                members: [.init("os_pid", 12)],
                at: 1,
                to: &batch
            )
            return String(decoding: batch, as: UTF8.self)
        }
        #expect(shown(Self.style(), Self.web) == "%T web.1    | spawn process with pid 12\n")
        let json = Self.style { $0.format = .json }
        #expect(
            shown(json, Self.web)
                == #"{"time":1.0,"type":"web","instance":1,"event":"spawn","os_pid":12,"line":"spawn process with pid 12"}"#
                + "\n"
        )
        #expect(!shown(json, .own).contains("instance"))
    }

    @Test("Bytes are plain where each of them is", arguments: 0...255)
    func plainness(byte: Int) {
        let expected = byte >= 0x20 && byte < 0x7F || byte == 9
        for length in [1, 8, 9, 16, 23] {
            for place in 0..<length {
                for other in [UInt8(0x20), 0x7E] {
                    var bytes = [UInt8](repeating: other, count: length)
                    bytes[place] = UInt8(byte)
                    #expect(bytes.withUnsafeBytes(PlainBytes.isPlain) == expected)
                }
            }
        }
    }

    @Test("The time is on, off or a format")
    func stamps() {
        #expect(TimeStamp(parsing: "on") == .timeOfDay)
        #expect(TimeStamp(parsing: "off") == TimeStamp.none)
        #expect(TimeStamp(parsing: "%H.%M") == .format("%H.%M"))
        #expect(TimeStamp(parsing: "yes") == nil)
        #expect(TimeStamp(parsing: "") == nil)
        let text = TimeStamp.timeOfDay.text(at: 0)
        #expect(text.utf8.count == 9 && text.hasSuffix(" "))
        #expect(TimeStamp.none.text(at: 0) == "")
    }
}
