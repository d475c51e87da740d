import Glibc
import ProgramTestKit
import Testing

@Suite(
    "The package for Debian",
    .twoSlots,
    .timeLimit(.minutes(5)),
    .needsBox,
    .needsPackageTools
)
struct PackageTests {
    /// Whether the programs under test are those that are shipped, which need no Swift.
    private static let isReleased = getenv("GAFFER_TEST_WITHOUT_SWIFT") != nil

    /// Builds it in a machine of its own, so that this one's dpkg is not touched, and gives its path there.
    private func build(_ machine: Machine, into folder: String = "/root/deb") async throws -> String {
        // What tells a container's packages to start nothing is not there on a machine.
        try await machine("rm -f /usr/sbin/policy-rc.d")
        let path = try await machine(
            """
            make --no-print-directory -C '\(Project.folder)' deb PROGRAMS='\(try Programs.folder())' DEB_DIR='\(folder)' \
                DEB_FLAGS=-Zgzip\\ -z1 DEBFULLNAME=gaffer DEBEMAIL=gaffer@packages.debian.org
            """,
            within: 240
        )
        guard path.hasPrefix("\(folder)/gaffer_"), path.hasSuffix(".deb") else { throw Failure("make deb: \(path)") }
        return path
    }

    @Test("It has all that make install installs, owned by root, is the same each time, and lintian finds no error")
    func contents() async throws {
        try await Machine.with(isInstalled: false) { machine in
            let package = try await build(machine)
            let list = try await machine("dpkg-deb --contents \(package)").split(separator: "\n")
            let files = Set(list.compactMap { $0.split(separator: " ").last.map(String.init) })
            for file in InstallTests.files where !file.hasSuffix("/LICENSE") && !file.hasSuffix("/CHANGELOG.md") {
                let name = file.hasPrefix("share/man/") ? "\(file).gz" : file
                #expect(files.contains("./usr/\(name)"), "\(name)")
            }
            for file in [
                "./etc/gaffer/gafferd.ini", "./etc/gaffer/conf.d/", "./usr/share/doc/gaffer/copyright",
                "./usr/share/doc/gaffer/changelog.gz", "./usr/share/doc/gaffer/changelog.Debian.gz",
            ] {
                #expect(files.contains(file), "\(file)")
            }
            #expect(list.allSatisfy { $0.contains(" root/root ") })
            try await machine.expect("dpkg-deb --field \(package) Section", gives: "admin")
            let depends = try await machine("dpkg-deb --field \(package) Depends")
            #expect(depends.contains("libc6 (>= ") && depends.contains("libsystemd0"), "\(depends)")

            let again = try await build(machine, into: "/root/again")
            try await machine("cmp \(package) \(again)")

            // What was built for tests looks for Swift's libraries where they are.
            let rest = Self.isReleased ? "" : "--suppress-tags custom-library-search-path"
            let lint = try await machine.run("lintian --allow-root \(rest) \(package)", within: 240)
            #expect(lint.code == 0, "\(lint.all)")
            #expect(!lint.output.contains("E: "), "\(lint.all)")
        }
    }

    @Test("Installed, gafferd runs; upgraded, the new one does, with its jobs; purged, nothing is left")
    func life() async throws {
        try await Machine.with(isInstalled: false) { machine in
            let package = try await build(machine)
            try await machine("dpkg --install \(package)", within: 120)
            try await machine.expect("systemctl is-active gafferd.service", gives: "active")
            try await machine.expect("systemctl is-enabled gafferd.service", gives: "enabled")
            try await machine.expect("systemctl is-enabled gafferd.socket; true", gives: "disabled")
            try await machine.expect("stat -c '%U:%G %a' /run/gaffer", gives: "root:gaffer 755")
            try await machine("gafferctl status && gaffer --version && getent group gaffer")
            try await machine.expect("dpkg --verify gaffer", gives: "")
            try await machine.expect("man -w gafferctl", gives: "/usr/share/man/man1/gafferctl.1.gz")
            #expect(try await machine("journalctl --list-catalog | grep -ci gaffer").isEmpty == false)

            // An administrator's work.
            try await machine("echo '# mine' >> /etc/gaffer/gafferd.ini")
            try await machine.configure("[process:mine]\ncmd = sleep 12345\n")
            try await machine("gafferctl reload && gafferctl scale mine=2")

            let first = try await machine.mainPid()
            try await upgrade(machine, from: package, to: "9.1")
            #expect(try await machine.mainPid() != first)
            try await machine.expect("readlink /proc/$(pidof gafferd)/exe", gives: "/usr/bin/gafferd")
            try await machine.expect("tail -n 1 /etc/gaffer/gafferd.ini", gives: "# mine")
            try await machine.expect("tail -n 1 /etc/gaffer/gafferd.ini.dpkg-dist", gives: "# of 9.1")
            try await machine.until("[ $(pgrep -cf '^sleep 12345') = 2 ]")

            // What is stopped stays so, and what is disabled.
            try await machine("systemctl disable --now gafferd.service")
            try await upgrade(machine, from: package, to: "9.2")
            try await machine.expect("systemctl is-active gafferd.service; true", gives: "inactive")
            try await machine.expect("systemctl is-enabled gafferd.service; true", gives: "disabled")
            try await machine("systemctl enable --now gafferd.service")
            try await machine.until("pgrep -f '^sleep 12345'")

            try await machine("dpkg --remove gaffer", within: 120)
            #expect(try await machine.run("pgrep -f 'gafferd|^sleep 12345'").code == 1)
            try await machine.expect("systemctl show --value --property LoadState gafferd.service", gives: "not-found")
            try await machine("test ! -e /usr/bin/gafferd && test ! -e /usr/share/doc/gaffer")
            try await machine.expect("tail -n 1 /etc/gaffer/gafferd.ini", gives: "# mine")
            try await machine("test -d /var/lib/gaffer")

            // The administrator's own files are not the package's.
            try await machine("dpkg --purge gaffer")
            let left = "find /etc /usr /var/lib /run -iname '*gaffer*' ! -path '/run/host/*'"
            try await machine.expect(left, gives: "/etc/gaffer")
            try await machine.expect("find /etc/gaffer -type f", gives: "/etc/gaffer/conf.d/jobs.ini")
            try await machine.expect("systemctl --failed --no-legend --plain", gives: "")
        }
    }

    @Test("Purged where nobody has changed anything, not even the folder of the configuration is left")
    func purgeAtOnce() async throws {
        try await Machine.with(isInstalled: false) { machine in
            let package = try await build(machine)
            try await machine("dpkg --install \(package) && gafferctl ping && dpkg --purge gaffer", within: 120)
            #expect(try await machine.run("pgrep gafferd").code == 1)
            try await machine.expect("find /etc /usr /var/lib /run -iname '*gaffer*' ! -path '/run/host/*'", gives: "")
        }
    }

    /// Installs the same programs as a package of a higher version, whose configuration is another one.
    private func upgrade(_ machine: Machine, from package: String, to version: String) async throws {
        try await machine(
            """
            set -e; cd /root; rm -rf next; dpkg-deb --raw-extract \(package) next
            sed -i 's/^Version: .*/Version: \(version)/' next/DEBIAN/control
            echo '# of \(version)' >> next/etc/gaffer/gafferd.ini
            dpkg-deb -Zgzip -z1 --build next next.deb
            dpkg --force-confold --install next.deb
            rm -rf next next.deb
            """,
            within: 240
        )
        try await machine.expect("dpkg-query --show -f '${Version}' gaffer", gives: version)
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs only where a package can be built and looked at.
    fileprivate static var needsPackageTools: ConditionTrait {
        let tools = ["dpkg-deb", "dpkg-shlibdeps", "lintian", "lowdown", "deb-systemd-helper"]
        let missing = tools.filter { access("/usr/bin/\($0)", X_OK) != 0 }
        return .enabled(
            if: missing.isEmpty,
            "No package can be built: \(missing.joined(separator: ", ")) missing, which .ci/install test installs"
        )
    }
}
