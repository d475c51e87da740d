import Testing
import WebChannels
import sockjs_server

@Suite("SockJS over sockets: websockets", .timeLimit(.minutes(2)))
struct SockJSWebSocketTests {
    @Test("Messages go to and fro, single or as an array; empty ones mean nothing")
    func echo() async throws {
        try await withExampleServer { server throws in
            let socket = try PlainWebSocket(server, server.session() + "/websocket")
            #expect(socket.answer.status == 101)
            #expect(socket.answer.headers["sec-websocket-accept"] == "HSmrc0sMlYUkAGmm5OPpG2HaGWk=")
            #expect(socket.answer.headers["content-length"] == nil)
            #expect(try socket.receive() == .text("o"))
            try socket.send("")
            try socket.send("[]")
            try socket.send(#"["a"]"#)
            #expect(try socket.receive() == .text(#"a["a"]"#))
            try socket.send(#""single é😀\u2028""#)
            #expect(try socket.receive() == .text(#"a["single é😀\u2028"]"#))
            try socket.send(#"["b","c"]"#)
            #expect(try socket.receive() == .text(#"a["b"]"#))
            #expect(try socket.receive() == .text(#"a["c"]"#))
        }
    }

    @Test("The end is told in a frame, and then by the socket")
    func closed() async throws {
        try await withExampleServer { server throws in
            let socket = try PlainWebSocket(server, server.session("close") + "/websocket")
            #expect(try socket.receive() == .text("o"))
            #expect(try socket.receive() == .text(#"c[3000,"Go away!"]"#))
            #expect(try socket.receive() == .close(3000, "Go away!"))
        }
    }

    @Test("What can't be read ends the socket", arguments: [#"["a"#, "{}", "[1]", "x"])
    func broken(payload: String) async throws {
        try await withExampleServer { server throws in
            let socket = try PlainWebSocket(server, server.session() + "/websocket")
            #expect(try socket.receive() == .text("o"))
            try socket.send(payload)
            #expect(try socket.receive() == .close(1007, "Broken JSON encoding."))
        }
    }

    @Test("Each websocket is a session of its own, whatever its name")
    func sameName() async throws {
        try await withExampleServer { server throws in
            let path = server.session() + "/websocket"
            let first = try PlainWebSocket(server, path)
            #expect(try first.receive() == .text("o"))
            let second = try PlainWebSocket(server, path)
            #expect(try second.receive() == .text("o"))
            try first.send(#"["a"]"#)
            #expect(try first.receive() == .text(#"a["a"]"#))
            try second.send(#"["b"]"#)
            #expect(try second.receive() == .text(#"a["b"]"#))
        }
    }

    @Test("A websocket without frames of SockJS carries text and bytes as they are")
    func raw() async throws {
        try await withExampleServer { server throws in
            let socket = try PlainWebSocket(server, "/echo/websocket")
            try socket.send("Hello world!\u{FFFF}")
            #expect(try socket.receive() == .text("Hello world!\u{FFFF}"))
            try socket.send(opcode: 2, [0, 255])
            #expect(try socket.receive() == .binary([0, 255]))

            let closed = try PlainWebSocket(server, "/close/websocket")
            #expect(try closed.receive() == .close(3000, "Go away!"))
        }
    }

    @Test("Where nothing is said, hearts beat, and a raw websocket's don't")
    func heartbeat() async throws {
        try await withExampleServer(.with(\.heartbeat, .milliseconds(20))) { server throws in
            let socket = try PlainWebSocket(server, server.session() + "/websocket")
            #expect(try socket.receive() == .text("o"))
            #expect(try socket.receive() == .text("h"))
            #expect(try socket.receive() == .text("h"))
            let raw = try PlainWebSocket(server, "/echo/websocket")
            try socket.send(#"["x"]"#)
            while try socket.receive() != .text(#"a["x"]"#) {}
            try raw.send("x")
            #expect(try raw.receive() == .text("x"))
        }
    }

    @Test("Websockets count among the sessions, and are given back at their end")
    func limits() async throws {
        try await withExampleServer(.with(\.sessionsPerOwner, 1)) { server throws in
            let first = try PlainWebSocket(server, server.session() + "/websocket")
            #expect(try first.receive() == .text("o"))
            let second = try PlainWebSocket(server, server.session() + "/websocket")
            #expect(try second.receive() == .close(1013, "Too many sessions"))
            let raw = try PlainWebSocket(server, "/echo/websocket")
            #expect(try raw.receive() == .close(1013, "Too many sessions"))
            #expect(try server.ask("POST", server.session() + "/xhr").status == 503)
            try first.send(opcode: 8, [])
            #expect(try first.receive() != .text(""))
            while try server.ask("POST", server.session() + "/xhr").status == 503 {}
        }
    }
}
