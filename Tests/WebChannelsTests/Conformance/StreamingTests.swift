import Testing
import WebChannels
import sockjs_server

@Suite("SockJS over sockets: answers that go on", .timeLimit(.minutes(2)))
struct SockJSStreamingTests {
    /// One way to receive in an answer that goes on.
    struct Way: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var contentType: String
        /// What stands around a frame.
        var frame: @Sendable (String) -> String
        var checkPrelude: @Sendable (String) -> Bool

        var testDescription: String { path }
    }

    static let ways = [
        Way(
            method: "POST",
            path: "/xhr_streaming",
            contentType: "application/javascript; charset=UTF-8",
            frame: { $0 + "\n" },
            checkPrelude: { $0 == String(repeating: "h", count: 2048) + "\n" }
        ),
        Way(
            method: "GET",
            path: "/eventsource",
            contentType: "text/event-stream; charset=UTF-8",
            frame: { "data: \($0)\r\n\r\n" },
            checkPrelude: { $0 == "\r\n" }
        ),
        Way(
            method: "GET",
            path: "/htmlfile?c=%63allback",
            contentType: "text/html; charset=UTF-8",
            frame: { frame in
                let escaped = frame.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                return "<script>\np(\"\(escaped)\");\n</script>\r\n"
            },
            checkPrelude: { page in
                page.utf8.count > 1024 && page.hasPrefix("<!doctype html>\n<html><head>\n  <meta http-equiv=\"X-UA-")
                    && page.contains("\n    var c = parent.callback;\n    c.start();\n")
                    && page.contains("\n    window.onload = function() {c.stop();};\n  </script>")
            }
        ),
    ]

    @Test("Frames come one after the other, after the prelude", arguments: ways)
    func frames(way: Way) async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let stream = try server.begin(way.method, session + way.path)
            #expect(stream.answer.status == 200)
            #expect(stream.answer.headers["content-type"] == way.contentType)
            #expect(stream.answer.headers["cache-control"] == "no-store, no-cache, must-revalidate, max-age=0")
            #expect(stream.answer.headers["expires"] == nil)
            #expect(stream.answer.headers["content-length"] == nil)
            #expect(stream.answer.headers["access-control-allow-origin"] == "*")
            let prelude = try #require(try stream.next())
            #expect(way.checkPrelude(prelude), "\(prelude)")
            #expect(try stream.next() == way.frame("o"))
            for message in [#""x""#, #""  \u0000\n\r ""#, #""é😀""#] {
                #expect(try server.ask("POST", session + "/xhr_send", body: "[\(message)]").status == 204)
                #expect(try stream.next() == way.frame("a[\(message)]"))
            }
        }
    }

    @Test("An answer ends when enough has come, and the next goes on", arguments: ways)
    func limit(way: Way) async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let stream = try server.begin(way.method, session + way.path)
            _ = try stream.next()
            #expect(try stream.next() == way.frame("o"))
            let message = "\"" + String(repeating: "x", count: 1400) + "\""
            for _ in 1...3 {
                #expect(try server.ask("POST", session + "/xhr_send", body: "[\(message)]").status == 204)
                #expect(try stream.next() == way.frame("a[\(message)]"))
            }
            #expect(try stream.next() == nil)
            let next = try server.begin(way.method, session + way.path)
            _ = try next.next()
            #expect(try server.ask("POST", session + "/xhr_send", body: #"["on"]"#).status == 204)
            #expect(try next.next() == way.frame(#"a["on"]"#))
        }
    }

    @Test("The limit counts frames with what is around them, but no prelude")
    func exactLimit() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let stream = try server.begin("POST", session + "/xhr_streaming")
            _ = try stream.next()
            _ = try stream.next()
            let message = "\"" + String(repeating: "x", count: 128) + "\""
            for _ in 1...31 {
                #expect(try server.ask("POST", session + "/xhr_send", body: "[\(message)]").status == 204)
                #expect(try stream.next() == "a[\(message)]\n")
            }
            #expect(try stream.next() == nil)
        }
    }

    @Test("The end of a session ends the answer, and any other to come", arguments: ways)
    func closed(way: Way) async throws {
        try await withExampleServer { server throws in
            let session = server.session("close")
            let first = try server.begin(way.method, session + way.path)
            _ = try first.next()
            #expect(try first.next() == way.frame("o"))
            #expect(try first.next() == way.frame(#"c[3000,"Go away!"]"#))
            #expect(try first.next() == nil)
            let second = try server.begin(way.method, session + way.path)
            _ = try second.next()
            #expect(try second.next() == way.frame(#"c[3000,"Go away!"]"#))
            #expect(try second.next() == nil)
        }
    }

    @Test("Only one answer goes on; where its client breaks off, the session ends", arguments: ways)
    func interrupted(way: Way) async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let first = try server.begin(way.method, session + way.path)
            _ = try first.next()
            #expect(try first.next() == way.frame("o"))
            let second = try server.begin(way.method, session + way.path)
            _ = try second.next()
            #expect(try second.next() == way.frame(#"c[2010,"Another connection still open"]"#))
            #expect(try second.next() == nil)
            first.connection.abort()
            var answer: String?
            repeat {
                let third = try server.begin(way.method, session + way.path)
                _ = try third.next()
                answer = try third.next()
            } while answer == way.frame(#"c[2010,"Another connection still open"]"#)
            #expect(answer == way.frame(#"c[1002,"Connection interrupted"]"#))
        }
    }

    @Test("Where nothing is said, hearts beat", arguments: ways)
    func heartbeat(way: Way) async throws {
        try await withExampleServer(.with(\.heartbeat, .milliseconds(20))) { server throws in
            let stream = try server.begin(way.method, server.session() + way.path)
            _ = try stream.next()
            #expect(try stream.next() == way.frame("o"))
            #expect(try stream.next() == way.frame("h"))
            #expect(try stream.next() == way.frame("h"))
        }
    }

    @Test("A polling request that waits for long ends with a heartbeat")
    func pollingHeartbeat() async throws {
        try await withExampleServer(.with(\.heartbeat, .milliseconds(20))) { server throws in
            let session = server.session()
            #expect(try server.ask("POST", session + "/xhr").body == "o\n")
            #expect(try server.ask("POST", session + "/xhr").body == "h\n")
        }
    }

    @Test("Stopping ends what waits, and lets nothing begin")
    func stopped() async throws {
        try await withExampleServer { server throws in
            let session = server.session()
            let stream = try server.begin("POST", session + "/xhr_streaming")
            _ = try stream.next()
            #expect(try stream.next() == "o\n")
            server.services.stop()
            #expect(try stream.next() == "c[3000,\"Go away!\"]\n")
            #expect(try stream.next() == nil)
            #expect(try server.ask("POST", server.session() + "/xhr").status == 503)
        }
    }
}
