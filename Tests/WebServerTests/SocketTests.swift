import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import WebServer
import WebTestKit

/// A websocket as its client sees it.
@Suite("Websockets")
struct SocketTests {
    static func talking(
        subprotocol: String? = nil,
        limits: WebSocketLimits = WebSocketLimits(),
        _ run: @escaping @Sendable (any MessageChannel) async -> Void
    ) -> @Sendable (RequestHead) -> RequestPlan {
        { head in
            guard head.target == "/socket" else { return .respond(.text("OK \(head.asksForWebSocket)")) }
            return .webSocket(
                WebSocketPlan(
                    subprotocol: subprotocol,
                    headers: [Response.Header("x-test", "yes")],
                    limits: limits,
                    run: run
                )
            )
        }
    }

    private static let echo: @Sendable (any MessageChannel) async -> Void = { channel in
        while let message = await channel.receive() {
            let element: OutgoingMessages.Element =
                switch message {
                case .text(let text): .text(Array(text.utf8))
                case .binary(let bytes): .binary(bytes)
                }
            do { try await channel.send(OutgoingMessages([element])) } catch { return }
        }
    }

    // MARK: The handshake

    @Test("A handshake is answered, and messages come back", arguments: [false, true])
    func echoes(_ onTCP: Bool) async throws {
        try await serving(onTCP: onTCP, SocketTests.talking(subprotocol: "chat", SocketTests.echo)) { place in
            let client = try place.connect()
            let answer = try client.openSocket("/socket")
            #expect(answer.status == 101)
            #expect(answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer.headers["upgrade"] == "websocket")
            #expect(answer.headers["connection"] == "Upgrade")
            #expect(answer.headers["sec-websocket-protocol"] == "chat")
            #expect(answer.headers["x-test"] == "yes")
            let frames = [
                RawFrame.text("hello"), RawFrame(0x82, [0xFF]), RawFrame(0x82, [UInt8](repeating: 1, count: 126)),
                RawFrame(0x82, [UInt8](repeating: 1, count: 65_535)),
                RawFrame(0x82, [UInt8](repeating: 1, count: 65_536)), RawFrame(0x81, []),
            ]
            for frame in frames {
                try client.send(frame)
                #expect(try client.receiveFrame() == frame)
            }
            try client.send(RawFrame.close(1000, "bye"))
            #expect(try client.receiveFrame() == .close(1000))
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("Frames may follow the handshake in one piece, and the handshake other requests")
    func takesEverythingAtOnce() async throws {
        try await serving(SocketTests.talking(SocketTests.echo)) { place in
            let client = try place.connect()
            try client.send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
            let request = "GET /socket HTTP/1.1\r\n\(RawClient.handshake)\r\n"
            try client.send(Array(request.utf8) + RawFrame.text("one").bytes() + RawFrame.text("two").bytes())
            for _ in 0..<2 { #expect(try client.receive().text == "OK false") }
            #expect(try client.receive(toHead: true).status == 101)
            #expect(try client.receiveFrame() == .text("one"))
            #expect(try client.receiveFrame() == .text("two"))
        }
    }

    @Test(
        "A handshake that is none is told why",
        arguments: [
            ("GET /socket HTTP/1.1\r\n\r\n", 426), ("POST /socket HTTP/1.1\r\n\(RawClient.handshake)\r\n", 426),
            ("GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", 426),
            ("GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 426),
            (
                "GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 426
            ),
            (
                "GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: short\r\n\r\n", 400
            ),
            (
                "GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
                400
            ),
            ("GET /socket HTTP/1.1\r\n\(RawClient.handshake)Content-Length: 1\r\n\r\nx", 400),
            ("GET /other HTTP/1.1\r\n\(RawClient.handshake)\r\n", 200),
        ]
    )
    func refusesHandshakes(_ request: String, _ status: Int) async throws {
        try await serving(SocketTests.talking(SocketTests.echo)) { place in
            let client = try place.connect()
            try client.send(request)
            let answer = try client.receive()
            #expect(answer.status == status)
            #expect(!answer.body.isEmpty)
            if status == 426 { #expect(answer.headers["sec-websocket-version"] == "13") }
            if status == 200 { #expect(answer.text == "OK true") }
        }
    }

    // MARK: Rules

    @Test(
        "Who breaks the rules is told the code, and the connection ends",
        arguments: [
            (RawFrame.text("a").bytes(masked: false), 1002), (RawFrame(0x83, []).bytes(), 1002),
            (RawFrame(0xC1, []).bytes(), 1002), (RawFrame(0x81, [0xFF]).bytes(), 1007),
            (RawFrame(0x82, [UInt8](repeating: 0, count: 65_537)).bytes(), 1009), (RawFrame.close(999).bytes(), 1002),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), 1002),
        ] as [([UInt8], UInt16)]
    )
    func refusesFrames(_ bytes: [UInt8], _ code: UInt16) async throws {
        let ended = Happening()
        let decide = SocketTests.talking { channel in
            while await channel.receive() != nil {}
            ended.happens()
        }
        try await withServer(decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                try client.send(bytes)
                #expect(try client.receiveFrame().code == code)
                #expect(try client.receiveEnd().isEmpty)
            }
            await ended.wait()
        }
    }

    @Test("A message of many fragments has a limit")
    func boundsMessages() async throws {
        try await serving(SocketTests.talking(SocketTests.echo)) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            let piece = [UInt8](repeating: 1, count: 65_536)
            try client.send(RawFrame(0x02, piece))
            for _ in 0..<14 { try client.send(RawFrame(0x00, piece)) }
            try client.send(RawFrame(0x80, piece))
            #expect(try client.receiveFrame().payload.count == 1 << 20)
            try client.send(RawFrame(0x02, piece))
            for _ in 0..<15 { try client.send(RawFrame(0x00, piece)) }
            try client.send(RawFrame(0x80, [1]))
            #expect(try client.receiveFrame().code == 1009)
        }
    }

    @Test("A ping is answered, also in the middle of a message")
    func answersPings() async throws {
        try await serving(SocketTests.talking(SocketTests.echo)) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            try client.send(
                RawFrame(0x01, [65]).bytes() + RawFrame(0x89, [1, 2]).bytes() + RawFrame(0x80, [66]).bytes()
            )
            #expect(try client.receiveFrame() == RawFrame(0x8A, [1, 2]))
            #expect(try client.receiveFrame() == .text("AB"))
        }
    }

    // MARK: Ends

    @Test("At the return of its task a socket is closed, behind all that was sent")
    func closesAtReturn() async throws {
        let decide = SocketTests.talking { channel in
            for number in 0..<1000 { try? await channel.send(.text("message \(number)")) }
        }
        try await serving(decide) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            for number in 0..<1000 { #expect(try client.receiveFrame() == .text("message \(number)")) }
            #expect(try client.receiveFrame() == .close(1000))
            try client.send(RawFrame.close(1000))
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A close has the code and the reason that it is given, and nothing can be sent behind it")
    func closes() async throws {
        let refused = Happening()
        let decide = SocketTests.talking { channel in
            try? await channel.send(.text("last"))
            await channel.close(code: 3000, reason: String(repeating: "\u{e4}", count: 100))
            do { try await channel.send(.text("more")) } catch { refused.happens() }
            #expect(await channel.receive() == nil)
        }
        try await serving(decide) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            #expect(try client.receiveFrame() == .text("last"))
            let close = try client.receiveFrame()
            #expect(close.code == 3000)
            #expect(close.payload.count == 124)
            try client.send(RawFrame.close(3000))
            #expect(try client.receiveEnd().isEmpty)
        }
        #expect(refused.count == 1)
    }

    @Test("What a client sent before it closed is received, and then its end", arguments: [1, 15, 16, 17, 500])
    func receivesEverything(_ count: Int) async throws {
        let received = Mutex([String]())
        let ended = Happening()
        let go = Happening()
        let decide = SocketTests.talking { channel in
            await go.wait()
            while let message = await channel.receive() {
                if case .text(let text) = message { received.withLock { $0.append(text) } }
            }
            ended.happens()
        }
        try await withServer(decide) { place, _ in
            let client = try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                // In one piece: the kernel takes few small ones while nobody reads them.
                let frames = (0..<count).map { RawFrame.text("\($0)") } + [RawFrame.close(1000)]
                try client.send(frames.flatMap { $0.bytes() })
                return Box(client)
            }
            go.happens()
            await ended.wait()
            try await blocking { () throws in
                let client = client.value
                #expect(try client.receiveFrame() == .close(1000))
            }
        }
        #expect(received.withLock { $0 } == (0..<count).map { "\($0)" })
    }

    @Test("The task is cancelled when its client goes", arguments: StreamTests.Leaving.allCases, [false, true])
    func noticesLeaving(_ leaving: StreamTests.Leaving, _ onTCP: Bool) async throws {
        let cancelled = Happening()
        let decide = SocketTests.talking { channel in
            await untilCancelled()
            #expect(await channel.receive() == nil)
            cancelled.happens()
        }
        try await withServer(onTCP: onTCP, decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                switch leaving {
                case .finishing:
                    try client.finish()
                    #expect(try client.receiveEnd().isEmpty)
                case .closing: break
                case .resetting: try client.reset()
                }
            }
            await cancelled.wait()
        }
    }

    @Test("A socket is closed with 1001 when the endpoint ends")
    func endsWithEndpoint() async throws {
        let decide = SocketTests.talking { channel in
            try? await channel.send(.text("first"))
            while await channel.receive() != nil {}
        }
        try await withServer(decide) { place, group in
            let client = try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                _ = try client.receiveFrame()
                return Box(client)
            }
            await group.triggerGracefulShutdown()
            try await blocking { () throws in
                let client = client.value
                #expect(try client.receiveFrame().code == 1001)
                try client.send(RawFrame.close(1001))
                #expect(try client.receiveEnd().isEmpty)
            }
        }
    }

    @Test("A task that receives may be cancelled, and the socket lives on")
    func cancelsReceiving() async throws {
        let decide = SocketTests.talking { channel in
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { #expect(await channel.receive() == nil) }
                tasks.cancelAll()
            }
            try? await channel.send(.text("cancelled"))
            if let message = await channel.receive() {
                try? await channel.send(OutgoingMessages([.binary(message.bytes)]))
            }
        }
        try await serving(decide) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            #expect(try client.receiveFrame() == .text("cancelled"))
            try client.send(RawFrame.text("A"))
            #expect(try client.receiveFrame() == RawFrame(0x82, [65]))
        }
    }
}
