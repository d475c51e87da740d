import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

@Suite("gafferctl's changes")
struct ChangeTests {
    @Test(
        "send one request for a job, a session and everything",
        arguments: [
            (["start", "shop.web"], ["POST /jobs/shop/web/state?wait=90 1"]),
            (["stop", "shop.web", "--no-wait"], ["POST /jobs/shop/web/state 0"]),
            (["restart", "shop.web", "--timeout", "2.5"], ["POST /jobs/shop/web/state?wait=2.500 3"]),
            (["reload", "shop.web"], ["POST /jobs/shop/web/state?wait=90 2"]),
            (["stop", "4", "--timeout=1"], ["DELETE /4?wait=1 "]),
            (["start", "shop"], ["GET /jobs ", "POST /sessions/shop/state?wait=90 1"]),
            (["stop", "shop.*"], ["GET /jobs ", "POST /sessions/shop/state?wait=90 0"]),
            (["stop", "*"], ["GET /jobs ", "POST /state?wait=90 0"]),
            (["kill", "shop.web", "hup"], [#"POST /jobs/shop/web/signal {"signal":1}"#]),
            (["kill", "4", "-9"], [#"POST /4/signal {"signal":9}"#]),
            (["kill", "shop", "TERM"], ["GET /jobs ", #"POST /sessions/shop/signal {"signal":15}"#]),
            (["unload", "shop.web"], ["DELETE /jobs/shop/web?wait=90 "]),
            (["scale", "shop.web=3"], [#"POST /jobs/shop/web/numprocesses?wait=90 {"scale":"=3"}"#]),
            (["scale", "shop.web+1", "--no-wait"], [#"POST /jobs/shop/web/numprocesses {"scale":"+1"}"#]),
            (["add", "shop.web", "--no-wait"], [#"POST /jobs/shop/web/numprocesses {"scale":"+1"}"#]),
            (["sub", "shop.web", "2", "--no-wait"], [#"POST /jobs/shop/web/numprocesses {"scale":"-2"}"#]),
            (
                ["commit", "shop.web", "-e", "A=1", "-eA=2", "--no-wait"],
                [#"POST /jobs/shop/web/commit {"env":{"A":"2"}}"#]
            ),
        ]
    )
    func requests(words: [String], expected: [String]) {
        let server = gafferd()
        let run = run(words, at: "unix:\(server.path)")
        #expect(run.code == 0)
        #expect(run.messages.isEmpty)
        #expect(!run.output.isEmpty)
        #expect(server.requests.map { "\($0.line) \($0.text)" } == expected)
    }

    @Test("confirm what was done, unless told to be quiet")
    func confirmations() {
        let server = gafferd()
        let endpoint = "unix:\(server.path)"
        #expect(run("start", "*", at: endpoint).output == "default.idle: started\nshop.web: started\n")
        #expect(run("stop", "--no-wait", "shop", at: endpoint).output == "shop.web: is being stopped\n")
        #expect(run("scale", "shop.web=4", at: endpoint).output == "shop.web: 4 processes\n")
        #expect(run("kill", "4", "9", at: endpoint).output == "4: sent SIGKILL\n")
        #expect(run("commit", "shop.web", at: endpoint).output == "12\n")
        #expect(run("-q", "start", "*", at: endpoint).output == "")
    }

    @Test("go on after one failed, and tell it with its code")
    func failures() {
        let server = gafferd { request in
            request.line.hasPrefix("POST /jobs/shop/web/state")
                ? .answer(504, #"{"error":504,"reason":"timed_out","message":"Waited for pid 4."}"#) : nil
        }
        let endpoint = "unix:\(server.path)"
        #expect(
            run("stop", "shop.web", "default.idle", at: endpoint)
                == Run(code: 7, output: "default.idle: stopped\n", messages: "gafferctl: shop.web: Waited for pid 4.\n")
        )
        #expect(
            run("stop", "shop.web", "default.idle", "--json", at: endpoint).output
                == #"{"ok":false,"jobs":[{"name":"default.idle"}],"errors":[{"name":"shop.web","reason":"timed_out","#
                + #""message":"Waited for pid 4.","details":[]}]}"# + "\n"
        )
        #expect(run("stop", "shop.web", "none.a", at: endpoint).code == 1)
    }

    @Test(
        "have the exit code of the error",
        arguments: [(400, 1), (403, 6), (404, 4), (409, 8), (500, 1), (504, 7)] as [(Int, Int32)]
    )
    func codes(status: Int, code: Int32) {
        let server = gafferd { _ in .answer(status, #"{"reason":"word","message":"A sentence."}"#) }
        #expect(
            run("start", "shop.web", at: "unix:\(server.path)")
                == Run(code: code, output: "", messages: "gafferctl: shop.web: A sentence.\n")
        )
    }

    @Test("tell all errors of a configuration that is refused")
    func reload() {
        let server = gafferd { request in
            guard request.line.hasPrefix("POST /reload") else { return nil }
            return .answer(
                400,
                #"{"error":400,"reason":"bad_config","message":"2 errors.","errors":["a.ini:1: x","b.ini:2: y"]}"#
            )
        }
        #expect(
            run("reload", at: "unix:\(server.path)")
                == Run(
                    code: 1,
                    output: "",
                    messages: "gafferctl: 2 errors.\ngafferctl: a.ini:1: x\ngafferctl: b.ini:2: y\n"
                )
        )
    }

    @Test("tell what a reload changed")
    func reloaded() {
        let server = gafferd { request in
            guard request.line.hasPrefix("POST /reload") else { return nil }
            return .answer(#"{"ok":true,"added":["a.b"],"changed":[],"removed":["c.d"],"unchanged":2}"#)
        }
        #expect(run("reload", at: "unix:\(server.path)").output == "a.b: added\nc.d: removed\n2 unchanged\n")
    }

    @Test(
        "refuse what makes no sense before anything is sent",
        arguments: [
            ["start", "4"], ["scale", "web"], ["scale", "web=x"], ["scale", "=3"], ["scale", "web=999999999"],
            ["add", "web", "0"], ["add", "web", "-1"], ["kill", "web", "NOPE"], ["commit", "web", "-e", "A"],
            ["commit", "web", "--graceful-timeout", "x"], ["stop", "web", "--timeout", "0"], ["start", "a.b.c"],
            ["watch", "--since", "x"], ["logs", "-n", "0", "web"], ["logs", "-fn", "-1", "web"], ["send", "4"],
            ["logs", "-n", "10001", "web"],
            ["completions", "tcsh"], ["help", "nothing"], ["status", "--endpoint", "nonsense"],
        ]
    )
    func usage(words: [String]) {
        let server = gafferd()
        let run = run(words, at: "unix:\(server.path)")
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.hasPrefix("gafferctl: "))
        #expect(server.requests.isEmpty)
    }

    @Test(
        "read scales from their last sign",
        arguments: [
            ("web=3", "web", .to(3)), ("web+1", "web", .by(1)), ("web-2", "web", .by(-2)), ("web-1=0", "web-1", .to(0)),
            ("web-1-2", "web-1", .by(-2)), ("shop.web=3", "shop.web", .to(3)), ("shop.*+1", "shop.*", .by(1)),
        ] as [(String, String, ScaleOperation)]
    )
    func scales(word: String, job: String, operation: ScaleOperation) {
        let scale = ScaleCommand.parse(word)
        #expect(scale?.job == job)
        #expect(scale?.operation == operation)
    }
}
