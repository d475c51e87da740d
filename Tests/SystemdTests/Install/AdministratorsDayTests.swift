import ProgramTestKit
import Testing

@Suite("The administrator's day in the README", .twoSlots, .timeLimit(.minutes(3)), .needsBox)
struct AdministratorsDayTests {
    /// A command of the README.
    struct Typed {
        let isRoot: Bool
        /// With the lines of what it reads from its own text.
        var text: String
    }

    /// What the output of some commands has to hold, by the beginning of the command; each is on the page.
    private static let expectations: [(command: String, output: [String])] = [
        ("make install", ["Installed below /usr/local and in /etc/gaffer."]),
        ("gafferd --check", ["The configuration is good: 2 jobs."]),
        ("systemctl status", ["active (running)", #"Status: "2 jobs: 2 running; 3 processes""#]),
        ("journalctl -t shop.mail -f", ["looked for mail"]),
        ("journalctl -x", ["web"]),
        ("gafferctl status", ["shop.web", "running"]),
        ("gafferctl scale", []),
        ("gafferctl logs", ["looked for mail"]),
        ("systemctl reload", []),
        ("systemctl stop", []),
        ("make uninstall", ["Uninstalled"]),
    ]

    /// The commands in the indented blocks of one section.
    static func commands(in page: String, section: String) -> [Typed] {
        var commands: [Typed] = []
        var isInside = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { isInside = line.dropFirst(3) == section[...] }
            guard isInside else { continue }
            if line.hasPrefix("    # ") || line.hasPrefix("    $ ") {
                commands.append(Typed(isRoot: line.hasPrefix("    #"), text: String(line.dropFirst(6))))
            } else if line.hasPrefix("    ") || line.isEmpty, let last = commands.indices.last {
                commands[last].text += "\n" + line.dropFirst(4)
            }
        }
        return commands
    }

    @Test("The reader of the page takes commands with what belongs to them")
    func reader() {
        let page =
            "## A\n    # no\n## B\ntext\n\n    # cat << END\n    a\n\n    b\n    END\n    $ two\ntext\n## C\n    # no\n"
        let commands = Self.commands(in: page, section: "B")
        #expect(commands.map(\.isRoot) == [true, false])
        #expect(commands.map(\.text) == ["cat << END\na\n\nb\nEND", "two"])
    }

    @Test("Each of its commands does what the page says")
    func day() async throws {
        let commands = Self.commands(in: try Project.text("README.md"), section: "The administrator's day")
        for (command, _) in Self.expectations {
            #expect(commands.contains { $0.text.hasPrefix(command) }, "\(command) is not on the page")
        }
        let programs = try Programs.folder()
        try await Machine.with(isInstalled: false) { machine in
            try await machine.addUser("alice")
            for command in commands {
                // Programs that are built already are installed instead of building them in the machine.
                let typed = command.text.hasPrefix("make ") ? "PROGRAMS='\(programs)' \(command.text)" : command.text
                let isFollowing = command.text.hasSuffix(" -f") || command.text.contains(" -f\n")
                let run = try await machine.run(
                    typed,
                    as: command.isRoot ? nil : "alice",
                    until: isFollowing ? "looked for mail" : nil,
                    in: command.isRoot ? Project.folder : nil
                )
                #expect(run.code == 0, "\(command.text): \(run.all)")
                for (prefix, output) in Self.expectations where command.text.hasPrefix(prefix) {
                    for text in output { #expect(run.output.contains(text), "\(command.text): \(run.all)") }
                }
                try await check(machine, after: command.text)
            }
        }
    }

    /// What is so after a command, and can't be seen in its output.
    private func check(_ machine: Machine, after command: String) async throws {
        if command.hasPrefix("systemctl enable") {
            try await machine("systemctl is-enabled gafferd && systemctl is-active gafferd")
            try await machine.until("curl --silent --fail http://127.0.0.1:8000/ > /dev/null")
            try await machine.expect("ps -o user= -p $(pgrep -f '[h]ttp.server')", gives: "nobody")
        } else if command.hasPrefix("gafferctl scale") {
            #expect(try await machine("gafferctl status shop.mail").contains("3"))
        } else if command.hasPrefix("systemctl stop") {
            #expect(try await machine.run("pgrep -f '[h]ttp.server|[l]ooked for mail'").code == 1)
        } else if command.hasPrefix("make uninstall") {
            try await machine("test ! -e /usr/local/bin/gafferd -a -e /etc/gaffer/conf.d/shop.ini")
        }
    }
}
