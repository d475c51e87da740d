import Testing
import WebTestKit

@testable import gaffer

@Suite("gaffer's control of a loaded application")
struct ControlTests {
    private static let jobs = [
        "shop.dummy": job("shop.dummy", config: #"{"cmd":"x"}"#),
        "shop.dummy1": job("shop.dummy1", config: #"{"cmd":"x"}"#),
        "store.web": job("store.web", config: #"{"cmd":"x"}"#),
    ]

    @Test("scale tells what it does as the manual does")
    func scale() {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        for words in [["scale"], ["ps:scale"], ["scale", "shop"], ["scale", "."]] {
            #expect(
                gaffer(words: words + ["dummy=3", "dummy1+2", "--no-wait"], at: server, in: shop.folder)
                    == NodeRun(
                        code: 0,
                        output: """
                            Scaling dummy processes... done, now running 3
                            Scaling dummy1 processes... done, now running 3

                            """,
                        messages: ""
                    ),
                "\(words)"
            )
        }
        #expect(
            server.changes.prefix(2) == [
                #"POST /jobs/shop/dummy/numprocesses {"scale":"=3"}"#,
                #"POST /jobs/shop/dummy1/numprocesses {"scale":"+2"}"#,
            ]
        )
        #expect(
            gaffer("scale", "store", "web-1", "--no-wait", at: server, in: shop.folder).output
                == "Scaling web processes... done, now running 3\n"
        )
        #expect(server.changes.last == #"POST /jobs/store/web/numprocesses {"scale":"-1"}"#)
    }

    @Test("scale tells a failure, and what was done, also as JSON")
    func scaleFails() {
        let shop = Shop()
        let server = gafferd(Self.jobs) { request in
            request.line == "POST /jobs/shop/dummy/numprocesses"
                ? .answer(403, #"{"error":"forbidden","reason":"forbidden","message":"You may not."}"#) : nil
        }
        #expect(
            gaffer("scale", "dummy=3", "dummy1=3", "--no-wait", at: server, in: shop.folder)
                == NodeRun(
                    code: 6,
                    output: "Scaling dummy processes... failed\nScaling dummy1 processes... done, now running 3\n",
                    messages: "gaffer: shop.dummy: You may not.\n"
                )
        )
        #expect(
            gaffer("scale", "dummy1=3", "--json", "--no-wait", at: server, in: shop.folder).output
                == #"{"ok":true,"jobs":[{"name":"shop.dummy1","numprocesses":3}],"errors":[]}"# + "\n"
        )
        #expect(gaffer("-q", "scale", "dummy1=3", "--no-wait", at: server, in: shop.folder).output == "")
    }

    @Test(
        "scale changes nothing where a word is wrong",
        arguments: [
            (["scale", "shop"], 2, "JOB=N is missing."), (["scale", "dummy=3", "dummy1"], 2, "\"dummy1\" is no scale"),
            (["scale", "dummy=3", "dumy1+2"], 4, "Did you mean dummy1?"), (["scale", "dummy=x"], 2, "is no scale"),
        ] as [([String], Int32, String)]
    )
    func scaleRefuses(words: [String], code: Int32, message: String) {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        let run = gaffer(words: words, at: server, in: shop.folder)
        #expect(run.code == code)
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(server.changes.isEmpty)
    }

    @Test(
        "states are those of the application, or of what is named",
        arguments: [
            (["ps:start"], ["POST /sessions/shop/state 1"]), (["ps:stop"], ["POST /sessions/shop/state 0"]),
            (["ps:restart"], ["POST /sessions/shop/state 3"]), (["reload"], ["POST /sessions/shop/state 2"]),
            (["ps:stop", "store"], ["POST /sessions/store/state 0"]),
            (["ps:restart", "dummy"], ["POST /jobs/shop/dummy/state 3"]), (["ps:stop", "12"], ["DELETE /12 "]),
            (["ps:start", "*"], ["POST /sessions/shop/state 1"]),
            (["kill", ".", "USR1"], [#"POST /sessions/shop/signal {"signal":10}"#]),
            (["ps:kill", "dummy", "-9"], [#"POST /jobs/shop/dummy/signal {"signal":9}"#]),
            (["unload", "dummy"], ["DELETE /jobs/shop/dummy "]),
            (["unload"], ["DELETE /jobs/shop/dummy ", "DELETE /jobs/shop/dummy1 "]),
            (["send", "12.ctl", "a", "b"], ["POST /streams/12/ctl a b\n"]),
        ]
    )
    func states(words: [String], changes: [String]) {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        let isWaiting = !["kill", "ps:kill", "send"].contains(words[0])
        let run = gaffer(words: words + (isWaiting ? ["--no-wait"] : []), at: server, in: shop.folder)
        #expect(run.code == 0, "\(run)")
        #expect(server.changes.sorted() == changes)
    }

    @Test("unload says what is gone, and takes names from a file")
    func unload() {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        #expect(
            gaffer("unload", at: server, in: shop.folder).output == """
                shop.dummy: unloaded
                shop.dummy1: unloaded
                ==> 'shop' has been unloaded from unix:\(server.path)

                """
        )
        let text = Array(#"[{"name":"dummy"},{"name":"store.web"}]"#.utf8)
        #expect(
            gaffer("unload", "--from-file", "-", at: server, in: shop.folder, input: text).output
                == "shop.dummy: unloaded\nstore.web: unloaded\n"
        )
        #expect(gaffer("unload", "dummy", "--from-file", "-", at: server, in: shop.folder, input: text).code == 2)
    }

    @Test("apps lists the applications")
    func apps() {
        let server = gafferd(Self.jobs)
        #expect(gaffer("apps", at: server).output == "shop\nstore\n")
        #expect(gaffer("apps", "--json", at: server).output == #"{"apps":["shop","store"]}"# + "\n")
    }

    @Test("logs are those of the application, which has no processes here")
    func logs() {
        let shop = Shop()
        let server = gafferd(Self.jobs) { request in
            guard request.line.contains("/tail?") else { return nil }
            let name = request.line.contains("dummy1") ? "two" : "one"
            let data = name == "two" ? "dHdvCg==" : "b25lCg=="
            return .answer(
                #"{"tail":[{"pid":1,"stream":"stdout","instance":1,"data":"\#(name)\n","data_b64":"\#(data)"}]}"#
            )
        }
        #expect(
            gaffer("logs", "--no-follow", at: server, in: shop.folder).output
                == "==> dummy 1 stdout <==\none\n\n==> dummy1 1 stdout <==\ntwo\n"
        )
        #expect(gaffer("logs", "--no-follow", "--ps", "dummy", at: server, in: shop.folder).output == "one\n")
        #expect(
            gaffer("logs", "--no-follow", "--prefix", "dummy", at: server, in: shop.folder).output
                .hasSuffix("dummy.1 | one\n")
        )
    }

    @Test("the endpoint is that of -g, too, and the key that of the variables or the settings")
    func endpoint() {
        let server = gafferd(Self.jobs)
        let endpoint = "unix:\(server.path)"
        #expect(gaffer("-g", endpoint, "apps", variables: ["GAFFER_ENDPOINT": "unix:/nonexistent"]).code == 0)
        #expect(gaffer("apps", "--gafferd-http-address", endpoint).code == 0)
        #expect(gaffer("apps").code == 5)
        let directory = TemporaryDirectory()
        let key = directory.write("secret\n", to: "key")
        let settings = directory.write("[node \"\(endpoint)\"]\nkey = kept\n", to: "gaffer.ini")
        #expect(gaffer("apps", at: server, variables: ["GAFFER_API_KEY_FILE": key]).code == 0)
        #expect(server.requests.last?.headers.contains("X-API-Key: secret") == true)
        #expect(gaffer("apps", at: server, variables: ["GAFFER_CONFIG": settings]).code == 0)
        #expect(server.requests.last?.headers.contains("X-API-Key: kept") == true)
    }

    @Test(
        "accounts have the spellings of older releases",
        arguments: [
            (["user:del", "ann"], "DELETE /users/ann "),
            (["user:setkey", "ann", "k"], #"PUT /users/ann/key {"key":"k"}"#),
            (["key:delete", "k"], "DELETE /keys/k "),
        ]
    )
    func accounts(words: [String], change: String) {
        let server = gafferd([:])
        let run = gaffer(words: words, at: server)
        #expect(run.code == 0, "\(run)")
        #expect(server.changes == [change])
    }

    @Test("user NAME and key KEY show it", arguments: [(["user", "ann"], "/users/ann"), (["key", "k1"], "/keys/k1")])
    func shows(words: [String], target: String) {
        let server = gafferd([:]) { request in
            .answer(#"{"username":"ann","user_type":1,"key":"k1","label":"x","permissions":{}}"#)
        }
        #expect(gaffer(words: words, at: server).code == 0)
        #expect(server.requests.map(\.line) == ["GET \(target)"])
    }
}
