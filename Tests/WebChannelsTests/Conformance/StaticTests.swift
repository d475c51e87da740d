import GafferModel
import Testing
import WebChannels
import sockjs_server

@Suite("SockJS over sockets: what is there before a session", .timeLimit(.minutes(2)))
struct SockJSStaticTests {
    private static let neverCached = "no-store, no-cache, must-revalidate, max-age=0"

    @Test("The service greets", arguments: ["/echo", "/echo/"])
    func greeting(path: String) async throws {
        let answer = try await withExampleServer { try $0.ask("GET", path) }
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; charset=UTF-8")
        #expect(answer.body == "Welcome to SockJS!\n")
        #expect(answer.headers["set-cookie"] == nil)
    }

    @Test("What is not there is not found")
    func notFound() async throws {
        try await withExampleServer { server throws in
            for path in ["/a", "/a.html", "//", "///", "/a/a", "/a/a/", "/a/", "/iframe.htm", "/iframe-/.html"] {
                #expect(try server.ask("GET", "/echo" + path).status == 404, "\(path)")
            }
            for path in ["///xhr", "/a./a/xhr", "/a/a./xhr", "/././xhr", "//xhr", "////xhr"] {
                #expect(try server.ask("GET", "/echo" + path).status == 404, "\(path)")
                #expect(try server.ask("POST", "/echo" + path).status == 404, "\(path)")
            }
        }
    }

    @Test(
        "The page for hidden frames is kept for a year",
        arguments: ["/iframe.html", "/iframe-0.1.2abc-dirty.2144.html", "/iframe-a.html?t=1234"]
    )
    func frame(path: String) async throws {
        try await withExampleServer { server throws in
            let answer = try server.ask("GET", "/echo" + path)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/html; charset=UTF-8")
            #expect(answer.headers["cache-control"] == "public, max-age=31536000")
            #expect(answer.headers["expires"]?.hasSuffix(" GMT") == true)
            #expect(answer.headers["last-modified"] == nil)
            #expect(answer.headers["set-cookie"] == nil)
            #expect(answer.body.hasPrefix("<!DOCTYPE html>\n<html>\n<head>\n  <meta http-equiv=\"X-UA-Compatible\""))
            #expect(answer.body.contains("    _sockjs_onload = function(){SockJS.bootstrap_iframe();};\n  </script>\n"))
            #expect(answer.body.contains("\n  <script src=\"https://"))
            #expect(answer.body.hasSuffix("for cross domain magic.</p>\n</body>\n</html>"))

            let tag = try #require(answer.headers["etag"])
            for known in [tag, "\"x\", \(tag)", "*"] {
                let unchanged = try server.ask("GET", "/echo" + path, ["If-None-Match": known])
                #expect(unchanged.status == 304)
                #expect(unchanged.headers["content-type"] == nil)
                #expect(unchanged.body == "")
            }
            #expect(try server.ask("GET", "/echo" + path, ["If-None-Match": "\"x\""]).status == 200)
        }
    }

    @Test("Where the client library is may be anywhere, but it stays an attribute")
    func clientURL() async throws {
        let answer = try await withExampleServer(.with(\.clientURL, "/a?b&\"><script>")) { server throws in
            try server.ask("GET", "/echo/iframe.html")
        }
        #expect(answer.body.contains("<script src=\"/a?b&amp;&quot;>&lt;script>\"></script>"))
    }

    @Test("What the service can do is told anew each time")
    func info() async throws {
        try await withExampleServer { server throws in
            let first = try server.ask("GET", "/echo/info")
            #expect(first.status == 200)
            #expect(first.headers["content-type"] == "application/json; charset=UTF-8")
            #expect(first.headers["cache-control"] == SockJSStaticTests.neverCached)
            #expect(first.headers["expires"] == nil)
            #expect(first.headers["access-control-allow-origin"] == "*")
            #expect(first.headers["set-cookie"] == nil)
            let info = try JSON(parsing: first.body)
            #expect(info["websocket"] == .bool(true))
            #expect(info["cookie_needed"] == .bool(false))
            #expect(info["origins"] == .array([.string("*:*")]))
            guard case .integer(0...0xFFFF_FFFF) = info["entropy"] else {
                Issue.record("no number of 32 bits: \(info)")
                return
            }
            let second = try JSON(parsing: try server.ask("GET", "/echo/info").body)
            #expect(second["entropy"] != info["entropy"])

            let other = try JSON(parsing: try server.ask("GET", "/disabled_websocket_echo/info").body)
            #expect(other["websocket"] == .bool(false))
            let cookie = try JSON(parsing: try server.ask("GET", "/cookie_needed_echo/info").body)
            #expect(cookie["cookie_needed"] == .bool(true))
        }
    }

    @Test("Websockets that are switched off are not there")
    func withoutWebSockets() async throws {
        try await withExampleServer { server throws in
            #expect(try PlainWebSocket(server, "/disabled_websocket_echo/a/b/websocket").answer.status == 404)
            #expect(try PlainWebSocket(server, "/disabled_websocket_echo/websocket").answer.status == 404)
        }
    }

    @Test("A request that asks for no websocket gets none, and only GET may")
    func noWebSocket() async throws {
        try await withExampleServer { server throws in
            let plain = try server.ask("GET", "/echo/0/0/websocket")
            #expect(plain.status == 400)
            #expect(plain.body == #"Can "Upgrade" only to "WebSocket"."#)
            let headers = ["Upgrade": "WebSocket", "Connection": "close"]
            let rewritten = try server.ask("GET", "/echo/0/0/websocket", headers)
            #expect(rewritten.status == 400)
            #expect(rewritten.body == #""Connection" must be "Upgrade"."#)
            for headers in [[:], ["Upgrade": "WebSocket", "Connection": "Upgrade"]] {
                let posted = try server.ask("POST", "/echo/0/0/websocket", headers)
                #expect(posted.status == 405)
                #expect(posted.headers["allow"] == "GET")
                #expect(posted.headers["content-type"] == nil)
                #expect(posted.body == "")
            }
        }
    }

    @Test(
        "OPTIONS tells for a year what may be asked",
        arguments: [
            ("/info", "GET"), ("/a/b/xhr", "POST"), ("/a/b/xhr_send", "POST"), ("/a/b/xhr_streaming", "POST"),
            ("/a/b/eventsource", "GET"), ("/a/b/htmlfile", "GET"), ("/a/b/jsonp", "GET"), ("/a/b/jsonp_send", "POST"),
        ]
    )
    func options(path: String, method: String) async throws {
        try await withExampleServer { server throws in
            let answer = try server.ask("OPTIONS", "/echo" + path)
            #expect(answer.status == 204)
            #expect(answer.headers["cache-control"] == "public, max-age=31536000")
            #expect(answer.headers["expires"]?.hasSuffix(" GMT") == true)
            #expect(answer.headers["access-control-max-age"] == "31536000")
            #expect(answer.headers["access-control-allow-methods"] == "OPTIONS, \(method)")
            #expect(answer.headers["access-control-allow-origin"] == "*")
            #expect(answer.headers["access-control-allow-credentials"] == "true")
            #expect(answer.headers["content-type"] == nil)
            #expect(answer.body == "")
            // Nothing was opened by it.
            #expect(server.services.sessionCount(of: "echo") == 0)
        }
    }

    @Test("A page is told once that it may read the answer", arguments: [("test", "test"), ("null", "*")])
    func origin(asked: String, told: String) async throws {
        try await withExampleServer { server throws in
            for (method, path) in [
                ("OPTIONS", "/echo/info"), ("GET", "/echo/info"), ("POST", server.session() + "/xhr"),
            ] {
                let answer = try server.ask(method, path, ["Origin": asked])
                // A header that comes twice would be told by its second value, and the other's would be seen in `vary`.
                #expect(answer.headers["access-control-allow-origin"] == told)
                #expect(answer.headers["access-control-allow-credentials"] == "true")
                #expect(answer.headers["vary"] == "origin")
            }
        }
    }

    @Test("A session is asked by its method and no other", arguments: ["xhr", "eventsource", "jsonp_send"])
    func methods(endpoint: String) async throws {
        let answer = try await withExampleServer { server throws in
            try server.ask("DELETE", "/echo/a/b/\(endpoint)")
        }
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "OPTIONS, \(endpoint == "eventsource" ? "GET" : "POST")")
    }
}
