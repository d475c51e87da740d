import GafferHTTP
import GafferModel
import Testing
import WebServer
import WebTestKit

/// A connection as its client sees it; on a unix socket and on TCP alike.
@Suite("Connections")
struct ConnectionTests {
    // MARK: Requests in a row

    @Test("One connection takes many requests", arguments: [false, true])
    func keepsAlive(_ onTCP: Bool) async throws {
        try await serving(onTCP: onTCP) { place in
            let client = try place.connect()
            for _ in 0..<3 {
                try client.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
                let answer = try client.receive()
                #expect(answer.status == 200)
                #expect(answer.headers["connection"] == nil)
                #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
            }
        }
    }

    @Test("Requests sent at once are answered in order, whether they need a task or not")
    func pipelines() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            let rounds = 200
            let round = ["/ping", "/1/stats", "/nothing", "/jobs/default/web/state", "/1/stats", "/version"]
            try client.send(
                String(repeating: round.map { "GET \($0) HTTP/1.1\r\n\r\n" }.joined(), count: rounds)
            )
            for _ in 0..<rounds {
                #expect(try client.receive().text == "OK")
                #expect(try client.receive().text.hasPrefix(#"{"stats":"#))
                #expect(try client.receive().status == 404)
                #expect(try client.receive().text == "1")
                #expect(try client.receive().status == 200)
                #expect(try client.receive().text.contains("gaffer"))
            }
        }
    }

    @Test("A client that asks for everything and reads nothing waits, and then gets everything")
    func boundsPipelines() async throws {
        let supervisor = FakeSupervisor()
        var config = JobConfig(cmd: "sleep 1")
        config.numprocesses = 1000
        supervisor.add(try JobName(parsing: "web"), config)
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            let count = 1500
            try client.send(String(repeating: "GET /jobs/default/web HTTP/1.1\r\n\r\n", count: count))
            // The other connections do not wait for it.
            let other = try place.connect()
            try other.send("GET /ping HTTP/1.1\r\n\r\n")
            #expect(try other.receive().text == "OK")
            var sizes: Set<Int> = []
            for _ in 0..<count { sizes.insert(try client.receive().body.count) }
            #expect(sizes.count == 1)
        }
    }

    @Test("Thousands of requests behind one that waits do not fill the stack")
    func survivesDeepPipelines() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            let count = 3000
            try client.send(
                "GET /1/stats HTTP/1.1\r\n\r\n" + String(repeating: "GET /ping HTTP/1.1\r\n\r\n", count: count)
            )
            #expect(try client.receive().status == 200)
            for _ in 0..<count { #expect(try client.receive().text == "OK") }
        }
    }

    @Test("A client may close its side and still gets its answers", arguments: ["/ping", "/1/stats"])
    func servesHalfClosed(_ path: String) async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            try client.send("GET \(path) HTTP/1.1\r\n\r\nGET \(path) HTTP/1.1\r\n\r\n")
            try client.finish()
            #expect(try client.receive().status == 200)
            #expect(try client.receive().status == 200)
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A connection ends when the client wants it to")
    func closesOnRequest() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.headers["connection"] == "close")
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("HTTP/1.0 works, with keep-alive and without")
    func takesOldVersion() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try client.receive().headers["connection"] == "keep-alive")
            try client.send("GET /ping HTTP/1.0\r\n\r\n")
            #expect(try client.receive().text == "OK")
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("An upgrade that nobody offers is an ordinary request, and the last one", arguments: ["h2c", "websocket"])
    func ignoresUpgrades(_ other: String) async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: \(other)\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.text == "OK")
            #expect(answer.headers["connection"] == "close")
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("HEAD tells the length and leaves the body out")
    func answersHead() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            try client.send("HEAD /1 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\n")
            let head = try client.receive(toHead: true)
            let answer = try client.receive()
            #expect(head.headers["content-length"] == String(answer.body.count))
            #expect(!answer.body.isEmpty)
        }
    }

    @Test("A method that a path does not know is told with those that it knows")
    func tellsMethods() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("OPTIONS /jobs/shop/web HTTP/1.1\r\n\r\n")
            #expect(try client.receive().headers["allow"] == "GET, HEAD, PUT, DELETE")
            try client.send("CONNECT localhost:80 HTTP/1.1\r\n\r\n")
            #expect(try client.receive().status == 400)
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("What a process wrote is never taken for a page")
    func marksOutput() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            try client.send("GET /jobs/default/web/tail?stream=out HTTP/1.1\r\nAccept: text/plain\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.body == Array("out 10\n".utf8) + [0xFF, 0x0A])
            #expect(answer.headers["content-type"] == "text/plain")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
    }

    // MARK: Bodies

    @Test("A body may come in chunks, and after a word")
    func takesChunks() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        try await serving(supervisor: supervisor) { place in
            let client = try place.connect()
            try client.send("POST /1/signal HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            try client.send("4\r\n{\"si\r\n")
            try client.send("9\r\ngnal\": 1}\r\n0\r\n\r\n")
            #expect(try client.receive().status == 202)
            try client.send("POST /1/signal HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n")
            #expect(try client.receive().status == 100)
            try client.send(#"{"signal":2}"#)
            #expect(try client.receive().status == 202)
        }
        #expect(supervisor.calls == ["SIGHUP 1", "SIGINT 1"])
    }

    @Test("A body of a mebibyte is read")
    func takesLargeBodies() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("POST /state HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n")
            try client.send([UInt8](repeating: UInt8(ascii: " "), count: 1 << 20))
            let answer = try client.receive()
            #expect(answer.status == 400)
            #expect(answer.headers["connection"] == nil)
        }
    }

    @Test(
        "One byte more is 413, which the client gets to see, although it sends on",
        arguments: ["Content-Length: 8388608", "Content-Length: 1048577", "Transfer-Encoding: chunked"],
        [false, true]
    )
    func refusesLargerBodies(_ header: String, _ onTCP: Bool) async throws {
        let supervisor = FakeSupervisor()
        try await serving(onTCP: onTCP, supervisor: supervisor) { place in
            let client = try place.connect()
            try client.send("POST /state HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
            let isChunked = header.hasPrefix("T")
            let size = header.hasSuffix("77") ? 1_048_577 : 8 << 20
            let piece = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)
            var sent = 0
            while sent < size {
                let count = min(piece.count, size - sent)
                let bytes = Array(piece.prefix(count))
                try client.send(isChunked ? Array("10000\r\n".utf8) + bytes + Array("\r\n".utf8) : bytes)
                sent += count
            }
            let answer = try client.receive()
            #expect(answer.status == 413)
            #expect(answer.reason == "too_large")
            #expect(answer.headers["connection"] == "close")
            try client.finish()
            #expect(try client.receiveEnd().isEmpty)
        }
        #expect(supervisor.calls.isEmpty)
    }

    @Test("Who is refused is told at once, not after a body of any size")
    func refusesBeforeTheBody() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("POST /ping HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
            #expect(try client.receive().status == 405)
            let other = try place.connect()
            try other.send("POST /nothing HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n")
            #expect(try other.receive().status == 404)
        }
    }

    // MARK: Rubbish

    @Test(
        "What is no request is answered with 400, and nothing more",
        arguments: [
            "\0\0\0\0", "rubbish\r\n\r\n", "GET\r\n\r\n", "GET /ping\r\n\r\n", "GET /ping HTTP/2.0\r\n\r\n",
            "GET /ping HTTP/9.9\r\n\r\n", "GET /ping HTTP/1.1\r\nHost localhost\r\n\r\n",
            "GET /ping HTTP/1.1\r\nA\0: b\r\n\r\n", "GET /ping HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET /ping HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST /ping HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "POST /ping HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /1/signal HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ],
        [false, true]
    )
    func answersRubbish(_ text: String, _ onTCP: Bool) async throws {
        try await serving(onTCP: onTCP) { place in
            let client = try place.connect()
            try client.send(text)
            let answer = try client.receive()
            #expect(answer.status == 400)
            #expect(answer.reason == "bad_request")
            #expect(answer.headers["connection"] == "close")
            try client.finish()
            #expect(try client.receiveEnd().isEmpty)
            let other = try place.connect()
            try other.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try other.receive().text == "OK")
        }
    }

    @Test("A request that ends in the middle is answered with 400")
    func answersFragments() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("POST /1/signal HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"si")
            try client.finish()
            #expect(try client.receive().status == 400)
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test(
        "A head that is too large is 431",
        arguments: [
            "GET /\(String(repeating: "x", count: 70_000)) HTTP/1.1\r\n\r\n",
            "GET /ping HTTP/1.1\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
            "GET /ping HTTP/1.1\r\n\(String(repeating: "X: \(String(repeating: "x", count: 900))\r\n", count: 80))\r\n",
            "GET /ping HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 101))\r\n",
        ],
        [false, true]
    )
    func refusesLargeHeads(_ text: String, _ onTCP: Bool) async throws {
        try await serving(onTCP: onTCP) { place in
            let client = try place.connect()
            try client.send(text + String(repeating: "y", count: 100_000))
            let answer = try client.receive()
            #expect(answer.status == 431)
            #expect(answer.reason == "headers_too_large")
        }
    }

    @Test("A head that is just not too large is read")
    func takesLargeHeads() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nX: \(String(repeating: "x", count: 60_000))\r\n\r\n")
            #expect(try client.receive().text == "OK")
            try client.send("GET /ping HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 99))\r\n")
            #expect(try client.receive().text == "OK")
        }
    }

    // MARK: Who asks

    @Test(
        "On TCP the host is looked at before anything else",
        arguments: [
            ("GET /ping HTTP/1.1\r\nHost: evil.com\r\n\r\n", 421), ("GET /ping HTTP/1.1\r\n\r\n", 421),
            ("GET http://evil.com/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 421),
            ("GET /nothing HTTP/1.1\r\nHost: evil.com\r\n\r\n", 421),
            ("GET /ping HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
            ("GET /ping HTTP/1.1\r\nHost: localhost:5000\r\n\r\n", 200),
            ("GET http://127.0.0.1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
            ("GET /ping HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n", 403),
        ]
    )
    func checksHosts(_ request: String, _ status: Int) async throws {
        try await serving(onTCP: true) { place in
            let client = try place.connect()
            try client.send(request)
            #expect(try client.receive().status == status)
        }
    }

    @Test("On a unix socket any host will do, but no web page")
    func checksOrigins() async throws {
        try await serving { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nHost: anything\r\n\r\n")
            #expect(try client.receive().text == "OK")
            try client.send("POST /state HTTP/1.1\r\nOrigin: null\r\nContent-Length: 1\r\n\r\n0")
            #expect(try client.receive().status == 403)
            try client.send("GET /ping HTTP/1.1\r\n\r\n")
            #expect(try client.receive().text == "OK")
        }
    }
}
