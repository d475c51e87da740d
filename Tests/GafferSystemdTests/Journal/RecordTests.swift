import GafferSystem
import Testing

@testable import GafferSystemd

@Suite struct RecordTests {
    @Test(
        "A value stands behind `=` where it is printable, else behind its length",
        arguments: [
            ("", "MESSAGE=\n"),
            ("hello", "MESSAGE=hello\n"),
            ("a=b\tc", "MESSAGE=a=b\tc\n"),
            ("größer 漢字", "MESSAGE=größer 漢字\n"),
            ("two\nlines", "MESSAGE\n\u{9}\0\0\0\0\0\0\0two\nlines\n"),
            ("\u{1B}[1m", "MESSAGE\n\u{4}\0\0\0\0\0\0\0\u{1B}[1m\n"),
            ("\0", "MESSAGE\n\u{1}\0\0\0\0\0\0\0\0\n"),
        ]
    )
    func value(_ value: String, _ encoded: String) {
        var record = JournalRecord()
        record.add(.message, value)
        #expect(record.bytes == Array(encoded.utf8))
    }

    @Test("What is not UTF-8 stands behind its length")
    func binary() throws {
        var record = JournalRecord()
        [0xFF, 0x0A].withByteView { record.add(.raw, bytes: $0) }
        #expect(record.bytes == Array("GAFFER_RAW\n\u{2}\0\0\0\0\0\0\0".utf8) + [0xFF, 0x0A, 0x0A])
        #expect(try ReceivedRecord(record.bytes).fields == ["GAFFER_RAW": [[0xFF, 0x0A]]])
    }

    @Test("The length of a large value has more than one byte")
    func large() throws {
        var record = JournalRecord()
        let value = "\n" + String(repeating: "x", count: 70_000)
        record.add(.message, value)
        record.add(.pid, -12)
        #expect(Array(record.bytes[8..<16]) == [0x71, 0x11, 1, 0, 0, 0, 0, 0])
        #expect(try ReceivedRecord(record.bytes).texts == ["MESSAGE": value, "GAFFER_PID": "-12"])
    }

    @Test("A field may be there twice")
    func twice() throws {
        var record = JournalRecord()
        record.add(.reason, "a")
        record.add(.reason, "b")
        #expect(try ReceivedRecord(record.bytes).texts == ["GAFFER_REASON": "a|b"])
    }

    @Test(
        "Only names that journald takes are taken",
        arguments: [
            ("MESSAGE", true), ("A", true), ("A1_", true), (String(repeating: "A", count: 64), true),
            (String(repeating: "A", count: 65), false), ("", false), ("_PID", false), ("1A", false), ("a", false),
            ("A-B", false), ("A=B", false), ("A\nB", false), ("Ä", false),
        ]
    )
    func name(_ name: String, _ isValid: Bool) {
        #expect(JournalField(name)?.name == (isValid ? name : nil))
    }

    @Test(
        "Any word makes a name of gaffer's own",
        arguments: [
            ("job", "GAFFER_JOB"), ("os_pid", "GAFFER_OS_PID"), ("peer.uid", "GAFFER_PEER_UID"), ("", "GAFFER_"),
            ("3", "GAFFER_3"), ("ä=\n", "GAFFER_____"),
            (String(repeating: "x", count: 70), "GAFFER_" + String(repeating: "X", count: 57)),
        ]
    )
    func word(_ word: String, _ name: String) {
        let field = JournalField(gaffer: word)
        #expect(field.name == name)
        #expect(JournalField(field.name) == field)
    }
}
