import ProgramTestKit
import Testing

@Suite("The units", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct UnitTests {
    @Test("systemd-analyze finds no fault with them")
    func verify() async throws {
        try await Machine.with { machine in
            for options in ["gafferd.service gafferd.socket", "--user gafferd.service gafferd.socket"] {
                // Without XDG_RUNTIME_DIR it would not look at a user's units at all.
                let run = try await machine.run(
                    "mkdir -p /run/user/0; XDG_RUNTIME_DIR=/run/user/0 systemd-analyze verify --man=no \(options)"
                )
                #expect(run.code == 0, "\(run.all)")
                #expect(run.all == "0\n", "\(run.all)")
            }
        }
    }

    @Test("The system's is hardened as far as the issue asks, and says why it leaves out what it does")
    func security() async throws {
        try await Machine.with { machine in
            try await machine("systemd-analyze security --threshold=69 gafferd.service")
            let table = try await machine("systemd-analyze security --no-pager gafferd.service")
            let missing = table.split(separator: "\n").filter { $0.hasPrefix("✗") }.compactMap { line in
                line.dropFirst(2).split(separator: "=").first.map(String.init)
            }
            #expect(missing.count > 20)
            let unit = try Project.text("systemd/gafferd.service")
            let reasons = unit.split(separator: "\n").filter { $0.hasPrefix("#") }.joined(separator: "\n")
            for directive in Set(missing) {
                #expect(reasons.contains("\(directive)="), "no reason for the want of \(directive)=")
            }
        }
    }

    @Test("Their directives arrive as they were meant")
    func properties() async throws {
        try await Machine.with { machine in
            let expected = [
                "Type": "notify", "NotifyAccess": "main", "Delegate": "yes", "KillMode": "mixed",
                "OOMPolicy": "continue",
                "OOMScoreAdjust": "-900", "TasksMax": "infinity", "Restart": "on-failure",
                "LogRateLimitIntervalUSec": "1s", "LogRateLimitBurst": "1000000", "UMask": "0022",
                "RequiredBy": "", "Wants": "",
            ]
            for (name, value) in expected {
                let found = try await machine.property(name)
                #expect(found == value, "\(name)")
            }
            let after = try await machine.property("After")
            #expect(after.contains("gafferd.socket"))
            #expect(try await machine.property("SocketMode", of: "gafferd.socket") == "0660")
        }
    }
}
