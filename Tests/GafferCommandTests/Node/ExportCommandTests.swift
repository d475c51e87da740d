import GafferModel
import Glibc
import Testing
import WebTestKit

@testable import GafferTool
@testable import gaffer

@Suite("gaffer export")
struct ExportCommandTests {
    private func text(of path: String) -> String? {
        guard let bytes = try? SettingsFile.contents(of: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test(
        "prints the application in each format, without a gafferd",
        arguments: [
            ([], "[process:shop:web]\n"), (["--format", "ini"], "cmd = serve\n"),
            (["--format", "json"], #""name": "shop.worker""#), (["--format", "supervisor"], "[program:"),
            (["--format", "systemd"], "[Service]\n"), (["--app", "store"], "[process:store:web]\n"),
            (["-c", "web=3"], "numprocesses = 3\n"), (["--port", "9000"], "port = 9000\n"),
        ]
    )
    func formats(words: [String], part: String) {
        let run = gaffer(words: ["export"] + words, in: Shop().folder)
        #expect(run.code == 0, "\(run)")
        #expect(run.output.contains(part), "\(run.output)")
    }

    @Test("tells several files apart where they are printed")
    func several() {
        let output = gaffer("export", "--format", "systemd", in: Shop().folder).output
        let headings = output.split(separator: "\n").filter { $0.hasPrefix("# ---- ") }
        #expect(headings.count > 1)
        #expect(output.hasPrefix("# ---- "))
    }

    @Test("takes one type, and says what was meant")
    func type() {
        let shop = Shop()
        let run = gaffer("export", "web", "--format", "json", in: shop.folder)
        #expect(run.output.contains("shop.web") && !run.output.contains("worker"))
        #expect(
            gaffer("export", "wrker", in: shop.folder)
                == NodeRun(
                    code: 4,
                    output: "",
                    messages: "gaffer: There is no type \"wrker\" in \(shop.folder)/Procfile. Did you mean worker?\n"
                )
        )
        #expect(gaffer("export", "--format", "upstart", in: shop.folder).code == 2)
    }

    @Test("writes files, and never over others without --force")
    func writes() {
        let shop = Shop()
        let units = shop.path("units")
        let run = gaffer("export", "--format", "systemd", "--out", units + "/", in: shop.folder)
        #expect(run.code == 0, "\(run)")
        let written = run.output.split(separator: "\n").map { String($0.replacing(": written", with: "")) }
        #expect(written.count > 1)
        for path in written {
            #expect(path.hasPrefix("\(units)/") && text(of: path)?.contains("[Unit]") == true, "\(path)")
        }

        let one = shop.path("shop.ini")
        #expect(gaffer("export", "--out", one, in: shop.folder).output == "\(one): written\n")
        let before = text(of: one)
        shop.write("other: x\n")
        #expect(
            gaffer("export", "--out", one, in: shop.folder)
                == NodeRun(
                    code: 1,
                    output: "",
                    messages:
                        "gaffer: \(one) exists already: give --force to replace it.\ngaffer: Nothing was written.\n"
                )
        )
        #expect(text(of: one) == before)
        #expect(gaffer("export", "--out", one, "--force", in: shop.folder).code == 0)
        #expect(text(of: one)?.contains("[process:shop:other]") == true)
        #expect(gaffer("export", "--out", shop.path("none/shop.ini"), in: shop.folder).code == 1)
    }

    @Test("writes what has variables for the user alone")
    func secrets() {
        let plain = Shop()
        #expect(gaffer("export", "--out", plain.path("a.ini"), in: plain.folder).code == 0)
        #expect(mode(of: plain.path("a.ini")).map { $0 & 0o600 } == 0o600)
        let secret = Shop(environment: "PASSWORD=x\n")
        #expect(gaffer("export", "--out", secret.path("a.ini"), in: secret.folder).code == 0)
        #expect(mode(of: secret.path("a.ini")) == 0o600)
    }

    @Test("gives one document with --json")
    func json() throws {
        let shop = Shop()
        let document = try JSON(parsing: Array(gaffer("export", "--json", in: shop.folder).output.utf8))
        let file = document["files"]?.arrayValue?.first
        #expect(file?["name"] == "shop.ini")
        #expect(file?["path"] == .null)
        #expect(file?["text"]?.stringValue?.hasPrefix("[process:shop:web]") == true)
        #expect(document["notes"]?.arrayValue != nil)
    }

    @Test("loads again as what it was")
    func roundTrip() {
        let shop = Shop()
        let server = gafferd([:])
        let json = gaffer("export", "--format", "json", in: shop.folder).output
        #expect(gaffer("load", "-", "--no-wait", at: server, in: shop.folder, input: Array(json.utf8)).code == 0)
        let loaded = server.changes
        #expect(gaffer("load", "--no-wait", at: server, in: shop.folder).code == 0)
        let direct = server.changes.dropFirst(loaded.count)
        // But for the member that names the Procfile.
        let mark = ",\"procfile\":\"\(shop.folder)/Procfile\""
        #expect(loaded.count == 2)
        #expect(loaded == direct.map { $0.replacing(mark, with: "") })
    }
}
