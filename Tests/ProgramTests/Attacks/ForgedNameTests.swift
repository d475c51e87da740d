import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Names that would end a line of a header, of an event or of a log.
@Suite("Forged names", .oneSlot, .timeLimit(.minutes(2)))
struct ForgedNameTests {
    private static let endpoint = "[endpoint:open]\nbind = 127.0.0.1:0\nrequire_key = false"

    /// What would do harm somewhere if it were a name.
    private static let forged = [
        "a\r\nX-Forged: 1", "a\nb", "a\rb", "a\u{0}", "a b", "a\u{1B}[2J", "a\u{2028}b", "a\u{202E}b", "a\u{85}b", "ä",
        "a/../b", "..", "a%0d%0ab", "", "a\tb", "a:b:c", "a;b", "<img onerror>", "'",
        String(repeating: "a", count: 101),
    ]

    private static func quoted(_ text: String) -> String { JSON.string(text).text }

    @Test("Nothing gets such a name: no job, no session, no stream, no user")
    func refused() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            for name in Self.forged {
                let quoted = Self.quoted(name)
                for (path, body) in [
                    ("/jobs/default", #"{"name": \#(quoted), "cmd": "/bin/true"}"#),
                    ("/jobs/default", #"{"name": "x", "cmd": "/bin/true", "custom_streams": [\#(quoted)]}"#),
                    ("/jobs/default", #"{"name": "x", "cmd": "/bin/true", "redirect_output": [\#(quoted)]}"#),
                    ("/users", #"{"username": \#(quoted), "password": "correct horse"}"#),
                    ("/processes", #"{"name": \#(quoted), "cmd": "/bin/true"}"#),
                ] {
                    // A stream may well have a name of 101 letters, and `x:y` is a job of another session in 0.4.
                    if path == "/jobs/default", name.allSatisfy({ $0 == "a" }), !name.isEmpty,
                        !body.contains("\"name\": \(quoted)")
                    {
                        continue
                    }
                    let answer = try await daemon.curl("POST", path, body)
                    #expect(answer.status == 400, "\(path) \(body): \(answer.status) \(answer.text)")
                    #expect(answer.headers["x-forged"] == nil)
                    #expect(!answer.bytes.contains { $0 < 0x20 && $0 != 0x0A })
                }
            }
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"] == [])
            #expect(try await daemon.curl("GET", "/users").json["users"] == [])
        }
    }

    @Test("Nor is one let in by a path, however it is written")
    func paths() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            for name in [
                "a%0d%0aX-Forged:%201", "a%0ab", "a%00", "%1b[2J", "a%c2%85b", "a%e2%80%a8b", "%ff", "a%", "a%zz",
                "..%2f..",
                "%2e%2e", "a%20b", "%252e",
            ] {
                for request in [
                    "GET /jobs/default/\(name)", "PUT /jobs/default/\(name)", "POST /jobs/\(name)",
                    "DELETE /sessions/\(name)",
                    "GET /users/\(name)", "GET /streams/1/\(name)", "POST /streams/1/\(name)", "GET /watch/\(name)",
                    "GET /events?pattern=\(name)", "GET /keys/\(name)",
                ] {
                    let body = request.hasPrefix("P") ? #"{"cmd": "/bin/true", "name": "x"}"# : ""
                    let answer = try await daemon.ask(
                        "\(request) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    )
                    #expect([400, 404].contains(answer.status), "\(request): \(answer.status) \(answer.text)")
                    #expect(answer.headers["x-forged"] == nil)
                }
            }
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"] == [])
        }
    }

    @Test("Nor by a configuration file")
    func sections() async throws {
        try await Workbench.with { bench in
            for name in ["a b", "a\u{1B}[2J", "a\u{2028}b", "..", "12", "a:b:c"] {
                try bench.configure("[process:\(name)]\ncmd = /bin/true")
                let run = try await bench.runGafferd(["-c", bench.scratch("gafferd.ini")])
                #expect(run.code != 0, "\(name)")
                // And what is said of it does no harm to the terminal.
                #expect(!run.error.utf8.contains { $0 < 0x20 && $0 != 0x0A })
                #expect(!run.error.unicodeScalars.contains("\u{2028}"), "\(run.error)")
            }
        }
    }

    @Test("What may hold anything is told in JSON, where it ends nothing")
    func labels() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            let label = "a\r\nX-Forged: 1\u{1B}[2J\u{2028}"
            let made = try await daemon.curl(
                "POST",
                "/keys",
                #"{"label": \#(Self.quoted(label)), "permissions": {"read": ["*"]}}"#
            )
            #expect(made.status == 200, "\(made.text)")
            #expect(made.headers["x-forged"] == nil)
            let listed = try await daemon.curl("GET", "/keys?include_keys=true")
            #expect(!listed.bytes.contains { $0 < 0x20 && $0 != 0x0A })
            #expect(listed.json["keys"]?.arrayValue?.first?["label"]?.stringValue == label)
            let shown = try await daemon.ctl("key", "list")
            #expect(shown.code == 0, "\(shown.all)")
            #expect(!shown.output.utf8.contains { $0 < 0x20 && $0 != 0x0A })
            #expect(shown.output.contains(#"a\r\nX-Forged: 1\u{1b}[2J\u{2028}"#), "\(shown.output)")
        }
    }
}
