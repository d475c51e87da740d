import GafferClient
import GafferModel
import Testing
import WebClient
import WebTestKit

private func client(_ server: ScriptedServer, key: String? = nil) -> GafferClient {
    GafferClient(endpoint: .unix(path: server.path), access: .init(apiKey: key))
}

@Suite("The feeds of gafferd")
struct FeedTests {
    @Test("give a stream's bytes as they are, and its end")
    func output() throws {
        let server = ScriptedServer { _ in
            .init(bytes: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\u{0}b\r\n0\r\n\r\n".utf8))
        }
        let feed = try client(server, key: "k").output(of: 4, "stdout", tail: 10)
        #expect(try feed.next(waiting: .seconds(30)) == .bytes([0x61, 0, 0x62]))
        #expect(try feed.next(waiting: .seconds(30)) == .end)
        #expect(server.requests.map(\.line) == ["GET /streams/4/stdout?feed=continuous&tail=10"])
        #expect(server.requests[0].headers.contains("X-API-Key: k"))
    }

    @Test("write bytes, and close what is written to")
    func write() throws {
        let server = ScriptedServer { _ in .answer(#"{"ok":true,"bytes":3}"#) }
        let client = client(server)
        #expect(try client.write([1, 0, 255], to: 4) == 3)
        #expect(try client.write([], to: 4, "my stream", closes: true) == 3)
        #expect(server.requests.map(\.line) == ["POST /streams/4/stdin", "POST /streams/4/my%20stream?eof=true"])
        #expect(server.requests[0].headers.contains("Content-Type: application/octet-stream"))
        #expect(server.requests[0].body == [1, 0, 255])
    }

    @Test("are taken up again where they broke off, as the server says")
    func resumes() throws {
        let server = ScriptedServer { request in
            switch request.connection {
            case 1:
                .init(
                    bytes: Array(
                        """
                        HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
                        2A\r\nretry: 1\n\nid: 7\ndata: a\n\nid: 8\ndata: half\r\n
                        """.utf8
                    ),
                    closes: true
                )
            case 2: .answer(503, #"{"reason":"starting"}"#, closes: true)
            default: .stream("id: 8\ndata: b\n\n", closes: true)
            }
        }
        let feed = try client(server).events("spawn", since: "6")
        #expect(try feed.next(waiting: .seconds(30)) == .event(ServerEvent(id: "7", data: "a")))
        guard case .lost = try feed.next(waiting: .seconds(30)) else {
            Issue.record("The feed is not lost.")
            return
        }
        #expect(feed.descriptor == -1)
        #expect(feed.wakeUp != nil)
        var items: [EventFeed.Item] = []
        while items.last != .end { items.append(try feed.next(waiting: .seconds(30))) }
        #expect(
            items.filter { if case .lost = $0 { false } else { $0 != .nothing } }
                == [.reconnected, .event(ServerEvent(id: "8", data: "b")), .end]
        )
        let ids = server.requests.map { $0.headers.filter { $0.hasPrefix("Last-Event-ID") } }
        #expect(ids == [["Last-Event-ID: 6"], ["Last-Event-ID: 7"], ["Last-Event-ID: 7"]])
        #expect(server.requests[0].line == "GET /events?feed=eventsource&pattern=spawn")
    }

    @Test("are over where gafferd refuses them")
    func refused() throws {
        let server = ScriptedServer { request in
            request.connection == 1 ? .stream("retry: 1\n\n", closes: true) : .answer(403, "{}", closes: true)
        }
        let feed = try client(server).watch(["proc", "web"])
        #expect(try feed.next(waiting: .seconds(30)) == .end)
        feed.resume()
        let error = #expect(throws: ClientError.self) {
            while try feed.next(waiting: .seconds(30)) != .end {}
        }
        #expect(error?.kind == .refused)
        #expect(try feed.next(waiting: .seconds(30)) == .end)
        #expect(server.requests[0].line == "GET /watch/proc/web?feed=eventsource")
    }

    @Test("that are none are refused at once")
    func noFeed() throws {
        let server = ScriptedServer { request in
            request.line.hasPrefix("GET /events")
                ? .answer("{}") : .answer(404, #"{"message":"There is no process 4."}"#)
        }
        #expect(throws: ClientError.self) { _ = try client(server).events() }
        let error = #expect(throws: ClientError.self) { _ = try client(server).lines(of: 4, ".") }
        #expect(error?.kind == .notFound)
        #expect(error?.message == "There is no process 4.")
    }
}

@Suite("Keys and users")
struct AccountClientTests {
    @Test("are asked for and changed as the API has it")
    func requests() throws {
        let server = ScriptedServer { request in
            switch request.line {
            case "GET /auth": .answer(#"{"api_key":"k1"}"#)
            case "GET /keys?include_keys=true":
                .answer(#"{"keys":[{"key":"a","label":"x","permissions":{"admin":true}}]}"#)
            case "GET /keys/a": .answer(#"{"key":"a","label":"x","parent":"b","permissions":{}}"#)
            case "POST /keys": .answer(#"{"ok":true,"api_key":"new"}"#)
            case "GET /users?include_user=true": .answer(#"{"users":[{"username":"u","user_type":1}]}"#)
            default: .answer(#"{"ok":true}"#)
            }
        }
        let client = client(server)
        #expect(try client.authenticate(user: "bob", password: "pä:ss") == "k1")
        #expect(try client.keys().map(\.key) == ["a"])
        #expect(try client.key("a").parent == "b")
        #expect(try client.createKey(["read": ["shop"]], label: "l", parent: "b")["api_key"] == "new")
        try client.deleteKey("a/b")
        #expect(try client.users().count == 1)
        try client.addUser("u", password: "p", type: .app, key: nil)
        try client.setPassword("q", ofUser: "u")
        try client.setKey("k", ofUser: "u")
        try client.deleteUser("u")
        try client.remove(session: "shop", wait: .no)
        let lines = server.requests.map { $0.body.isEmpty ? $0.line : "\($0.line) \($0.text)" }
        #expect(
            lines == [
                "GET /auth", "GET /keys?include_keys=true", "GET /keys/a",
                #"POST /keys {"permissions":{"read":["shop"]},"label":"l","parent":"b"}"#, "DELETE /keys/a%2Fb",
                "GET /users?include_user=true",
                #"POST /users {"username":"u","password":"p","user_type":1,"key":null}"#,
                #"PUT /users/u/password {"password":"q"}"#, #"PUT /users/u/key {"key":"k"}"#, "DELETE /users/u",
                "DELETE /groups/shop",
            ]
        )
        #expect(server.requests[0].headers.contains("Authorization: Basic " + Base64.encode("bob:pä:ss".utf8)))
    }

    @Test("that can't be are refused before anything is sent")
    func refused() {
        #expect(throws: ClientError.self) {
            try GafferClient(endpoint: "unix:/none").authenticate(user: "a:b", password: "c")
        }
        for key in ["", "a b", "a\r\nX: y", "ä"] {
            let error = #expect(throws: ClientError.self) {
                _ = try GafferClient(endpoint: "unix:/none", access: .init(apiKey: key))
            }
            #expect(error?.kind == .invalid)
        }
    }
}
