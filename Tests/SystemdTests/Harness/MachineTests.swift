import ProgramTestKit
import Testing

@Suite("The machines of these tests", .twoSlots, .timeLimit(.minutes(2)))
struct MachineTests {
    @Test("What .ci/install installs for them is there, so that nothing is skipped for want of it")
    func packages() {
        for kind in [MachineKind.box, .virtual] {
            guard let reason = kind.reasonWhyNot else { continue }
            #expect(!reason.contains("is missing"), "\(reason)")
        }
    }

    @Test("It boots, runs commands, and tells how they ended", .needsBox)
    func commands() async throws {
        try await Machine.with { machine in
            try await machine.expect("systemctl is-system-running", gives: "running")
            let failed = try await machine.run("echo one; echo two >&2; exit 7")
            #expect(failed.code == 7)
            #expect(failed.output == "one\n")
            #expect(failed.error == "two\n")
            #expect(try await machine.run("kill -9 $$").code == 137)
            #expect(try await machine.run("sleep 100", within: 1).code == 124)
            try await machine.expect("cat", input: "a 'b' \"c\" $d\n", gives: "a 'b' \"c\" $d")
            await #expect(throws: Failure.self) { try await machine("false") }
        }
    }

    @Test("A command ends at the line that a test waits for, and a condition is asked until it holds", .needsBox)
    func waiting() async throws {
        try await Machine.with { machine in
            let lines = try await machine("i=0; while :; do echo $((i += 1)); done", until: "^3$")
            #expect(lines == "1\n2\n3")
            async let seen: Void = machine.until("test -e /tmp/flag")
            try await machine("touch /tmp/flag")
            try await seen
            await #expect(throws: Failure.self) { try await machine.until("false", within: 1) }
            async let record = machine.journal("-t probe", until: "second")
            try await machine("echo first | systemd-cat -t probe; echo second | systemd-cat -t probe")
            #expect(try await record == "second")
        }
    }

    @Test("Users have their groups", .needsBox)
    func users() async throws {
        try await Machine.with { machine in
            try await machine.addUser("alice", groups: ["gaffer"])
            try await machine.expect("id -nG", as: "alice", gives: "alice gaffer")
            try await machine.expect("echo $HOME", as: "alice", gives: "/home/alice")
        }
    }

    @Test("It is gone at its end, with all that ran in it", .needsBox)
    func end() async throws {
        let marker = "\(UInt64.random(in: 0...UInt64.max))"
        try await Machine.with { machine in
            try await machine("systemd-run --quiet bash -c 'exec -a left-\(marker) sleep 1000'")
            #expect(try await runs(marker))
        }
        #expect(try await !runs(marker))
    }

    private func runs(_ marker: String) async throws -> Bool {
        let ps = try await runTool("/bin/ps", ["-eo", "args"], environment: [:], directory: "/")
        return ps.output.contains("left-\(marker)")
    }
}
