import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("Administrators from the command line", .oneSlot, .timeLimit(.minutes(2)))
struct AdminTests {
    private static let password = "canary-password-2718"

    /// Runs gafferd on the workbench's configuration.
    private func gafferd(
        _ bench: Workbench,
        _ options: String...,
        input: String? = nil
    ) async throws -> ToolOutput {
        try await runTool(
            try Programs.gafferd(),
            ["-c", "gafferd.ini"] + options,
            environment: bench.environment,
            directory: bench.path,
            input: input
        )
    }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test("One is made with a password from stdin, its key is told once, and it is listed")
    func make() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            let none = try await gafferd(bench, "--list-admins")
            #expect(none.code == 0)
            #expect(none.output.isEmpty)
            #expect(!bench.scratch.has("state/auth.db"))

            let made = try await gafferd(
                bench,
                "--create-admin-user",
                "--username",
                "root",
                input: "\(Self.password)\nsecond line\n"
            )
            #expect(made.code == 0, "\(made.all)")
            let lines = made.output.split(separator: "\n")
            #expect(lines.first == "User 'root' created.")
            let key = try #require(lines.last)
            #expect(lines.count == 2)
            #expect(key.hasPrefix("API Key: gk_"))
            #expect(made.error.isEmpty)
            #expect(mode(bench.scratch("state/auth.db")) == 0o600)
            // Nothing was run or listened on.
            #expect(!bench.scratch.has("run/gafferd.sock"))

            let list = try await gafferd(bench, "--list-admins")
            let id = key.dropFirst("API Key: gk_".count).prefix(12)
            #expect(list.output == "root - \(id)\n")

            let content = String(decoding: readFile(bench.scratch("state/auth.db")), as: UTF8.self)
            #expect(content.contains(id))
            #expect(!content.contains(key.suffix(64)))
            #expect(!content.contains(Self.password))
        }
    }

    @Test("The password may come from a file, and the state directory from the command line")
    func passwordFile() async throws {
        try await Workbench.with { bench in
            try bench.configure()
            try bench.scratch.write("password", "\(Self.password)\n")
            let options = ["--create-admin-user", "--username", "a@b", "--state-dir", bench.scratch("other")]
            let made = try await bench.runGafferd(["-c", "gafferd.ini", "--password-file", "password"] + options)
            #expect(made.code == 0, "\(made.all)")
            #expect(bench.scratch.has("other/auth.db"))
            #expect(!bench.scratch.has("state"))
            let list = try await gafferd(bench, "--list-admins", "--state-dir", bench.scratch("other"))
            #expect(list.output.hasPrefix("a@b - "))
        }
    }

    @Test("What can't be done is an error with its reason, and makes nothing")
    func refused() async throws {
        try await Workbench.with { bench in
            try bench.configure()
            let create = "--create-admin-user"
            func expect(_ code: Int32, _ word: String, _ run: ToolOutput) {
                #expect(run.code == code, "\(run.all)")
                #expect(run.error.contains(word), "\(run.all)")
                #expect(run.output.isEmpty)
            }
            expect(2, "--username", try await gafferd(bench, create, input: "p\n"))
            expect(2, "a b", try await gafferd(bench, create, "--username", "a b", input: "p\n"))
            expect(2, "--list-admins", try await gafferd(bench, create, "--list-admins"))
            expect(2, "--username", try await gafferd(bench, "--username", "root"))
            expect(2, "--password-file", try await gafferd(bench, "--list-admins", "--password-file", "-"))
            expect(2, "--password", try await gafferd(bench, create, "--username", "root", "--password=p"))
            expect(1, "password", try await gafferd(bench, create, "--username", "root", input: "\n"))
            expect(1, "password", try await gafferd(bench, create, "--username", "root"))
            let long = String(repeating: "a", count: 600)
            expect(1, "511", try await gafferd(bench, create, "--username", "root", input: long))
            let missing = try await gafferd(bench, create, "--username", "root", "--password-file", "missing")
            expect(1, "missing", missing)
            #expect(!bench.scratch.has("state/auth.db"))

            #expect(try await gafferd(bench, create, "--username", "root", input: "p").code == 0)
            expect(1, "\"root\"", try await gafferd(bench, create, "--username", "root", input: "p"))
            chmod(bench.scratch("state/auth.db"), 0o644)
            expect(1, "auth.db", try await gafferd(bench, "--list-admins"))
            expect(1, "auth.db", try await gafferd(bench, create, "--username", "other", input: "p"))
        }
    }

    @Test("It works beside a gafferd that runs, which is not disturbed")
    func beside() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { daemon in
                let made = try await gafferd(bench, "--create-admin-user", "--username", "root", input: "p\n")
                #expect(made.code == 0, "\(made.all)")
                #expect(try await gafferd(bench, "--list-admins").output.hasPrefix("root - "))
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
                #expect(!daemon.hasEnded)
            }
        }
    }

    private func converse(_ bench: Workbench, _ answers: (String, String)...) async throws -> ToolOutput {
        try await bench.converse([try Programs.gafferd(), "-c", "gafferd.ini", "--create-admin-user"], answers)
    }

    @Test("On a terminal it asks for name and password, and does not show the password")
    func terminal() async throws {
        try await Workbench.with { bench in
            try bench.configure()
            let password = Self.password
            let differ = try await converse(
                bench,
                ("Name: ", "root\n"),
                ("Password: ", "\(password)\n"),
                ("Again: ", "\(password)x\n")
            )
            #expect(differ.code == 1, "\(differ.all)")
            #expect(differ.output.contains("differ"))
            let gaveUp = try await converse(bench, ("Name: ", "root\n"), ("Password: ", "\u{3}"))
            #expect(gaveUp.code == 1, "\(gaveUp.all)")
            #expect(gaveUp.output.contains("Nothing was made"))
            #expect(!bench.scratch.has("state/auth.db"))

            let made = try await converse(
                bench,
                ("Name: ", "root\n"),
                ("Password: ", "\(password)\n"),
                ("Again: ", "\(password)\n")
            )
            #expect(made.code == 0, "\(made.all)")
            #expect(made.output.contains("User 'root' created."))
            for run in [differ, gaveUp, made] {
                #expect(run.output.contains("Name: root"))
                #expect(!run.output.contains(password))
            }
        }
    }
}
