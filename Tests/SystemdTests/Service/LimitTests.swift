import GafferModel
import ProgramTestKit
import Testing

@Suite("Limits by cgroups", .twoSlots, .timeLimit(.minutes(4)))
struct LimitTests {
    private static let hog = """
        #!/usr/bin/python3
        import time
        held = [bytearray(1 << 20)]
        open("/run/hog", "w").close()
        while True:
            held.append(b"x" * (1 << 20))
        """

    /// As many children as it may have; it writes how many that were, and why no more.
    private static let crowd = """
        #!/usr/bin/python3
        import os, time
        count = 0
        try:
            while count < 20:
                if os.fork() == 0:
                    time.sleep(10000)
                count += 1
            error = "none"
        except OSError as caught:
            error = caught.strerror
        open("/run/crowd.new", "w").write(f"{count}: {error}")
        os.rename("/run/crowd.new", "/run/crowd")
        time.sleep(10000)
        """

    @Test("On a machine with all controllers they hold, and an OOM kill is told as such", .needsVirtualMachine)
    func held() async throws {
        try await Machine.with(.virtual) { machine in
            try await machine.write("/usr/local/bin/hog", Self.hog, mode: "755")
            try await machine.write("/usr/local/bin/crowd", Self.crowd, mode: "755")
            try await machine.configure(
                """
                [process:hog]
                cmd = hog
                memory_max = 32M
                restart = never
                start = false
                [process:calm]
                cmd = sleep 12345
                memory_max = 64M
                memory_high = 48M
                cpu_max = 0.5
                cpu_weight = 50
                tasks_max = 7
                [process:crowd]
                cmd = crowd
                tasks_max = 4
                """
            )
            try await machine("systemctl start gafferd", within: 90)

            // The cgroup of a process is one below that of its job, which has the limits for all of them.
            let group = try await machine("cut -d: -f3 /proc/$(pgrep -fx 'sleep 12345')/cgroup")
            #expect(group.contains("gafferd.service/"))
            let files = [
                "memory.max": "67108864", "memory.high": "50331648", "cpu.max": "50000 100000", "cpu.weight": "50",
                "pids.max": "7",
            ]
            for (file, value) in files {
                try await machine.expect("cat '/sys/fs/cgroup\(group)/../\(file)'", gives: value)
            }

            try await machine.until("test -e /run/crowd")
            try await machine.expect("cat /run/crowd", gives: "3: Resource temporarily unavailable")

            try await machine("gafferctl start hog")
            try await machine.until("gafferctl --json info hog | grep -i oom", within: 90)
            let events = try await machine.records("-u gafferd GAFFER_JOB=hog")
            for field in ["MESSAGE", "GAFFER_REASON"] {
                #expect(events.contains { $0[field]?.stringValue?.contains("out of memory") == true }, "\(field)")
            }
            // The others, and gafferd, did not notice.
            try await machine("pgrep -fx 'sleep 12345' && systemctl is-active gafferd")
            try await machine("systemctl stop gafferd", within: 90)
            #expect(try await machine.run("pgrep -f '[s]leep|[h]og|[c]rowd'").code == 1)
        }
    }

    @Test("gafferd's own score is lowered, and its jobs' are not", .needsVirtualMachine)
    func score() async throws {
        try await Machine.with(.virtual) { machine in
            try await machine.configure("[process:calm]\ncmd = sleep 12345\n")
            try await machine("systemctl start gafferd", within: 90)
            try await machine.expect("cat /proc/\(try await machine.mainPid())/oom_score_adj", gives: "-900")
            try await machine.expect("cat /proc/$(pgrep -fx 'sleep 12345')/oom_score_adj", gives: "0")
            let limits = try await machine("grep 'Max open files' /proc/$(pgrep -fx 'sleep 12345')/limits")
            #expect(limits.split(separator: " ").contains("1024") && limits.split(separator: " ").contains("524288"))
        }
    }

    @Test("Without the controller a job that asks for a limit is refused, unless it is optional", .needsBox)
    func missingController() async throws {
        try await Machine.with { machine in
            try await machine.configure(
                """
                [process:strict]
                cmd = sleep 11111
                memory_max = 32M
                [process:easy]
                cmd = sleep 22222
                memory_max = 32M
                cgroup_limits = optional
                """
            )
            try await machine("systemctl start gafferd")
            try await machine("pgrep -fx 'sleep 22222'")
            #expect(try await machine.run("pgrep -fx 'sleep 11111'").code == 1)
            try await machine.journal("-u gafferd GAFFER_JOB=strict", until: "memory_max.*memory controller")
            try await machine.journal("-u gafferd", until: "default.easy runs without memory_max: .*memory controller")
            #expect(try await machine.run("gafferctl status strict").code == 3)
            #expect(try await machine.run("gafferctl status easy").code == 0)

            // So is a load, and a reload of a configuration with such a job, which changes nothing.
            let load = try await machine.run(
                "gafferctl load -",
                input: #"{"name": "loaded", "cmd": "sleep 33333", "tasks_max": 5}"#
            )
            #expect(load.code == 1)
            #expect(load.error.contains("tasks_max") && load.error.contains("pids controller"), "\(load.all)")
            try await machine.write("/etc/gaffer/conf.d/late.ini", "[process:late]\ncmd = sleep 44444\ncpu_max = 0.5\n")
            #expect(try await machine.run("systemctl reload gafferd").code != 0)
            try await machine.journal("-u gafferd", until: "late.ini:1: .*cpu_max.*cpu controller")
            #expect(try await machine.run("pgrep -fx 'sleep 44444'").code == 1)
            try await machine("rm /etc/gaffer/conf.d/late.ini && systemctl reload gafferd")
        }
    }
}
