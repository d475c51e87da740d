import GafferModel
import Testing
import WebChannels
import sockjs_server

@Suite("SockJS over sockets: polling", .timeLimit(.minutes(2)))
struct SockJSPollingTests {
    private static let neverCached = "no-store, no-cache, must-revalidate, max-age=0"

    @Test("A session opens with its first request, whatever its name", arguments: ["/a/a", "/_/_", "/x-%20/b-j%20"])
    func anyName(path: String) async throws {
        let answer = try await withExampleServer { try $0.ask("POST", "/echo\(path)/xhr") }
        #expect(answer.status == 200)
        #expect(answer.body == "o\n")
    }

    @Test("Messages go to and fro with XHR")
    func xhr() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let opened = try server.ask("POST", session + "/xhr")
            #expect(opened.status == 200)
            #expect(opened.body == "o\n")
            #expect(opened.headers["content-type"] == "application/javascript; charset=UTF-8")
            #expect(opened.headers["cache-control"] == SockJSPollingTests.neverCached)
            #expect(opened.headers["access-control-allow-origin"] == "*")
            #expect(opened.headers["access-control-allow-credentials"] == "true")
            #expect(opened.headers["access-control-allow-headers"] == nil)
            #expect(opened.headers["set-cookie"] == nil)

            let sent = try server.ask("POST", session + "/xhr_send", body: #"["x","é😀"]"#)
            #expect(sent.status == 204)
            #expect(sent.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(sent.headers["cache-control"] == SockJSPollingTests.neverCached)
            #expect(sent.body == "")
            var received = ""
            while !received.contains("é😀") {
                let answer = try server.ask("POST", session + "/xhr")
                #expect(answer.status == 200)
                received += answer.body
            }
            // The application answers one by one, so that both may come in one frame or in two.
            #expect(["a[\"x\",\"é😀\"]\n", "a[\"x\"]\na[\"é😀\"]\n"].contains(received))
        }
    }

    @Test("A request that is there first waits for messages")
    func waits() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let waiting = try server.begin("POST", session + "/xhr")
            // The server part of the path is for load balancers alone.
            let other = session.replacing("/000/", with: "/999/")
            #expect(try server.ask("POST", other + "/xhr_send", body: #"["later"]"#).status == 204)
            #expect(try waiting.rest() == "a[\"later\"]\n")
        }
    }

    @Test("Whatever the content type is, messages are taken")
    func contentTypes() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let types = ["text/plain", "T", "application/json", "application/xml", "", "text/xml; charset=utf-8"]
            for type in types {
                let headers = ["Content-Type": type]
                #expect(try server.ask("POST", session + "/xhr_send", headers, body: #"["a"]"#).status == 204)
            }
            var count = 0
            while count < types.count {
                // The first is that of the frame.
                count += try server.ask("POST", session + "/xhr").body.filter { $0 == "a" }.count - 1
            }
            #expect(count == types.count)
        }
    }

    @Test("What can't be read is refused, and the session goes on")
    func broken() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            for (body, word) in [("[\"x", "Broken JSON encoding."), ("", "Payload expected."), ("[1]", "Broken JSON")] {
                let refused = try server.ask("POST", session + "/xhr_send", body: body)
                #expect(refused.status == 500)
                #expect(refused.body.contains(word))
            }
            #expect(try server.ask("POST", session + "/xhr_send", body: #"["a"]"#).status == 204)
            #expect(try server.ask("POST", session + "/xhr").body == "a[\"a\"]\n")
        }
    }

    @Test("Nobody can send into a session that is not there", arguments: ["xhr_send", "jsonp_send"])
    func noSession(endpoint: String) async throws {
        try await withExampleServer { server throws in
            #expect(try server.ask("POST", "/echo/000/nobody/\(endpoint)", body: #"["a"]"#).status == 404)
            #expect(server.services.sessionCount(of: "echo") == 0)
        }
    }

    @Test("A page is told what it may send, as it asked, unless that is odd")
    func requestedHeaders() async throws {
        try await withExampleServer { server throws in
            for (asked, told) in [("a, b, c", "a, b, c"), ("", nil), ("\u{1}", nil)] as [(String, String?)] {
                let headers = ["Access-Control-Request-Headers": asked]
                guard let answer = try? server.ask("POST", server.session() + "/xhr", headers), answer.status == 200
                else {
                    // The server did not let it through to us.
                    #expect(told == nil)
                    continue
                }
                #expect(answer.headers["access-control-allow-headers"] == told)
            }
        }
    }

    @Test("Messages go to and fro with scripts")
    func jsonp() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let opened = try server.ask("GET", session + "/jsonp?c=%63allback")
            #expect(opened.status == 200)
            #expect(opened.headers["content-type"] == "application/javascript; charset=UTF-8")
            #expect(opened.headers["cache-control"] == SockJSPollingTests.neverCached)
            #expect(opened.body == "callback(\"o\");\r\n")

            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let sent = try server.ask("POST", session + "/jsonp_send", form, body: "d=%5B%22x%22%5D")
            #expect(sent.status == 200)
            #expect(sent.body == "ok")
            #expect(sent.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(sent.headers["cache-control"] == SockJSPollingTests.neverCached)
            #expect(try server.ask("GET", session + "/jsonp?c=callback").body == "callback(\"a[\\\"x\\\"]\");\r\n")

            let plain = ["Content-Type": "text/plain"]
            #expect(try server.ask("POST", session + "/jsonp_send", plain, body: #"["%61<b"]"#).body == "ok")
            // Markup never stands in a script of ours as it came.
            #expect(try server.ask("GET", session + "/jsonp?c=x").body == "x(\"a[\\\"%61\\u003cb\\\"]\");\r\n")

            for (body, word) in [
                ("d=%5B%22x", "Broken JSON encoding."), ("", "Payload"), ("d=", "Payload"), ("p=p", "Payload"),
            ] {
                let refused = try server.ask("POST", session + "/jsonp_send", form, body: body)
                #expect(refused.status == 500)
                #expect(refused.body.contains(word))
            }
        }
    }

    @Test(
        "Scripts and pages want the name of a function, and no other code",
        arguments: ["jsonp", "htmlfile"],
        ["", "?c=", "?c=alert(1)//", "?c=%3Cscript%3E", "?c=a%20b"]
    )
    func callbacks(endpoint: String, query: String) async throws {
        try await withExampleServer { server throws in
            let refused = try server.ask("GET", "/echo/a/a/\(endpoint)\(query)")
            #expect(refused.status == 500)
            #expect(refused.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(refused.body.contains("\"callback\" parameter"))
            #expect(!refused.body.contains("<"))
            #expect(server.services.sessionCount(of: "echo") == 0)
        }
    }

    @Test("The end is told again and again")
    func closed() async throws {
        try await withExampleServer { server throws in
            let session = server.session("close")
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            #expect(try server.ask("POST", session + "/xhr").body == "c[3000,\"Go away!\"]\n")
            #expect(try server.ask("POST", session + "/xhr").body == "c[3000,\"Go away!\"]\n")
            #expect(try server.ask("GET", session + "/jsonp?c=x").body == "x(\"c[3000,\\\"Go away!\\\"]\");\r\n")
            #expect(try server.ask("POST", session + "/xhr_send", body: #"["a"]"#).status == 404)
        }
    }

    @Test("The name of a session that has ended is free after a while")
    func freeAgain() async throws {
        try await withExampleServer(.with(\.disconnectDelay, .milliseconds(50))) { server throws in
            let session = server.session("close")
            for _ in 1...2 {
                while try server.ask("POST", session + "/xhr").body != "o\n" {}
            }
        }
    }

    @Test("A client that does not come back is forgotten, with its session")
    func forgotten() async throws {
        try await withExampleServer(.with(\.disconnectDelay, .milliseconds(50))) { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            while try server.ask("POST", session + "/xhr_send", body: #"["a"]"#).status == 204 {}
            #expect(server.services.sessionCount(of: "echo") == 0)
        }
    }

    @Test("Only one request receives; another is told so, and the first gets the messages")
    func anotherConnection() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let first = try server.begin("POST", session + "/xhr")
            #expect(try server.ask("POST", session + "/xhr").body == "c[2010,\"Another connection still open\"]\n")
            #expect(try server.ask("POST", session + "/xhr_send", body: #"["a"]"#).status == 204)
            #expect(try first.rest() == "a[\"a\"]\n")
        }
    }

    @Test("A request that breaks off ends the session")
    func interrupted() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let first = try server.begin("POST", session + "/xhr")
            #expect(try server.ask("POST", session + "/xhr").body.hasPrefix("c[2010"))
            first.connection.abort()
            var answer = ""
            repeat { answer = try server.ask("POST", session + "/xhr").body } while answer.hasPrefix("c[2010")
            #expect(answer == "c[1002,\"Connection interrupted\"]\n")
        }
    }

    @Test("A session is its owner's: others neither find it nor disturb it")
    func owners() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let mine = ["X-Test-Owner": "me"]
            let theirs = ["X-Test-Owner": "they"]
            #expect(try server.ask("POST", session + "/xhr", mine).body == "o\n")
            #expect(try server.ask("POST", session + "/xhr_send", theirs, body: #"["evil"]"#).status == 404)
            let waiting = try server.begin("POST", session + "/xhr", mine)
            // Another session of the same name.
            #expect(try server.ask("POST", session + "/xhr", theirs).body == "o\n")
            #expect(try server.ask("POST", session + "/xhr_send", theirs, body: #"["theirs"]"#).status == 204)
            #expect(try server.ask("POST", session + "/xhr_send", mine, body: #"["mine"]"#).status == 204)
            #expect(try waiting.rest() == "a[\"mine\"]\n")
            #expect(try server.ask("POST", session + "/xhr", theirs).body == "a[\"theirs\"]\n")
        }
    }

    @Test("There are only so many sessions, of one owner and in all")
    func limits() async throws {
        var configuration = SockJSConfiguration.with(\.sessionsPerOwner, 2)
        configuration.sessions = 3
        try await withExampleServer(configuration) { server throws in
            func open(_ owner: String) throws -> Int {
                try server.ask("POST", server.session() + "/xhr", ["X-Test-Owner": owner]).status
            }
            #expect(try open("a") == 200)
            #expect(try open("a") == 200)
            #expect(try open("a") == 503)
            #expect(try open("b") == 200)
            #expect(try open("c") == 503)
            #expect(server.services.sessionCount(of: "echo") == 3)
        }
    }

    @Test("A body that is too large is refused")
    func tooLarge() async throws {
        try await withExampleServer(.with(\.messageBytes, 1000)) { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let body = "[\"" + String(repeating: "x", count: 1000) + "\"]"
            #expect(try server.ask("POST", session + "/xhr_send", body: body).status == 413)
        }
    }

    @Test("Long messages arrive as they were sent")
    func long() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            let message = "\"" + String(repeating: "x😀", count: 50_000) + "\""
            #expect(try server.ask("POST", session + "/xhr_send", body: "[\(message)]").status == 204)
            let answer = try server.ask("POST", session + "/xhr").body
            #expect(answer == "a[\(message)]\n")
        }
    }

    @Test("A cookie is sent where it is wanted: the client's own, or one that means nothing")
    func cookie() async throws {
        try await withExampleServer { server throws in
            let session = { server.session("cookie_needed_echo") }
            #expect(try server.ask("POST", session() + "/xhr").headers["set-cookie"] == "JSESSIONID=dummy; Path=/")
            let known = try server.ask("POST", session() + "/xhr", ["Cookie": "a=b; JSESSIONID=abcdef"])
            #expect(known.headers["set-cookie"] == "JSESSIONID=abcdef; Path=/")
            #expect(try server.ask("GET", "/cookie_needed_echo/info").headers["set-cookie"] == nil)
            for path in ["/xhr_streaming", "/eventsource", "/htmlfile?c=x", "/jsonp?c=x"] {
                let method = path == "/xhr_streaming" ? "POST" : "GET"
                let opened = try server.begin(method, session() + path)
                #expect(opened.answer.headers["set-cookie"] == "JSESSIONID=dummy; Path=/", "\(path)")
            }
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let path = session()
            #expect(try server.ask("GET", path + "/jsonp?c=x").body == "x(\"o\");\r\n")
            let sent = try server.ask("POST", path + "/jsonp_send", form, body: "d=%5B%22x%22%5D")
            #expect(sent.headers["set-cookie"] == "JSESSIONID=dummy; Path=/")
        }
    }

    @Test("What browsers change on the way is escaped, and what they escape is read")
    func unicode() async throws {
        try await withExampleServer { server throws in
            let listed: [ClosedRange<UInt32>] = [0x200C...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0xFFF0...0xFFFF]
            let characters = listed.joined().compactMap(Unicode.Scalar.init)
            let text = String(String.UnicodeScalarView(characters))
            let escaped = characters.map { "\\u" + String($0.value, radix: 16) }.joined()
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            #expect(try server.ask("POST", session + "/xhr_send", body: "[\"\(text)\"]").status == 204)
            #expect(try server.ask("POST", session + "/xhr").body == "a[\"\(escaped)\"]\n")

            let all = (UInt32(0)...0xFFFF).filter { $0 & 0xF800 != 0xD800 }
            let body = "[\"" + all.map { "\\u" + String(0x10000 + $0, radix: 16).dropFirst() }.joined() + "\"]"
            #expect(try server.ask("POST", session + "/xhr_send", body: body).status == 204)
            let answer = try server.ask("POST", session + "/xhr").body
            let read = try JSON(parsing: Array(answer.utf8.dropFirst().dropLast()))
            #expect(try read == JSON(parsing: body))
        }
    }
}
