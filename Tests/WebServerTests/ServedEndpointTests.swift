import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import Testing
import WebServer
import WebTestKit

@Suite("Endpoints that come and go")
struct ServedEndpointTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static let decide: @Sendable (RequestHead) -> RequestPlan = { _ in .respond(.text("OK")) }

    private static func endpoint(
        _ name: String,
        _ path: String,
        _ decide: @escaping @Sendable (RequestHead) -> RequestPlan = decide
    ) throws -> HTTPServer.Endpoint {
        HTTPServer.Endpoint(
            name: name,
            socket: try ListenSocket.unix(path),
            hosts: nil,
            responder: TestResponder(decide: decide)
        )
    }

    private static func ask(_ path: String) async throws -> String {
        try await blocking {
            let client = try RawClient(unix: path)
            try client.send("GET / HTTP/1.1\r\n\r\n")
            return try client.receive().text
        }
    }

    @Test("One that is added answers, and one that is removed does not, while the others go on")
    func addsAndRemoves() async throws {
        let folder = TemporaryDirectory()
        let (first, second) = (folder.path + "/1.sock", folder.path + "/2.sock")
        let server = HTTPServer(endpoints: [try ServedEndpointTests.endpoint("first", first)], logger: Self.logger)
        try await running(server) { _ in
            let held = try await blocking {
                let client = try RawClient(unix: first)
                try client.send("GET / HTTP/1.1\r\n\r\n")
                #expect(try client.receive().text == "OK")
                return Box(client)
            }
            try await server.add(try ServedEndpointTests.endpoint("second", second))
            #expect(server.names == ["first", "second"])
            #expect(try await ServedEndpointTests.ask(second) == "OK")
            try await server.remove("second")
            #expect(server.names == ["first"])
            #expect(access(second, F_OK) != 0)
            // Its name and its place are free again.
            try await server.add(try ServedEndpointTests.endpoint("second", second))
            #expect(try await ServedEndpointTests.ask(second) == "OK")
            try await server.remove("first")
            #expect(try await ServedEndpointTests.ask(second) == "OK")
            try await blocking { () throws in
                let held = held.value
                #expect(try held.receiveEnd().isEmpty)
            }
        }
        #expect(server.names.isEmpty)
        #expect(access(second, F_OK) != 0)
    }

    @Test("What runs on one that is removed gets to its end")
    func endsGracefully() async throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/1.sock"
        let asked = Happening()
        let go = Happening()
        let decide: @Sendable (RequestHead) -> RequestPlan = { head in
            switch head.target {
            case "/slow":
                .read(limit: 0) { _ in
                    .later {
                        asked.happens()
                        await go.wait()
                        return .text("slow")
                    }
                }
            case "/stream":
                .respond(
                    Response(contentType: .text) { writer in
                        try? await writer.write([65])
                        await untilCancelled()
                    }
                )
            case "/socket": .webSocket(WebSocketPlan { channel in while await channel.receive() != nil {} })
            default: .respond(.text("OK"))
            }
        }
        let server = HTTPServer(endpoints: [try ServedEndpointTests.endpoint("one", path, decide)], logger: Self.logger)
        try await running(server) { _ in
            let clients = try await blocking {
                let clients = try (0..<3).map { _ in try RawClient(unix: path) }
                try clients[0].send("GET /slow HTTP/1.1\r\n\r\n")
                try clients[1].send("GET /stream HTTP/1.1\r\n\r\n")
                _ = try clients[1].receive(toHead: true)
                _ = try clients[1].receiveChunk()
                _ = try clients[2].openSocket("/socket")
                return Box(clients)
            }
            await asked.wait()
            async let removed: Void = server.remove("one")
            try await blocking { () throws in
                let clients = clients.value
                #expect(try clients[1].receiveChunk() == nil)
                #expect(try clients[1].receiveEnd().isEmpty)
                #expect(try clients[2].receiveFrame().code == 1001)
                try clients[2].send(RawFrame.close(1001))
                #expect(try clients[2].receiveEnd().isEmpty)
                go.happens()
                #expect(try clients[0].receive().text == "slow")
                #expect(try clients[0].receiveEnd().isEmpty)
            }
            try await removed
        }
    }

    @Test("A name that is taken, or that nobody has, is told")
    func tellsNames() async throws {
        let folder = TemporaryDirectory()
        let server = HTTPServer(
            endpoints: [try ServedEndpointTests.endpoint("one", folder.path + "/1.sock")],
            logger: Self.logger
        )
        try await running(server) { _ in
            let other = folder.path + "/2.sock"
            _ = try await ServedEndpointTests.ask(folder.path + "/1.sock")
            await #expect(throws: EndpointError.isServed("one")) {
                try await server.add(try ServedEndpointTests.endpoint("one", other))
            }
            // Its socket is closed, not left behind.
            #expect(access(other, F_OK) != 0)
            await #expect(throws: EndpointError.isNotServed("two")) { try await server.remove("two") }
            await #expect(throws: EndpointError.isPlain("one")) {
                try await server.replaceTLS(TLSConfig(certfile: "", keyfile: ""), of: "one")
            }
        }
        let late = folder.path + "/3.sock"
        await #expect(throws: EndpointError.hasEnded) {
            try await server.add(try ServedEndpointTests.endpoint("late", late))
        }
        #expect(access(late, F_OK) != 0)
    }

    @Test("One that can't be served does not end the others")
    func survivesFailures() async throws {
        let folder = TemporaryDirectory()
        let good = folder.path + "/good.sock"
        var broken = try ServedEndpointTests.endpoint("broken", folder.path + "/broken.sock")
        broken.tls = TLSConfig(certfile: "/nothing", keyfile: "/nothing")
        let server = HTTPServer(
            endpoints: [broken, try ServedEndpointTests.endpoint("good", good)],
            logger: Self.logger
        )
        try await running(server) { _ in
            let answer = try await ServedEndpointTests.ask(good)
            #expect(answer == "OK")
        }
        #expect(access(folder.path + "/broken.sock", F_OK) != 0)
    }

    @Test("One address has a share of the connections, which it gets back")
    func boundsAddresses() async throws {
        let limits = ConnectionLimits.standard(with: \.perAddress, 2)
        try await serving(onTCP: true, limits: limits, Self.decide) { place in
            let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let first = try place.connect()
            try first.send(request)
            #expect(try first.receive().text == "OK")
            do {
                let second = try place.connect()
                try second.send(request)
                #expect(try second.receive().text == "OK")
                let third = try place.connect()
                let answer = try third.receive()
                #expect(answer.status == 503)
                #expect(answer.text.contains("from this address"))
            }
            // The client may see its end before the server counts it.
            var status = 503
            for _ in 0..<10_000 where status == 503 {
                let fourth = try place.connect()
                try fourth.send(request)
                status = try fourth.receive().status
            }
            #expect(status == 200)
        }
    }

    @Test("On a unix socket nobody has an address")
    func countsNoPeers() async throws {
        try await serving(limits: .standard(with: \.perAddress, 1), Self.decide) { place in
            let clients = try (0..<3).map { _ in try place.connect() }
            for client in clients {
                try client.send("GET / HTTP/1.1\r\n\r\n")
                #expect(try client.receive().text == "OK")
            }
        }
    }
}
