import ProgramTestKit
import Testing

@Suite("An ordinary user's gafferd", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct UserInstanceTests {
    private static let user = "alice"

    /// Lends a machine in which alice has a session and a configuration with one job.
    private func withUser(_ body: (Machine) async throws -> Void) async throws {
        try await Machine.with { machine in
            try await machine.addUser(Self.user)
            try await machine("systemctl start user@$(id -u \(Self.user)).service")
            try await configure(machine, "[process:mine]\ncmd = sleep 12345\n")
            try await body(machine)
        }
    }

    private func configure(_ machine: Machine, _ text: String) async throws {
        try await machine("mkdir -p ~/.config/gaffer && cat > ~/.config/gaffer/gafferd.ini", as: Self.user, input: text)
    }

    @Test("systemctl --user starts, reloads and stops it, and gafferctl finds it")
    func life() async throws {
        try await withUser { machine in
            try await machine("systemctl --user start gafferd", as: Self.user)
            let status = try await machine("systemctl --user status gafferd", as: Self.user)
            #expect(status.contains(#"Status: "1 job: 1 running; 1 process""#), "\(status)")
            #expect(try await machine("gafferctl status", as: Self.user).contains("mine"))
            try await machine.expect("ps -o user= -p $(pgrep -fx 'sleep 12345')", gives: Self.user)
            // Its job stands in a cgroup of its own below the unit's.
            let group = try await machine("grep ^0:: /proc/$(pgrep -fx 'sleep 12345')/cgroup")
            let unit = try await machine("systemctl --user show --value --property ControlGroup gafferd", as: Self.user)
            #expect(group.hasPrefix("0::\(unit)/"), "\(group), \(unit)")

            try await configure(machine, "[process:mine]\ncmd = sleep 12345\n[process:more]\ncmd = sleep 22222\n")
            try await machine("systemctl --user reload gafferd && pgrep -fx 'sleep 22222'", as: Self.user)
            try await configure(machine, "[process:mine]\ncmd =\n")
            #expect(try await machine.run("systemctl --user reload gafferd", as: Self.user).code == 1)
            try await machine("pgrep -fx 'sleep 22222'")

            try await machine("systemctl --user stop gafferd", as: Self.user)
            #expect(try await machine.run("pgrep -f '^sleep [12]'").code == 1)
            // Neither its state nor its socket is anywhere but at the user's.
            try await machine("test -d ~/.local/state/gaffer", as: Self.user)
            try await machine("test ! -e /run/gaffer/gafferd.sock -a ! -e /var/lib/gaffer")
        }
    }

    @Test("Its socket unit starts it on first use, and nobody else gets in")
    func activation() async throws {
        try await withUser { machine in
            try await machine("systemctl --user enable --now gafferd.socket", as: Self.user)
            try await machine.expect(
                "systemctl --user is-active gafferd.service; true",
                as: Self.user,
                gives: "inactive"
            )
            #expect(try await machine("gafferctl status", as: Self.user).contains("mine"))
            try await machine.expect("systemctl --user is-active gafferd.service", as: Self.user, gives: "active")
            try await machine.addUser("bob", groups: ["gaffer"])
            let socket = try await machine("echo $XDG_RUNTIME_DIR/gaffer/gafferd.sock", as: Self.user)
            #expect(try await machine.run("gafferctl --endpoint unix:\(socket) status", as: "bob").code == 6)
        }
    }

    @Test("Without a configuration it says which file it wants")
    func noConfiguration() async throws {
        try await withUser { machine in
            try await machine("rm ~/.config/gaffer/gafferd.ini", as: Self.user)
            #expect(try await machine.run("systemctl --user start gafferd", as: Self.user).code == 1)
            try await machine.journal(
                "_SYSTEMD_USER_UNIT=gafferd.service",
                until: "/home/alice/.config/gaffer/gafferd.ini"
            )
        }
    }
}
