import GafferSystem
import Testing

@testable import GafferSystemd

/// What the lines of a process look like in the journal.
@Suite struct OutputTests {
    let journald: FakeJournald
    let writer: JournalWriter

    init() throws {
        journald = try FakeJournald()
        writer = JournalWriter(path: journald.path)
    }

    @Test("A line is a record with all its fields")
    func fields() throws {
        JournalOutput(writer).write("hello world\n")
        #expect(
            try journald.receive().texts == [
                "MESSAGE": "hello world", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "shop.web", "SYSLOG_PID": "4711",
                "OBJECT_PID": "4711", "SYSLOG_FACILITY": "3", "GAFFER_SESSION": "shop", "GAFFER_JOB": "web",
                "GAFFER_PID": "7", "GAFFER_INSTANCE": "2", "GAFFER_STREAM": "stdout",
            ]
        )
        writer.finish()
    }

    @Test("Without root there is no OBJECT_PID")
    func noObject() throws {
        JournalOutput(
            writer: writer,
            session: "shop",
            job: "web",
            pid: 7,
            osPid: 4711,
            instance: 1,
            label: "stdout",
            namesObject: false
        ).write("x\n")
        #expect(try journald.receive()["OBJECT_PID"] == nil)
        writer.finish()
    }

    @Test(
        "The stream and the line's prefix tell the priority",
        arguments: [
            ("stdout", "x", "6", "x"), ("stderr", "x", "4", "x"), ("metrics", "x", "6", "x"),
            ("stderr", "<6>x", "6", "x"), ("stdout", "<2>x", "2", "x"), ("stdout", "<9>x", "6", "<9>x"),
            ("stdout", "<3>", "3", ""), ("stdout", "", "6", ""),
        ]
    )
    func priority(_ label: String, _ line: String, _ priority: String, _ message: String) throws {
        let output = JournalOutput(writer, label: label)
        output.write(line + "\nafter\n")
        let records = try journald.receive(2)
        #expect(records[0]["PRIORITY"] == priority)
        #expect(records[0].message == message)
        #expect(records[0]["GAFFER_STREAM"] == label)
        #expect(records[1]["PRIORITY"] == (label == "stderr" ? "4" : "6"))
        writer.finish()
    }

    @Test("The bytes of a line that can't be shown are kept beside what is shown")
    func raw() throws {
        let output = JournalOutput(writer)
        output.write(Array("<5>\u{1B}[31mred".utf8) + [0xFF, 0x0A])
        output.write("plain\n")
        let records = try journald.receive(2)
        #expect(records[0].message == "red\\xff")
        #expect(records[0]["PRIORITY"] == "5")
        #expect(records[0].fields["GAFFER_RAW"] == [Array("\u{1B}[31mred".utf8) + [0xFF]])
        #expect(records[1]["GAFFER_RAW"] == nil)
        writer.finish()
    }

    @Test("What comes in pieces is put together, and a last line needs no newline")
    func pieces() throws {
        let output = JournalOutput(writer)
        for piece in ["one\r", "\ntw", "o\n\nthr", "ee"] { output.write(piece) }
        output.ended()
        let records = try journald.receive(4)
        #expect(records.map(\.message) == ["one", "two", "", "three"])
        #expect(records.map { $0["GAFFER_LINE_BREAK"] } == [nil, nil, nil, "eof"])
        writer.finish()
    }

    @Test("A line that is too long is cut, and says so; its pieces have its priority")
    func longLine() throws {
        let output = JournalOutput(writer)
        let line = String(repeating: "abcdefgh", count: 12_500)
        output.write("<1>" + line + "\nshort\n")
        let records = try journald.receive(4)
        #expect(records.prefix(3).map(\.message).joined() == line)
        #expect(records.map { $0["GAFFER_LINE_BREAK"] } == ["line-max", "line-max", nil, nil])
        #expect(records.map { $0["PRIORITY"] } == ["1", "1", "1", "6"])
        #expect(records[3].message == "short")
        writer.finish()
    }

    @Test("However the bytes come, the lines are the same", arguments: 1...3 as ClosedRange<UInt64>)
    func split(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let lines = (0..<300).map { number in
            "\(number) " + String(repeating: "x", count: Int.random(in: 0..<200, using: &numbers))
        }
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        let output = JournalOutput(writer)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1..<2000, using: &numbers))
            output.write(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(try journald.receive(300).map(\.message) == lines)
        #expect(writer.counts.dropped == 0)
        writer.finish()
    }
}
