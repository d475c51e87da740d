import GafferModel
import Testing

@Suite("Signals")
struct SignalTests {
    @Test(
        "They are read by name or number",
        arguments: [
            ("1", 1), ("64", 64), ("015", 15), ("HUP", 1), ("SIGHUP", 1), ("hup", 1), ("sigTerm", 15), ("KILL", 9),
            ("USR1", 10), ("USR2", 12),
            ("STKFLT", 16), ("CHLD", 17), ("SYS", 31), ("RTMIN", 34), ("SIGRTMIN+0", 34), ("rtmin+3", 37),
            ("RTMIN+30", 64), ("RTMAX", 64),
            ("RTMAX-1", 63), ("32", 32), ("SIG33", 33),
        ] as [(String, Int32)]
    )
    func parsed(text: String, number: Int32) throws {
        #expect(try Signal(parsing: text).rawValue == number)
    }

    @Test(
        "What is none is refused with its text",
        arguments: [
            "", "0", "65", "-1", "+1", "1.0", " 1", "SIG", "SIG9", "SIGSIGHUP", "NONE", "RTMIN+31", "RTMIN+-1",
            "RTMIN++1", "RTMAX+1", "RTMIN-1", "HÜP",
        ]
    )
    func refused(text: String) {
        do {
            _ = try Signal(parsing: text)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .badSignal)
            #expect(error.message == "\(text.cited) is no signal: give a name as TERM or a number, 1 to 64.")
        }
    }

    @Test("Each is read again from its own name", arguments: 1...64 as ClosedRange<Int32>)
    func roundTrip(number: Int32) throws {
        #expect(try Signal(parsing: Signal(rawValue: number).name) == Signal(rawValue: number))
    }

    @Test(
        "They are told with SIG",
        arguments: [
            (1, "SIGHUP"), (9, "SIGKILL"), (31, "SIGSYS"), (33, "SIG33"), (34, "SIGRTMIN"), (37, "SIGRTMIN+3"),
            (64, "SIGRTMIN+30"),
        ] as [(Int32, String)]
    )
    func told(number: Int32, name: String) {
        #expect("\(Signal(rawValue: number))" == name)
    }
}
