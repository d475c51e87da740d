import Testing
import WebTestKit

@testable import gaffer

@Suite("gaffer load")
struct LoadCommandTests {
    @Test("loads what is not there, in the order of the Procfile")
    func loads() {
        let shop = Shop(environment: "COLOR=red\n")
        let server = gafferd([:])
        let run = gaffer("load", "--no-wait", "-c", "web=2", at: server, in: shop.folder)
        #expect(
            run
                == NodeRun(
                    code: 0,
                    output: """
                        shop.web: loaded
                        shop.worker: loaded
                        ==> 'shop' has been loaded in unix:\(server.path)

                        """,
                    messages: ""
                )
        )
        let tail = "\"procfile\":\"\(shop.folder)/Procfile\"}"
        #expect(
            server.changes == [
                "POST /jobs/shop {\"name\":\"web\",\"cmd\":\"serve\",\"args\":[\"-p\",\"80\"],\"cwd\":\"\(shop.folder)\","
                    + "\"env\":{\"COLOR\":\"red\"},\"os_env\":true,\"port\":5000,\"numprocesses\":2,\"priority\":0,\(tail)",
                "POST /jobs/shop {\"name\":\"worker\",\"cmd\":\"work\",\"cwd\":\"\(shop.folder)\","
                    + "\"env\":{\"COLOR\":\"red\"},\"os_env\":true,\"port\":5100,\"priority\":1,\(tail)",
            ]
        )
    }

    @Test("changes only what differs")
    func changes() {
        let shop = Shop()
        let server = gafferd([
            "shop.web": job("shop.web", config: shop.config("web", ["serve", "-p", "80"], priority: 0), wanted: 4),
            "shop.worker": job("shop.worker", config: shop.config("worker", ["old"], priority: 1), wanted: 2),
            "shop.clock": job("shop.clock", config: shop.config("clock", ["tick"], priority: 2)),
            "shop.own": job("shop.own", config: #"{"cmd":"x"}"#),
            "other.job": job("other.job", config: #"{"cmd":"x","procfile":"/x"}"#),
        ])
        let run = gaffer("load", "--no-wait", at: server, in: shop.folder)
        #expect(run.code == 0)
        #expect(
            run.output == """
                shop.clock: removed
                shop.web: unchanged
                shop.worker: changed
                ==> 'shop' has been loaded in unix:\(server.path)

                """
        )
        #expect(run.messages == "gaffer: shop.own is not of this Procfile, and was left alone.\n")
        #expect(
            server.changes.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "DELETE /jobs/shop/clock", "PUT /jobs/shop/worker",
            ]
        )
        #expect(server.changes.last?.contains("\"numprocesses\":2") == true)
    }

    @Test("tells as JSON what became of each job")
    func json() {
        let shop = Shop()
        let web = job("shop.web", config: shop.config("web", ["serve", "-p", "80"], priority: 0))
        let server = gafferd(["shop.web": web])
        let run = gaffer("load", "--no-wait", "--json", "-c", "web=3", at: server, in: shop.folder)
        #expect(
            run.output == #"{"ok":true,"jobs":[{"name":"shop.web","change":"scaled"},"#
                + #"{"name":"shop.worker","change":"loaded"}],"errors":[]}"# + "\n"
        )
        #expect(server.changes.first == #"POST /jobs/shop/web/numprocesses {"scale":"=3"}"#)
    }

    @Test("takes another name, and . for that of the folder", arguments: [("store", "store"), (".", "shop")])
    func names(word: String, name: String) {
        let shop = Shop()
        let server = gafferd([:])
        #expect(gaffer("load", word, "--no-wait", at: server, in: shop.folder).code == 0)
        #expect(server.changes.allSatisfy { $0.hasPrefix("POST /jobs/\(name) ") })
        #expect(server.changes.count == 2)
    }

    @Test("keeps a type of which none is wanted, so that it can be scaled")
    func none() {
        let shop = Shop()
        let server = gafferd([:])
        #expect(gaffer("load", "--no-wait", "-c", "worker=0", at: server, in: shop.folder).code == 0)
        #expect(server.changes.last?.contains("\"numprocesses\":0") == true)
    }

    @Test("goes on after a failure, and tells exactly what became of what")
    func fails() {
        let shop = Shop()
        let server = gafferd([:]) { request in
            guard request.line.hasPrefix("POST "), request.text.contains("\"web\"") else { return nil }
            return .answer(400, #"{"error":"bad_value","reason":"bad_value","message":"It is bad."}"#)
        }
        #expect(
            gaffer("load", "--no-wait", at: server, in: shop.folder)
                == NodeRun(
                    code: 1,
                    output: "shop.worker: loaded\n",
                    messages: """
                        gaffer: shop.web: It is bad.
                        gaffer: 1 of 2 jobs failed; the others are as told.

                        """
                )
        )
    }

    @Test(
        "changes nothing where something is wrong",
        arguments: [
            ("web serve\n", [], 1, "Procfile:1"), ("web: a\nweb: b\n", [], 1, "Procfile:2"),
            ("web: a\n", ["-c", "wbe=2"], 2, "wbe"), ("web: a\n", ["-c", "web=x"], 2, "-c web=x"),
            ("web: a\n", ["Shop Two"], 2, "can't name an application"), ("web: a\n", ["--port", "0"], 2, "--port"),
            ("web: a\n", ["x", "--app", "y"], 2, "--app says"),
        ] as [(String, [String], Int32, String)]
    )
    func refuses(procfile: String, words: [String], code: Int32, message: String) {
        let shop = Shop(procfile: procfile)
        let server = gafferd([:])
        let run = gaffer(words: ["load"] + words, at: server, in: shop.folder)
        #expect(run.code == code, "\(run)")
        #expect(run.output == "")
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(server.requests.isEmpty)
    }

    @Test("changes nothing where gafferd does not show the variables")
    func hidden() {
        let shop = Shop(environment: "COLOR=red\n")
        let config = shop.config("web", ["serve", "-p", "80"], priority: 0, more: #""env":{"COLOR":"***"},"#)
        let server = gafferd(["shop.web": job("shop.web", config: config)])
        let run = gaffer("load", at: server, in: shop.folder)
        #expect(run.code == 6)
        #expect(run.messages.hasPrefix("gaffer: The variables of shop.web can't be compared: "))
        #expect(server.changes.isEmpty)
    }

    @Test("takes jobs of a JSON file into the application")
    func file() {
        let shop = Shop()
        let server = gafferd(["shop.a": job("shop.a", config: #"{"cmd":"a"}"#)])
        let text = #"[{"name":"a","cmd":"a"},{"name":"b","cmd":"b","numprocesses":2},{"name":"x.c","cmd":"c"}]"#
        let run = gaffer("load", "-", "--no-wait", at: server, in: shop.folder, input: Array(text.utf8))
        #expect(
            run.output
                == "shop.a: unchanged\nshop.b: loaded\nx.c: loaded\n"
                + "==> 'the standard input' has been loaded in unix:\(server.path)\n"
        )
        #expect(
            server.changes == [
                #"POST /jobs/shop {"name":"b","cmd":"b","numprocesses":2}"#, #"POST /jobs/x {"name":"c","cmd":"c"}"#,
            ]
        )
        let wrong = gaffer(
            "load",
            "-",
            at: server,
            in: shop.folder,
            input: Array(#"[{"name":"a","cmd":"a"},{"name":"b","nice":99}]"#.utf8)
        )
        #expect(wrong.code == 1)
        #expect(wrong.messages.contains("shop.b: "))
        #expect(server.changes.count == 2)
    }
}
