import ProgramTestKit
import Testing

@Suite("What dies unexpectedly", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct CrashTests {
    @Test("A gafferd that is killed is started again, its jobs end with it and come back")
    func killedDaemon() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\nnumprocesses = 3\n")
            try await machine("systemctl start gafferd")
            try await machine("gafferctl scale dummy=2")
            let pid = try await machine.mainPid()
            let old = try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n")
            try await machine("kill -KILL \(pid)")
            try await machine.until("test $(systemctl show --value --property NRestarts gafferd) = 1")
            try await machine.until("systemctl is-active gafferd && gafferctl ping")
            let new = try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n")
            #expect(old.count == 2)
            // What was scaled at run time is not forgotten.
            #expect(new.count == 2)
            #expect(Set(old).isDisjoint(with: Set(new)))
        }
    }

    @Test("The watchdog starts a gafferd again that does not answer any more, and leaves one alone that does")
    func watchdog() async throws {
        try await Machine.with { machine in
            try await machine.write("/etc/systemd/system/gafferd.service.d/dog.conf", "[Service]\nWatchdogSec=2s\n")
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\n")
            try await machine("systemctl daemon-reload; systemctl start gafferd")
            let pid = try await machine.mainPid()
            for _ in 0..<3 {
                let last = try await machine.property("WatchdogTimestampMonotonic")
                let now = "systemctl show --value --property WatchdogTimestampMonotonic gafferd"
                try await machine.until("test $(\(now)) != \(last)")
            }
            #expect(try await machine.mainPid() == pid)
            try await machine("kill -STOP \(pid)")
            try await machine.until("test $(systemctl show --value --property NRestarts gafferd) = 1")
            try await machine.until("systemctl is-active gafferd && gafferctl ping")
            #expect(try await machine.mainPid() != pid)
            try await machine.journal("_PID=1 -u gafferd", until: "Watchdog timeout")
            #expect(try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n").count == 1)
        }
    }

    @Test("What has left its cgroup ends with the rest of its tree")
    func escapedProcess() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/usr/local/bin/parent",
                """
                #!/bin/sh
                sleep 22221 &
                sh -c 'echo 0 > /sys/fs/cgroup/elsewhere/cgroup.procs; touch /run/left; exec sleep 22222' &
                until test -e /run/left; do sleep 0.02; done

                """,
                mode: "755"
            )
            try await machine("mkdir /sys/fs/cgroup/elsewhere")
            try await machine.configure("[process:parent]\ncmd = parent\nrestart = never\n")
            try await machine("systemctl start gafferd")
            try await machine.until("test -e /run/left && ! pgrep -fx 'sleep 2222[12]'")
            try await machine("gafferctl ping")
        }
    }

    @Test("A job that is killed comes back, and what it started does not outlive it", arguments: ["", "setsid "])
    func killedJob(escape: String) async throws {
        try await Machine.with { machine in
            // The child is no child of the job's process any more when it runs.
            try await machine.write(
                "/usr/local/bin/parent",
                "#!/bin/sh\n(\(escape)sh -c 'exec sleep 22222' &)\nexec sleep 11111\n",
                mode: "755"
            )
            try await machine.configure("[process:parent]\ncmd = parent\n")
            try await machine("systemctl start gafferd")
            try await machine.until("pgrep -fx 'sleep 11111' && pgrep -fx 'sleep 22222'")
            let parent = try await machine("pgrep -fx 'sleep 11111'")
            let child = try await machine("pgrep -fx 'sleep 22222'")
            try await machine("kill -KILL \(parent)")
            try await machine.until("pgrep -fx 'sleep 11111' && pgrep -fx 'sleep 22222'")
            try await machine.until("test ! -e /proc/\(child)")
            #expect(try await machine("pgrep -fx 'sleep 11111'") != parent)
            try await machine.until("test $(pgrep -cfx 'sleep 22222') = 1")
        }
    }

    @Test("The end of a double-forked child is nobody's business but its own")
    func killedGrandchild() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/usr/local/bin/parent",
                "#!/bin/sh\n(setsid sh -c 'exec sleep 22222' &)\nexec sleep 11111\n",
                mode: "755"
            )
            try await machine.configure("[process:parent]\ncmd = parent\n")
            try await machine("systemctl start gafferd")
            try await machine.until("pgrep -fx 'sleep 11111' && pgrep -fx 'sleep 22222'")
            let parent = try await machine("pgrep -fx 'sleep 11111'")
            let child = try await machine("pgrep -fx 'sleep 22222'")
            try await machine("kill -KILL \(child)")
            // Reaped by gafferd, its new parent: no zombie is left.
            try await machine.until("test ! -e /proc/\(child)")
            try await machine.expect("pgrep -fx 'sleep 11111'", gives: parent)
            #expect(try await machine("gafferctl status parent").contains("running"))
        }
    }
}
