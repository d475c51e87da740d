import Glibc
import Testing

@testable import GafferSystem

@Suite("A line of /proc/PID/stat")
struct ProcessEntryTests {
    private static let rest =
        "S 12 34 56 0 -1 4194560 100 200 3 4 55 66 7 8 25 5 1 0 987654 1052672 321 18446744073709551615 1 2 3 0 0 0\n"

    private func parse(_ text: String) -> ProcessEntry? {
        ProcessEntry(stat: Array(text.utf8))
    }

    @Test("is taken apart")
    func members() throws {
        let entry = try #require(parse("4321 (cat) " + Self.rest))
        let expected = ProcessEntry(
            osPid: 4321,
            command: "cat",
            state: UInt8(ascii: "S"),
            parent: 12,
            processGroup: 34,
            session: 56,
            userTicks: 55,
            systemTicks: 66,
            nice: 5,
            startTime: 987_654,
            virtualBytes: 1_052_672,
            residentPages: 321
        )
        #expect(entry == expected)
        #expect(entry.cpuTicks == 121)
    }

    @Test("may hold anything in its name", arguments: ["a b", "a) S (b", ")", "(", "", ") R 1 2 3", "two\nlines"])
    func name(name: String) throws {
        let entry = try #require(parse("7 (\(name)) " + Self.rest))
        #expect(entry.command == name)
        #expect(entry.parent == 12)
        #expect(entry.startTime == 987_654)
    }

    @Test("may hold a name that is no text")
    func bytes() throws {
        let line = Array("7 (".utf8) + [0xFF, 0xFE] + Array(") ".utf8) + Array(Self.rest.utf8)
        #expect(try #require(ProcessEntry(stat: line)).session == 56)
    }

    @Test("has a nice value below 0 and a state of one letter")
    func negative() throws {
        let text = "7 (x) " + Self.rest.replacing(" 25 5 ", with: " 0 -20 ").replacing("S 12", with: "Z 12")
        let entry = try #require(parse(text))
        #expect(entry.nice == -20)
        #expect(entry.isZombie)
    }

    @Test(
        "is refused where it is none",
        arguments: [
            "", "7", "7 (x", "7 x) S 1", "7 (x)", "7 (x) ", "7 (x) S", "(x) S 1 2 3", "7 (x) S 1 2 3",
            "99999999999 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22",
            "7 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 twenty 21 22",
            "7 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 99999999999999999999 20 21 22",
            ")7( S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22",
        ]
    )
    func refused(text: String) {
        #expect(parse(text) == nil)
    }

    @Test("that is cut anywhere is refused or read, and never fatal")
    func cut() {
        let line = Array(("7 (a) b) " + Self.rest).utf8)
        let whole = ProcessEntry(stat: line)
        #expect(whole != nil)
        for length in line.indices {
            let entry = ProcessEntry(stat: line[..<length])
            #expect(entry == nil || entry?.startTime == whole?.startTime)
        }
    }

    @Test("of a living process with an odd name is read from /proc")
    func odd() throws {
        let folder = try TemporaryFolder()
        let name = "o) S (d d"
        let program = "\(folder.path)/\(name)"
        #expect(symlink("/bin/sh", program) == 0)
        var child = try TestChild(SpawnRequest(program: program, arguments: ["-c", "echo ready; read line"]))
        // The kernel names it a moment after its start.
        #expect(child.readLine() == "ready")
        let entry = try #require(ProcessTable.readOne(child.osPid))
        #expect(entry.command == name)
        #expect(entry.parent == getpid())
        #expect(try ProcessTable.snapshot()[child.osPid]?.startTime == child.startTime)
        _ = try child.wait()
    }
}
