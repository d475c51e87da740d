import GafferModel
import Glibc
import Testing
import WebTestKit

@testable import GafferTool
@testable import gaffer

@Suite("gaffer import")
struct ImportCommandTests {
    private static let supervisord = """
        [supervisord]
        nodaemon = true
        [program:web]
        command = /usr/bin/serve -p 80
        [include]
        files = more/*.conf

        """

    private func text(of path: String) -> String? {
        guard let bytes = try? SettingsFile.contents(of: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("prints the ini, and tells on stderr what could not be carried over")
    func prints() {
        let directory = TemporaryDirectory()
        mkdir("\(directory.path)/more", 0o755)
        _ = directory.write("[program:worker]\ncommand = /usr/bin/work\n", to: "more/a.conf")
        let file = directory.write(Self.supervisord, to: "supervisord.conf")
        let run = gaffer("import", file, "--app", "shop")
        #expect(run.code == 0)
        #expect(run.output.contains("[process:shop:web]\ncmd = /usr/bin/serve -p 80\n"), "\(run.output)")
        #expect(run.output.contains("[process:shop:worker]\n"))
        #expect(run.messages.contains("nodaemon = true: left out: "), "\(run.messages)")
        #expect(run.messages.split(separator: "\n").allSatisfy { $0.hasPrefix("gaffer: ") })
        #expect(run.messages.contains("2 jobs; "))
        #expect(!run.messages.contains(": carried: "))
        #expect(gaffer("import", file, "--all").messages.contains(": carried: "))
        #expect(gaffer("-q", "import", file).messages == "")
    }

    @Test(
        "knows what it is by its content",
        arguments: [
            ("x.conf", "[program:web]\ncommand = a\n", "[process:web]"),
            ("x.ini", "[watcher:web]\ncmd = a\n", "[process:web]"),
            ("web.service", "[Service]\nExecStart=/bin/a\n", "[process:web]"),
        ]
    )
    func guesses(name: String, content: String, section: String) {
        let directory = TemporaryDirectory()
        let run = gaffer("import", directory.write(content, to: name))
        #expect(run.code == 0, "\(run)")
        #expect(run.output.contains(section), "\(run.output)")
    }

    @Test("reads a unit's drop-ins, and the standard input")
    func units() {
        let directory = TemporaryDirectory()
        let unit = "[Service]\nExecStart=/bin/a\n"
        mkdir("\(directory.path)/web.service.d", 0o755)
        _ = directory.write("[Service]\nEnvironment=COLOR=red\n", to: "web.service.d/10.conf")
        #expect(gaffer("import", directory.write(unit, to: "web.service")).output.contains("env:COLOR = red\n"))
        let piped = gaffer("import", "--from", "systemd", "-", input: Array(unit.utf8))
        #expect(piped.output.contains("cmd = /bin/a\n"), "\(piped)")
    }

    @Test("writes a file that only the user may read, and replaces none without --force")
    func writes() {
        let directory = TemporaryDirectory()
        let file = directory.write("[program:web]\ncommand = a\n", to: "supervisord.conf")
        let out = "\(directory.path)/jobs.ini"
        #expect(gaffer("import", file, "--out", out).output == "")
        #expect(text(of: out)?.contains("[process:web]") == true)
        var status = stat()
        #expect(stat(out, &status) == 0 && status.st_mode & 0o777 == 0o600)
        _ = directory.write("mine\n", to: "jobs.ini")
        let again = gaffer("import", file, "--out", out)
        #expect(again.code == 1)
        #expect(
            again.messages
                == "gaffer: \(out) exists already: give --force to replace it.\ngaffer: Nothing was written.\n"
        )
        #expect(text(of: out) == "mine\n")
        #expect(gaffer("import", file, "--out", out, "--force").code == 0)
        #expect(text(of: out)?.contains("[process:web]") == true)
        // Into a folder, which is made.
        #expect(gaffer("import", file, "--out", "\(directory.path)/new/").code == 0)
        #expect(text(of: "\(directory.path)/new/supervisord.ini")?.contains("[process:web]") == true)
    }

    @Test("prints one document with --json")
    func json() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("[program:web]\ncommand = a\nwhat = 1\n", to: "supervisord.conf")
        let run = gaffer("import", file, "--json")
        #expect(run.messages == "")
        let document = try JSON(parsing: Array(run.output.utf8))
        #expect(document["jobs"] == ["default.web"])
        #expect(document["ini"]?.stringValue?.contains("[process:web]") == true)
        let finding = document["findings"]?.arrayValue?.first { $0["key"] == "what" }
        #expect(finding?["verdict"] == "left out")
        #expect(finding?["line"] == 3)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("hello\n", [], 1, "looks like none of supervisord, circus and systemd"),
            ("[program:web]\nautostart = true\n", [], 1, "has no job that could be imported."),
            ("[program:web]\ncommand = a\n", ["--app", "a b"], 2, "\"a b\" can't name a session."),
            ("[program:web]\ncommand = a\n", ["--from", "runit"], 2, "\"runit\" is no value of --from"),
        ] as [(String, [String], Int32, String)]
    )
    func refuses(content: String, words: [String], code: Int32, message: String) {
        let directory = TemporaryDirectory()
        let run = gaffer(words: ["import", directory.write(content, to: "file")] + words)
        #expect(run.code == code)
        #expect(run.output == "")
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(gaffer("import", "/nonexistent/x").messages.contains("/nonexistent/x can't be read: "))
    }
}
