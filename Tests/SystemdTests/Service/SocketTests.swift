import ProgramTestKit
import Testing

@Suite("gafferd's sockets under systemd", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct SocketTests {
    @Test("The first use of the socket starts gafferd, and stopping both lasts")
    func activation() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\n")
            try await machine("systemctl enable --now gafferd.socket")
            try await machine.expect("systemctl is-active gafferd.service; true", gives: "inactive")
            #expect(try await machine("gafferctl status").contains("dummy"))
            try await machine.until("systemctl is-active gafferd.service")
            let pid = try await machine.mainPid()
            try await machine("gafferctl ping")
            #expect(try await machine.mainPid() == pid)

            // The name stays, and so the next client starts it again.
            try await machine("systemctl stop gafferd.service && test -S /run/gaffer/gafferd.sock")
            try await machine("gafferctl ping")
            #expect(try await machine.mainPid() != pid)

            try await machine("systemctl stop gafferd.socket gafferd.service")
            #expect(try await machine.run("gafferctl ping").code == 5)
            try await machine.expect("systemctl is-active gafferd.service; true", gives: "inactive")
        }
    }

    @Test("Without the socket unit, a client does not start what an administrator has stopped")
    func withoutActivation() async throws {
        try await Machine.with { machine in
            try await machine("systemctl start gafferd && gafferctl ping")
            try await machine.expect("systemctl is-active gafferd.socket; true", gives: "inactive")
            try await machine("systemctl stop gafferd")
            #expect(try await machine.run("gafferctl ping").code == 5)
            try await machine.expect("systemctl is-active gafferd.service; true", gives: "inactive")
        }
    }

    @Test("Clients wait while gafferd restarts; none is refused")
    func restart() async throws {
        try await Machine.with { machine in
            // A job that takes a while to leave keeps gafferd away for as long.
            try await machine.write(
                "/usr/local/bin/slow",
                "#!/bin/sh\ntrap 'sleep 0.5; exit 0' TERM\nwhile :; do sleep 0.1; done\n",
                mode: "755"
            )
            try await machine.configure("[process:slow]\ncmd = slow\n")
            try await machine("systemctl enable --now gafferd.socket && systemctl start gafferd.service")
            let clients = """
                for client in 1 2 3 4 5; do
                    ( until test -e /run/enough; do gafferctl ping 2>&1 > /dev/null; done; echo done ) &
                done
                touch /run/begun
                wait
                """
            async let output = machine(clients)
            try await machine.until("test -e /run/begun")
            for _ in 0..<2 { try await machine("systemctl restart gafferd.service") }
            try await machine("gafferctl ping && touch /run/enough")
            let said = try await output
            #expect(said == "done\ndone\ndone\ndone\ndone")
        }
    }

    @Test("A TCP socket of systemd is served where an endpoint of the configuration has its address")
    func tcp() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/etc/systemd/system/gafferd.socket.d/tcp.conf",
                "[Socket]\nListenStream=127.0.0.1:5000\n"
            )
            try await machine.configure("[endpoint:local]\nbind = 127.0.0.1:5000\nrequire_key = false\n")
            try await machine("systemctl daemon-reload; systemctl enable --now gafferd.socket")
            try await machine.expect("systemctl is-active gafferd.service; true", gives: "inactive")
            try await machine("curl --silent --show-error --fail http://127.0.0.1:5000/ping")
            try await machine.until("systemctl is-active gafferd.service")
            try await machine("gafferctl ping")
            // Held by systemd, not opened by gafferd.
            let pid = try await machine.mainPid()
            try await machine("systemctl restart gafferd.service && curl --silent --fail http://127.0.0.1:5000/ping")
            #expect(try await machine.mainPid() != pid)
        }
    }

    @Test("A TCP socket that no endpoint names is not served, and that is said")
    func unwantedTCP() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/etc/systemd/system/gafferd.socket.d/tcp.conf",
                "[Socket]\nListenStream=127.0.0.1:5000\n"
            )
            try await machine("systemctl daemon-reload; systemctl enable --now gafferd.socket; gafferctl ping")
            try await machine.journal("-u gafferd", until: "127.0.0.1:5000")
            let answer = try await machine.run("curl --silent --show-error --max-time 2 http://127.0.0.1:5000/ping")
            #expect(answer.code != 0 && answer.output == "")
        }
    }

    @Test(
        "Members of the group gaffer may use it, others are refused by the kernel",
        arguments: ["gafferd.service", "gafferd.socket"]
    )
    func users(unit: String) async throws {
        try await Machine.with { machine in
            try await machine.addUser("alice", groups: ["gaffer"])
            try await machine.addUser("bob")
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\n")
            try await machine("systemctl start \(unit)")
            try await machine.expect("stat -c '%U:%G %a' /run/gaffer/gafferd.sock", gives: "root:gaffer 660")
            #expect(try await machine("gafferctl status", as: "alice").contains("dummy"))
            // Woken by that, gafferd answers before it has started its jobs.
            try await machine.until("systemctl is-active gafferd.service")
            let pid = try await machine("pgrep -fx 'sleep 12345'")
            try await machine("gafferctl restart dummy", as: "alice")
            #expect(try await machine("pgrep -fx 'sleep 12345'") != pid)
            // What a member may not do: to run what they like as root.
            let load = try await machine.run(
                #"echo '{"name": "mine", "cmd": "id"}' | gafferctl load -"#,
                as: "alice"
            )
            #expect(load.code == 6, "\(load.all)")

            let refused = try await machine.run("gafferctl status", as: "bob")
            #expect(refused.code == 6)
            #expect(refused.error.contains("permission denied"), "\(refused.all)")
            let connect = "import socket; socket.socket(socket.AF_UNIX).connect('/run/gaffer/gafferd.sock')"
            let raw = try await machine.run("python3 -c \"\(connect)\"", as: "bob")
            #expect(raw.error.contains("[Errno 13]"), "\(raw.all)")
        }
    }
}
