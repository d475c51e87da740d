import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferctl's commands for keys and users", .oneSlot, .timeLimit(.minutes(2)))
struct AccessTests {
    private static let sections = """
        [endpoint:keyed]
        bind = 127.0.0.1:0

        [process:shop:web]
        cmd = /bin/sleep 1000

        """
    private static let password = "canary-password-3141"

    @Test("key makes keys that allow what they say, lists, shows and deletes them")
    func keys() async throws {
        try await withGafferd(Self.sections) { daemon in
            let endpoint = "http://\(try await daemon.address())"
            let made = try await daemon.ctl("key", "create", "shop+r", "--label", "dashboard")
            #expect(made.code == 0, "\(made.all)")
            let key = made.output.trimmed
            #expect(made.output == key + "\n")
            func asking(_ words: String...) async throws -> ToolOutput {
                try bench(daemon, key)
                return try await daemon.ctl(words + ["--endpoint", endpoint, "--api-key-file", "key"])
            }
            #expect(try await asking("status", "shop.web").code == 0)
            #expect(try await asking("stop", "shop.web").code == 6)
            #expect(try await asking("key", "create", "+a").code == 6)
            #expect(try await asking("key", "create", "shop+r").code == 6)
            #expect(try await daemon.info("shop/web")["state"] == "running")

            let listed = try await daemon.ctl("key", "list")
            #expect(listed.output.contains("dashboard") && listed.output.contains("shop+r"), "\(listed.all)")
            #expect(!listed.output.contains(key))
            let keys = try parseJSON(try await daemon.ctl("key", "list", "--json").outputBytes)["keys"]?.arrayValue
            let id = try #require(keys?.first?["key"]?.stringValue)
            #expect(try await daemon.ctl("key", "show", id).output.contains("dashboard"))
            #expect(try await daemon.ctl("key", "delete", id).code == 0)
            #expect(try await daemon.ctl("key", "show", id).code == 4)
            #expect(try await asking("status").code == 6)
        }
    }

    /// Keeps a key in a file of the workbench.
    private func bench(_ daemon: Daemon, _ key: String) throws {
        try daemon.bench.scratch.write("key", bytes: Array("\(key)\n".utf8), mode: 0o600)
    }

    @Test("user makes users, who log in with their passwords, and log out")
    func users() async throws {
        try await withGafferd(Self.sections) { daemon in
            let endpoint = "http://\(try await daemon.address())"
            let settings = daemon.bench.scratch(".gaffer/gaffer.ini")
            let password = "\(Self.password)\n"
            let added = try await daemon.ctl(["user", "add", "--type", "admin", "ann"], input: password)
            #expect(added.code == 0, "\(added.all)")
            #expect(try await daemon.ctl("user", "list").output.contains("ann"))
            #expect(try await daemon.ctl("user", "show", "ann").output.contains("ann"))

            // Nobody without a key, nor with a wrong password.
            #expect(try await daemon.ctl("status", "--endpoint", endpoint).code == 6)
            let wrong = try await daemon.ctl(["login", "-u", "ann", "--endpoint", endpoint], input: "wrong\n")
            #expect(wrong.code == 6, "\(wrong.all)")
            #expect(!daemon.bench.scratch.has(".gaffer/gaffer.ini"))

            let login = try await daemon.ctl(["login", "-u", "ann", "--endpoint", endpoint], input: password)
            #expect(login.code == 0, "\(login.all)")
            var status = stat()
            #expect(stat(settings, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(!readText(settings).contains(Self.password))
            #expect(try await daemon.ctl("status", "--endpoint", endpoint).code == 0)
            #expect(try await daemon.ctl("restart", "shop.web", "--endpoint", endpoint).code == 0)

            #expect(try await daemon.ctl("logout", "--endpoint", endpoint).code == 0)
            #expect(try await daemon.ctl("status", "--endpoint", endpoint).code == 6)
            #expect(try await daemon.ctl("logout", "--endpoint", endpoint).code == 4)

            #expect(try await daemon.ctl(["user", "setpassword", "ann"], input: "another one\n").code == 0)
            #expect(try await daemon.ctl(["login", "-u", "ann", "--endpoint", endpoint], input: password).code == 6)
            let again = try await daemon.ctl(["login", "-u", "ann", "--endpoint", endpoint], input: "another one\n")
            #expect(again.code == 0, "\(again.all)")
            #expect(try await daemon.ctl("user", "del", "ann").code == 0)
            #expect(try await daemon.ctl("user", "show", "ann").code == 4)
            #expect(!daemon.log.text.contains(Self.password))
        }
    }

    @Test("On a terminal a password is asked for, and not shown")
    func terminal() async throws {
        try await withGafferd(Self.sections) { daemon in
            let endpoint = "http://\(try await daemon.address())"
            let (question, again) = ("Password of ann: ", "Once more: ")
            let line = "\(Self.password)\n"
            let differ = try await daemon.ctl(onTerminal: ["user", "add", "ann"], [(question, line), (again, "x\n")])
            #expect(differ.code == 2, "\(differ.all)")
            let gaveUp = try await daemon.ctl(onTerminal: ["user", "add", "ann"], [(question, "\u{3}")])
            #expect(gaveUp.code == 128 + SIGINT, "\(gaveUp.all)")
            #expect(try await daemon.ctl("user", "show", "ann").code == 4)
            let added = try await daemon.ctl(
                onTerminal: ["user", "add", "--type", "admin", "ann"],
                [(question, line), (again, line)]
            )
            #expect(added.code == 0, "\(added.all)")
            let login = try await daemon.ctl(
                onTerminal: ["login", "--endpoint", endpoint],
                [("User: ", "ann\n"), (question, line)]
            )
            #expect(login.code == 0, "\(login.all)")
            #expect(login.output.contains("Logged in"))
            for run in [differ, gaveUp, added, login] { #expect(!run.output.contains(Self.password), "\(run.all)") }
            #expect(try await daemon.ctl("status", "--endpoint", endpoint).code == 0)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(self.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
