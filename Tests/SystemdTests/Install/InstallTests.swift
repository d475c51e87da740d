import ProgramTestKit
import Testing

@Suite("make install and make uninstall", .twoSlots, .timeLimit(.minutes(2)), .needsBox)
struct InstallTests {
    /// What is installed below a prefix.
    static let files = [
        "bin/gaffer", "bin/gafferctl", "bin/gafferd",
        "share/man/man1/gaffer.1", "share/man/man1/gafferctl.1", "share/man/man5/gafferd.ini.5",
        "share/man/man7/gaffer-api.7", "share/man/man7/gaffer-events.7", "share/man/man8/gafferd.8",
        "share/bash-completion/completions/gaffer", "share/bash-completion/completions/gafferctl",
        "share/zsh/vendor-completions/_gaffer", "share/zsh/vendor-completions/_gafferctl",
        "share/fish/vendor_completions.d/gaffer.fish", "share/fish/vendor_completions.d/gafferctl.fish",
        "lib/systemd/catalog/gaffer.catalog",
        "share/doc/gaffer/README.md", "share/doc/gaffer/CHANGELOG.md", "share/doc/gaffer/LICENSE",
        "share/doc/gaffer/API.md", "share/doc/gaffer/Configuration.md", "share/doc/gaffer/Gafferctl.md",
        "share/doc/gaffer/Moving.md", "share/doc/gaffer/Procfile.md", "share/doc/gaffer/Routes.md",
        "share/doc/gaffer/Systemd.md",
        "lib/systemd/system/gafferd.service", "lib/systemd/system/gafferd.socket",
        "lib/systemd/user/gafferd.service", "lib/systemd/user/gafferd.socket",
        "lib/sysusers.d/gaffer.conf", "lib/tmpfiles.d/gaffer.conf",
    ]

    private func make(_ target: String, _ words: String = "") throws -> String {
        "make --no-print-directory -C '\(Project.folder)' \(target) PROGRAMS='\(try Programs.folder())' \(words)"
    }

    @Test("A packager gets all files below DESTDIR, and nothing else is touched", arguments: ["/usr", "/usr/local"])
    func packager(prefix: String) async throws {
        try await Machine.with(isInstalled: false) { machine in
            // The time of the last change tells what was touched; those of /proc and the like change by themselves.
            try await machine("touch /tmp/before && sync")
            let output = try await machine(try make("install", "DESTDIR=/tmp/new PREFIX=\(prefix)"))
            #expect(output == "Installed below /tmp/new\(prefix) and in /tmp/new/etc/gaffer.")
            let found = try await machine("cd /tmp/new && find . -type f | sort")
            let expected = Self.files.map { ".\(prefix)/\($0)" } + ["./etc/gaffer/gafferd.ini"]
            #expect(found.split(separator: "\n").map(String.init) == expected.sorted())
            try await machine.expect("find /usr /etc -newer /tmp/before ! -name .updated", gives: "")
            try await machine.expect(
                "stat -c %a /tmp/new\(prefix)/bin/gafferd /tmp/new/etc/gaffer/conf.d",
                gives: "755\n755"
            )
            try await machine.expect("stat -c %a /tmp/new/etc/gaffer/gafferd.ini", gives: "644")
            // The units run what was installed, from where it will be.
            let units = try await machine("cd /tmp/new && grep -rh ^Exec .")
            #expect(units.split(separator: "\n").count == 4)
            #expect(units.split(separator: "\n").allSatisfy { $0.contains("=\(prefix)/bin/gaffer") }, "\(units)")
            try await machine(try make("uninstall", "DESTDIR=/tmp/new PREFIX=\(prefix)"))
            try await machine.expect("cd /tmp/new && find . -type f", gives: "./etc/gaffer/gafferd.ini")
        }
    }

    @Test("On a running system, the group, the folder, the catalog and the units are there at once")
    func liveSystem() async throws {
        try await Machine.with(isInstalled: false) { machine in
            let output = try await machine.run(try make("install"))
            #expect(output.code == 0, "\(output.all)")
            for step in [
                "systemd-sysusers", "systemd-tmpfiles --create", "--update-catalog", "systemctl daemon-reload",
            ] {
                #expect(output.all.contains(step), "\(step) is not told: \(output.all)")
            }
            try await machine.expect("stat -c '%U:%G %a' /run/gaffer", gives: "root:gaffer 755")
            try await machine.expect("systemctl is-enabled gafferd.service; true", gives: "disabled")
            #expect(try await machine("journalctl --list-catalog | grep -ci gaffer").isEmpty == false)
            try await machine("systemctl start gafferd && gafferctl ping")

            // The shells find their completions, and man the pages.
            let page = "/usr/local/share/man/man5/gafferd.ini.5"
            try await machine.expect("realpath $(man -w 5 gafferd.ini)", gives: page)
            let completion = "/usr/local/share/bash-completion/completions/gafferctl"
            try await machine.expect(
                "source \(completion); COMP_WORDS=(gafferctl sta) COMP_CWORD=1; _gafferctl; echo ${COMPREPLY[@]}",
                gives: "status stats start"
            )
        }
    }

    @Test("Installed again, the administrator's files stay, and a new one is put beside a changed one")
    func again() async throws {
        try await Machine.with { machine in
            let again = try make("install", "PREFIX=/usr")
            #expect(try await !machine(again).contains("kept"))
            try await machine("test ! -e /etc/gaffer/gafferd.ini.new")
            try await machine("echo '# mine' >> /etc/gaffer/gafferd.ini")
            try await machine.configure("[process:mine]\ncmd = sleep 1000\n")
            #expect(try await machine(again).contains("/etc/gaffer/gafferd.ini is kept"))
            try await machine.expect("tail -n 1 /etc/gaffer/gafferd.ini", gives: "# mine")
            try await machine("cmp '\(Project.folder)/Config/gafferd.ini' /etc/gaffer/gafferd.ini.new")
            #expect(try await machine("cat /etc/gaffer/conf.d/jobs.ini").contains("mine"))

            // While gafferd runs, it goes on with the old program until it is told.
            try await machine("systemctl start gafferd")
            let pid = try await machine.mainPid()
            #expect(try await machine(again).contains("systemctl restart gafferd"))
            #expect(try await machine.mainPid() == pid)
        }
    }

    @Test("Uninstalled, nothing runs and nothing is left but the administrator's files, the state and the group")
    func uninstall() async throws {
        try await Machine.with { machine in
            try await machine("touch /tmp/before")
            try await machine.configure("[process:mine]\ncmd = sleep 12345\n")
            try await machine("systemctl enable --now gafferd.service")
            try await machine("systemctl --global enable gafferd.service")
            try await machine(try make("uninstall", "PREFIX=/usr"))
            #expect(try await machine.run("pgrep -f 'gafferd|sleep 12345'").code == 1)
            for file in Self.files { #expect(try await machine.run("test -e /usr/\(file)").code == 1, "\(file)") }
            let left = try await machine(
                "find /etc /usr /var/lib/systemd -newer /tmp/before -type f,l ! -name .updated | sort"
            ).split(separator: "\n")
            #expect(left.filter { !$0.hasPrefix("/var/lib/systemd") } == ["/etc/gaffer/conf.d/jobs.ini"])
            try await machine.expect("journalctl --list-catalog 2>/dev/null | grep -ci gaffer; true", gives: "0")
            try await machine.expect("systemctl show --value --property LoadState gafferd.service", gives: "not-found")
            try await machine("test -e /etc/gaffer/gafferd.ini && getent group gaffer")
            // Twice is no harm.
            try await machine(try make("uninstall", "PREFIX=/usr"))
        }
    }

    @Test("A prefix that no unit could name is refused", arguments: ["relative", "'/with blank'", "''"])
    func badPrefix(prefix: String) async throws {
        try await Machine.with(isInstalled: false) { machine in
            let run = try await machine.run(try make("install", "DESTDIR=/tmp/new PREFIX=\(prefix)"))
            #expect(run.code == 2)
            #expect(run.error.contains("PREFIX"))
            try await machine("test ! -e /tmp/new")
        }
    }
}
