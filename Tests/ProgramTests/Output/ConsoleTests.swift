import Glibc
import ProgramTestKit
import Testing

@Suite("The console", .oneSlot, .timeLimit(.minutes(2)))
struct ConsoleTests {
    /// One run of a job that writes a line, dies and is replaced, with these options; the console's lines.
    private func console(_ options: [String], _ environment: [String: String] = [:]) async throws -> [String] {
        try await Workbench.with { bench in
            let script = try bench.script(
                "dummy",
                #"""
                printf 'hello, \033[2Jdummy\a\n'
                sign "run $$"
                [ "$GAFFER_PID" = 1 ] && exit 1
                exec sleep 1000
                """#
            )
            try bench.configure("[process:dummy]\ncmd = \(script)")
            let (record, osPids) = try await bench.gafferd(options: options, environment: environment) { daemon in
                let lines = try await bench.signs.lines(until: "two runs") { $0.count == 2 }
                return (daemon.console, lines.map { $0.dropFirst("run ".count) })
            }
            // Known only afterwards, the os pids are replaced by the order of the processes.
            return record.lines.map { line in
                osPids.enumerated().reduce(line) { $0.replacing($1.element, with: "PID\($1.offset + 1)") }
            }
        }
    }

    @Test("Without -v it says nothing")
    func silent() async throws {
        #expect(try await console([]) == [])
    }

    @Test("With -v it tells of processes, in the manual's words")
    func events() async throws {
        let lines = try await console(["-v"])
        let words = lines.map { String($0.dropFirst("HH:MM:SS ".count)) }
        let expected = [
            "dummy | spawn process with pid PID1", "dummy | exit process with pid PID1",
            "dummy | spawn process with pid PID2", "dummy | exit process with pid PID2",
        ]
        #expect(words.filter(expected.contains) == expected)
        #expect(!lines.contains { $0.contains("hello") })
        for line in lines {
            let time = line.prefix(8)
            #expect(time.split(separator: ":").count == 3)
            #expect(time.allSatisfy { $0.isNumber || $0 == ":" })
        }
    }

    @Test("With -vv it shows the output too, and control sequences in it do no harm")
    func output() async throws {
        let lines = try await console(["-vv"])
        let hello = lines.filter { $0.contains("hello, ") }
        #expect(hello.count == 2)
        #expect(hello.allSatisfy { $0.dropFirst("HH:MM:SS ".count).hasPrefix("dummy | hello, ") })
        // stdout is no terminal here, so no colour is used either.
        #expect(!lines.joined().utf8.contains(0x1b))
        #expect(!lines.joined().utf8.contains(0x07))
    }
}
