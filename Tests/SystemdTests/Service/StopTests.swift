import ProgramTestKit
import Testing

@Suite("systemctl stop", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct StopTests {
    private static let group = "/sys/fs/cgroup/system.slice/gafferd.service"

    @Test(
        "It leaves nothing, whatever the jobs do",
        arguments: [
            "trap '' TERM; touch /run/ready; while :; do sleep 11111; done",
            "trap '' TERM; setsid -f sleep 11111; touch /run/ready; while :; do sleep 11111; done",
            "setsid -f env -i /bin/sh -c 'trap \"\" TERM; cd /; sleep 11111; sleep 11111'; touch /run/ready; exec sleep 1000",
            "kill -STOP $$",
        ]
    )
    func nothingIsLeft(script: String) async throws {
        try await Machine.with { machine in
            try await machine.write("/usr/local/bin/job", "#!/bin/sh\n\(script)\n", mode: "755")
            try await machine.configure("[process:job]\ncmd = job\nnumprocesses = 2\ngraceful_timeout = 500ms\n")
            try await machine("systemctl start gafferd")
            if script.contains("ready") { try await machine.until("test -e /run/ready") }
            try await machine("systemctl stop gafferd")
            #expect(try await machine.run("pgrep -fa 'sleep 1|job'").output == "")
            try await machine.expect("systemctl show --value --property Result gafferd", gives: "success")
            #expect(try await machine.run("test -e \(Self.group)").code == 1)
        }
    }

    @Test("A detached process ends with the unit")
    func detached() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:job]\ncmd = sleep 11111\ndetach = true\n")
            try await machine("systemctl start gafferd && pgrep -fx 'sleep 11111'")
            try await machine("systemctl stop gafferd")
            #expect(try await machine.run("pgrep -fx 'sleep 11111'").code == 1)
            try await machine.expect("systemctl show --value --property Result gafferd", gives: "success")
        }
    }

    @Test("One that takes longer than the unit's limit goes well, and status says who is waited for")
    func longStop() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/etc/systemd/system/gafferd.service.d/short.conf",
                "[Service]\nTimeoutStopSec=2s\n"
            )
            try await machine.write(
                "/usr/local/bin/slow",
                "#!/bin/sh\ntrap 'sleep 5; touch /run/left; exit 0' TERM\ntouch /run/ready\nwhile :; do sleep 0.1; done\n",
                mode: "755"
            )
            try await machine.configure(
                "[process:shop:slow]\ncmd = slow\ngraceful_timeout = 30\n[process:quick]\ncmd = cat\nredirect_input = true\n"
            )
            try await machine("systemctl daemon-reload; systemctl start gafferd")
            try await machine.until("test -e /run/ready")
            async let stopped = machine("systemctl stop gafferd")
            try await machine.until("systemctl status gafferd | grep -F 'Status: \"Stopping: waiting for shop.slow\"'")
            try await machine(
                "systemctl status gafferd; test $? = 3 && systemctl show --property ActiveState gafferd | grep deactivating"
            )
            _ = try await stopped
            // It was asked and left by itself; nobody killed it.
            try await machine("test -e /run/left")
            try await machine.expect("systemctl show --value --property Result gafferd", gives: "success")
        }
    }

    @Test("systemctl restart starts all jobs again, and keeps what was scaled")
    func restart() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\n")
            try await machine("systemctl start gafferd && gafferctl scale dummy=3")
            let old = try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n")
            try await machine("systemctl restart gafferd")
            let new = try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n")
            #expect(old.count == 3 && new.count == 3)
            #expect(Set(old).isDisjoint(with: Set(new)))
        }
    }

    @Test("On machines with version 1 of cgroups too, nothing is left", arguments: ["hybrid", "legacy"])
    func olderHierarchies(mode: String) async throws {
        try await Machine.with(.box(cgroup: mode)) { machine in
            try await machine.write(
                "/usr/local/bin/job",
                "#!/bin/sh\nsetsid -f sleep 22222\ntouch /run/ready\nexec sleep 11111\n",
                mode: "755"
            )
            try await machine.configure("[process:job]\ncmd = job\n")
            try await machine("systemctl start gafferd")
            try await machine.until("test -e /run/ready")
            #expect(try await machine("gafferctl status").contains("running"))
            try await machine("systemctl stop gafferd")
            #expect(try await machine.run("pgrep -f 'sleep [12]'").code == 1)
            try await machine.expect("systemctl show --value --property Result gafferd", gives: "success")
        }
    }
}
