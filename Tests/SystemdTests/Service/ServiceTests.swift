import ProgramTestKit
import Testing

@Suite("gafferd as a service", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct ServiceTests {
    @Test("It is active once its jobs run, and systemctl status tells how they are")
    func start() async throws {
        try await Machine.with { machine in
            try await machine.configure(
                """
                [process:dummy]
                cmd = sleep 12345
                numprocesses = 20
                [process:shop:web]
                cmd = sleep 12345
                [process:rest]
                cmd = sleep 12345
                start = false
                """
            )
            try await machine("systemctl start gafferd")
            let pids = try await machine("pgrep -fx 'sleep 12345'").split(separator: "\n")
            #expect(pids.count == 21)
            // The kernel counts from the boot in hundredths of a second, systemd in microseconds.
            let active = try #require(Int(try await machine.property("ActiveEnterTimestampMonotonic")))
            for pid in pids {
                let started = try #require(Int(try await machine("awk '{print $22}' /proc/\(pid)/stat")))
                #expect(started * 10_000 <= active)
            }
            let status = try await machine("systemctl status gafferd")
            #expect(status.contains("Active: active (running)"))
            #expect(status.contains(#"Status: "3 jobs: 2 running, 1 idle; 21 processes""#), "\(status)")
            #expect(try await machine("gafferctl status shop.web").contains("running"))

            // The line follows what happens.
            try await machine("gafferctl scale dummy=3")
            try await machine.until("systemctl show --property StatusText gafferd | grep -F '; 4 processes'")

            // Nothing wakes by itself but what the watchdog needs: the shared pool, once used, would do so each second.
            try await machine("systemctl reload gafferd")
            let threads = try await machine("cat /proc/\(try await machine.mainPid())/task/*/comm")
            #expect(threads.contains("gaffer-notify") && threads.contains("gaffer-journal"))
            #expect(!threads.contains("qos"), "\(threads)")
        }
    }

    @Test("A configuration that is wrong fails the start, says where it is wrong, and is not tried again")
    func badConfiguration() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:a]\ncmd = sleep 1000\nnumproceses = 2\n")
            #expect(try await machine.run("systemctl start gafferd").code == 1)
            let state = try await machine("systemctl show --property Result,ExecMainStatus,NRestarts gafferd")
            #expect(Set(state.split(separator: "\n")) == ["Result=exit-code", "ExecMainStatus=2", "NRestarts=0"])
            try await machine.journal("-u gafferd", until: "/etc/gaffer/conf.d/jobs.ini:3: .*numproceses")
        }
    }

    @Test("A gafferd that can't run tells systemctl status why")
    func addressInUse() async throws {
        try await Machine.with { machine in
            try await machine.write("/etc/systemd/system/gafferd.service.d/once.conf", "[Service]\nRestart=no\n")
            try await machine.configure("[endpoint:local]\nbind = 127.0.0.1:5000\nrequire_key = false\n")
            try await machine("systemd-run --quiet --unit=squatter python3 -m http.server --bind 127.0.0.1 5000")
            try await machine.until("exec 3<>/dev/tcp/127.0.0.1/5000")
            #expect(try await machine.run("systemctl daemon-reload; systemctl start gafferd").code == 1)
            try await machine.expect("systemctl show --value --property StatusErrno gafferd", gives: "98")
            let text = try await machine.property("StatusText")
            #expect(text.contains("127.0.0.1:5000"), "\(text)")
        }
    }

    @Test("A reload changes what differs, and waits until it is done")
    func reload() async throws {
        try await Machine.with { machine in
            let stays = "[process:stays]\ncmd = sleep 11111\n"
            try await machine.configure(stays + "[process:changes]\ncmd = sleep 22222\n")
            try await machine("systemctl start gafferd")
            let pid = try await machine("pgrep -fx 'sleep 11111'")
            try await machine.configure(
                stays + "[process:changes]\ncmd = sleep 33333\n[process:new]\ncmd = sleep 44444\n"
            )
            try await machine("systemctl reload gafferd")
            try await machine.expect("pgrep -fx 'sleep 11111'", gives: pid)
            #expect(try await machine.run("pgrep -fx 'sleep 22222'").code == 1)
            try await machine("pgrep -fx 'sleep 33333' && pgrep -fx 'sleep 44444'")
            try await machine("systemctl is-active gafferd")
            try await machine.until("systemctl show --property StatusText gafferd | grep -F '3 jobs: 3 running'")
        }
    }

    @Test("A reload whose configuration is refused fails, says why, and touches no job")
    func refusedReload() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:stays]\ncmd = sleep 11111\n")
            try await machine("systemctl start gafferd")
            let pid = try await machine("pgrep -fx 'sleep 11111'")
            try await machine.configure("[process:other]\ncmd = sleep 22222\n[process:bad]\ncmd =\n")
            let reload = try await machine.run("systemctl reload gafferd")
            #expect(reload.code == 1, "\(reload.all)")
            try await machine.expect("systemctl is-active gafferd", gives: "active")
            try await machine.expect("pgrep -f '^sleep'", gives: pid)
            try await machine.journal("-u gafferd", until: "/etc/gaffer/conf.d/jobs.ini:4")
            // Mended, it works again.
            try await machine.configure("[process:stays]\ncmd = sleep 11111\n[process:other]\ncmd = sleep 22222\n")
            try await machine("systemctl reload gafferd")
            try await machine.expect("pgrep -fx 'sleep 11111'", gives: pid)
            try await machine("pgrep -fx 'sleep 22222'")
        }
    }

    @Test("A job has nothing of what systemd gave to gafferd alone")
    func cleanStart() async throws {
        try await Machine.with { machine in
            try await machine("systemctl enable --now gafferd.socket")
            try await machine.configure("[process:look]\ncmd = sleep 12345\n")
            try await machine("systemctl start gafferd")
            let job = try await machine("pgrep -fx 'sleep 12345'")
            let gafferd = try await machine.mainPid()
            let names = try await machine("tr '\\0' '\\n' < /proc/\(job)/environ | sed 's/=.*//'").split(
                separator: "\n"
            )
            #expect(names.contains("GAFFER_JOB"))
            let own = try await machine("tr '\\0' '\\n' < /proc/\(gafferd)/environ | sed 's/=.*//'").split(
                separator: "\n"
            )
            for name in Self.ownVariables {
                // gafferd itself has them, or the test would look at nothing.
                #expect(own.contains(name[...]), "\(name)")
                #expect(!names.contains(name[...]), "\(name)")
            }
            try await machine.expect("ls -v /proc/\(job)/fd", gives: "0\n1\n2")
            try await machine.expect("cat /proc/\(job)/oom_score_adj", gives: "0")
            let status = try await machine("grep -E '^(Umask|Sig(Blk|Ign|Cgt)):' /proc/\(job)/status")
            let zero = "0000000000000000"
            #expect(status == "Umask:\t0022\nSigBlk:\t\(zero)\nSigIgn:\t\(zero)\nSigCgt:\t\(zero)")
            let limit = try await machine("grep 'Max open files' /proc/\(job)/limits | awk '{print $4}'")
            #expect(limit == "1024")
        }
    }

    /// What systemd tells gafferd, and nobody else.
    private static let ownVariables = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
        "JOURNAL_STREAM",
        "INVOCATION_ID", "SYSTEMD_EXEC_PID", "STATE_DIRECTORY", "CONFIGURATION_DIRECTORY",
    ]
}
