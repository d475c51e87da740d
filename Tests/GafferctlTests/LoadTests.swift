import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

@Suite("gafferctl load and update")
struct LoadTests {
    @Test("send the jobs of a file to their sessions")
    func load() {
        let server = gafferd()
        let directory = TemporaryDirectory()
        let file = directory.write(#"[{"name":"shop.web","cmd":"a"},{"cmd":"b","name":"worker"}]"#, to: "jobs.json")
        let endpoint = "unix:\(server.path)"
        #expect(run("load", file, "--no-wait", at: endpoint).output == "shop.web: loaded\ndefault.worker: loaded\n")
        #expect(run("load_process", "--start", file, "--session", "shop", "--no-wait", at: endpoint).code == 0)
        #expect(run("update", file, "--no-wait", at: endpoint).code == 0)
        #expect(
            server.requests.map { "\($0.line) \($0.text)" } == [
                #"POST /jobs/shop {"name":"web","cmd":"a"}"#,
                #"POST /jobs/default {"name":"worker","cmd":"b"}"#,
                #"POST /jobs/shop {"name":"web","cmd":"a","start":true}"#,
                #"POST /jobs/shop {"name":"worker","cmd":"b","start":true}"#,
                #"PUT /jobs/shop/web {"cmd":"a"}"#,
                #"PUT /jobs/default/worker {"cmd":"b"}"#,
            ]
        )
    }

    @Test(
        "refuse a file that has no jobs before anything is sent",
        arguments: [
            ("", 1, "is no JSON: "), ("[", 1, "is no JSON: "), ("[]", 1, "has no jobs."),
            ("5", 1, ": a job is a JSON object."),
            (#"{"cmd":"a"}"#, 1, ": the member name is missing."),
            (#"[{"name":"a","cmd":"a"},{"cmd":"b"}]"#, 1, ", job 2: the member name is missing."),
            (#"{"name":"a b"}"#, 2, "can't name a job"),
            (#"{"name":"shop.a"}"#, 2, "shop.a has the session shop in its name, and --session says \"other\"."),
        ] as [(String, Int32, String)]
    )
    func refuses(text: String, code: Int32, message: String) {
        let server = gafferd()
        let directory = TemporaryDirectory()
        let file = directory.write(text, to: "jobs.json")
        let run = run("load", "--session", "other", file, at: "unix:\(server.path)")
        #expect(run.code == code)
        #expect(run.output == "")
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(server.requests.isEmpty)
    }

    @Test("name a file that can't be read")
    func missing() {
        #expect(
            run("load", "/nonexistent/x.json")
                == Run(
                    code: 1,
                    output: "",
                    messages: "gafferctl: /nonexistent/x.json can't be read: No such file or directory.\n"
                )
        )
    }
}
