import Testing
import WebTestKit

@testable import WebClient

/// Answers 101 to a request for a WebSocket, and goes on as the test says.
func webSocketReply(
    _ request: ScriptedServer.Request,
    more: String = "",
    _ body: @escaping @Sendable (inout ScriptedServer.Peer) -> Void
) -> ScriptedServer.Reply {
    let prefix = "Sec-WebSocket-Key: "
    let key = request.headers.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } ?? ""
    let head = """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
        Sec-WebSocket-Accept: \(WebSocketHandshake.accept(key))\r\n\(more)\r\n
        """
    return .init(bytes: Array(head.utf8)) { peer in
        var peer = peer
        body(&peer)
    }
}

extension ScriptedServer.Peer {
    /// The next frame of the client, of less than 126 bytes.
    mutating func frame() -> (first: UInt8, payload: [UInt8])? {
        let head = read(atLeast: 6)
        guard head.count >= 6 else { return nil }
        let length = Int(head[1] & 0x7F)
        let bytes = read(atLeast: 6 + length)
        let payload = bytes[6..<(6 + length)].enumerated().map { $1 ^ bytes[2 + $0 % 4] }
        drop(6 + length)
        return (bytes[0], payload)
    }
}

@Suite("A WebSocket")
struct WebSocketTests {
    @Test("proves who it is as RFC 6455 has it")
    func accept() {
        #expect(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(
            SHA1.digest(Array("abc".utf8)) == [
                0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E, 0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C,
                0xD0,
                0xD8, 0x9D,
            ]
        )
        // Lengths around those where the padding takes another block.
        #expect(SHA1.digest([UInt8](repeating: 0x61, count: 55)).prefix(4) == [0xC1, 0xC8, 0xBB, 0xDC])
        #expect(SHA1.digest([UInt8](repeating: 0x61, count: 56)).prefix(4) == [0xC2, 0xDB, 0x33, 0x0F])
    }

    @Test("carries messages both ways, and answers pings")
    func messages() throws {
        let server = ScriptedServer { request in
            webSocketReply(request) { peer in
                peer.send(serverFrame(0x81, Array("early".utf8)))
                while let (first, payload) = peer.frame() {
                    switch first {
                    case 0x81: peer.send(serverFrame(0x89, payload))
                    case 0x8A: peer.send(serverFrame(0x82, payload + payload))
                    case 0x88:
                        peer.send(serverFrame(0x88, payload))
                        return
                    default: return
                    }
                }
            }
        }
        let socket = try WebSocket(
            to: .unix(path: server.path),
            "/channel/websocket",
            headers: [WebHeader("X-API-Key", "k")]
        )
        #expect(try socket.next(waiting: .seconds(30)) == .text("early"))
        try socket.send("ab")
        #expect(try socket.next(waiting: .seconds(30)) == .binary(Array("abab".utf8)))
        #expect(try socket.next(waiting: .milliseconds(1)) == .nothing)
        socket.close()
        #expect(try socket.next(waiting: .seconds(30)) == .closed(.normal, ""))
        let request = try #require(server.requests.first)
        #expect(request.line == "GET /channel/websocket")
        #expect(request.headers.contains("X-API-Key: k"))
        #expect(request.headers.contains("Sec-WebSocket-Version: 13"))
    }

    @Test("gives everything that came at once, and says that it can")
    func buffered() throws {
        let server = ScriptedServer { request in
            webSocketReply(request) { peer in
                peer.send(serverFrame(0x81, [0x61]) + serverFrame(0x81, [0x62]) + serverFrame(0x88, [0x0F, 0xA0]))
                peer.waitForEnd()
            }
        }
        let socket = try WebSocket(to: .unix(path: server.path), "/")
        #expect(try socket.next(waiting: .seconds(30)) == .text("a"))
        #expect(try socket.next(waiting: .seconds(30)) == .text("b"))
        #expect(try socket.next(waiting: .seconds(30)) == .closed(WebSocketCloseCode(rawValue: 4000), ""))
        #expect(try socket.next(waiting: nil) == .closed(WebSocketCloseCode(rawValue: 4000), ""))
    }

    @Test("hands over what a server answers instead")
    func rejected() throws {
        let server = ScriptedServer { _ in .answer(403, #"{"reason":"forbidden"}"#) }
        let error = #expect(throws: WebError.self) { _ = try WebSocket(to: .unix(path: server.path), "/x") }
        #expect(error?.code == .rejected)
        #expect(error?.response?.status == 403)
        #expect(error?.response?.text == #"{"reason":"forbidden"}"#)
        #expect(error?.message == #"unix:\#(server.path) does not open a WebSocket at "/x": status 403."#)
    }

    @Test(
        "refuses a switch that was not asked for",
        arguments: [
            ("Upgrade: h2c\r\nConnection: Upgrade\r\n", "it switches to another protocol"),
            ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n", "its Sec-WebSocket-Accept"),
        ]
    )
    func wrong(fields: String, reason: String) {
        let server = ScriptedServer { _ in .init(bytes: Array("HTTP/1.1 101 S\r\n\(fields)\r\n".utf8), closes: true) }
        let error = #expect(throws: WebError.self) { _ = try WebSocket(to: .unix(path: server.path), "/") }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(reason) == true)
        let chooses = ScriptedServer { request in
            webSocketReply(request, more: "Sec-WebSocket-Extensions: permessage-deflate\r\n") { _ in }
        }
        #expect(throws: WebError.self) { _ = try WebSocket(to: .unix(path: chooses.path), "/") }
    }

    @Test("closes with the code for what is wrong, and ends")
    func fault() throws {
        let server = ScriptedServer { request in
            webSocketReply(request) { peer in
                peer.send([0x81, 1, 0xFF])
                if let (first, payload) = peer.frame() { peer.send(serverFrame(0x81, [first] + payload)) }
            }
        }
        let socket = try WebSocket(to: .unix(path: server.path), "/")
        let error = #expect(throws: WebError.self) { _ = try socket.next(waiting: .seconds(30)) }
        #expect(
            error?.message == "What unix:\(server.path) sends over the WebSocket can't be read: a text is no UTF-8."
        )
        #expect(try socket.next(waiting: .seconds(30)) == .closed(nil, ""))
    }

    @Test("that breaks off without a word is an error")
    func brokenOff() throws {
        let server = ScriptedServer { request in webSocketReply(request) { _ in } }
        let socket = try WebSocket(to: .unix(path: server.path), "/")
        let error = #expect(throws: WebError.self) { _ = try socket.next(waiting: .seconds(30)) }
        #expect(error?.code == .closed)
    }
}
