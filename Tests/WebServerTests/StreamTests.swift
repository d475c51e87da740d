import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import WebServer
import WebTestKit

@Suite("Streamed bodies")
struct StreamTests {
    private static func streaming(
        _ write: @escaping @Sendable (any ResponseWriter) async -> Void
    ) -> @Sendable (RequestHead) -> RequestPlan {
        { head in
            switch head.target {
            case "/stream": .respond(Response(contentType: .eventStream, write: write))
            case "/later":
                .read(limit: 100) { _ in .later { Response(contentType: .eventStream, write: write) } }
            default: .respond(.text("OK"))
            }
        }
    }

    @Test("A stream comes in chunks, and the connection goes on", arguments: ["/stream", "/later"], [false, true])
    func streams(_ path: String, _ onTCP: Bool) async throws {
        let decide = StreamTests.streaming { writer in
            for number in 1...3 { try? await writer.write(Array("piece \(number)\n".utf8)) }
            try? await writer.write([])
        }
        try await serving(onTCP: onTCP, decide) { place in
            let client = try place.connect()
            for _ in 0..<2 {
                try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try client.send("GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")
                let head = try client.receive(toHead: true)
                #expect(head.status == 200)
                #expect(head.headers["transfer-encoding"] == "chunked")
                #expect(head.headers["content-length"] == nil)
                #expect(head.headers["content-type"] == "text/event-stream")
                var text: [UInt8] = []
                while let chunk = try client.receiveChunk() { text += chunk }
                #expect(String(decoding: text, as: UTF8.self) == "piece 1\npiece 2\npiece 3\n")
                #expect(try client.receive().text == "OK")
            }
        }
    }

    @Test("What is written arrives at once")
    func isPrompt() async throws {
        let decide = StreamTests.streaming { writer in
            try? await writer.write(Array("first".utf8))
            await untilCancelled()
        }
        try await serving(onTCP: true, decide) { place in
            let client = try place.connect()
            try client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try client.receive(toHead: true)
            #expect(try client.receiveChunk() == Array("first".utf8))
        }
    }

    @Test("To HTTP/1.0 a stream ends with the connection")
    func streamsToOldClients() async throws {
        let decide = StreamTests.streaming { writer in try? await writer.write(Array("piece".utf8)) }
        try await serving(decide) { place in
            let client = try place.connect()
            try client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let head = try client.receive(toHead: true)
            #expect(head.headers["transfer-encoding"] == nil)
            #expect(head.headers["connection"] == "close")
            #expect(try client.receiveEnd() == Array("piece".utf8))
        }
    }

    @Test("HEAD gets the head of a stream, and nothing is written")
    func answersHead() async throws {
        let begun = Happening()
        let decide = StreamTests.streaming { _ in begun.happens() }
        try await serving(decide) { place in
            let client = try place.connect()
            try client.send("HEAD /stream HTTP/1.1\r\n\r\n")
            #expect(try client.receive(toHead: true).headers["content-type"] == "text/event-stream")
            #expect(try client.receiveEnd().isEmpty)
        }
        #expect(begun.count == 0)
    }

    enum Leaving: CaseIterable {
        case finishing, closing, resetting
    }

    @Test("The task of a silent stream is cancelled when its client goes", arguments: Leaving.allCases, [false, true])
    func noticesLeaving(_ leaving: Leaving, _ onTCP: Bool) async throws {
        let cancelled = Happening()
        let decide = StreamTests.streaming { writer in
            try? await writer.write(Array("first".utf8))
            await untilCancelled()
            cancelled.happens()
        }
        try await withServer(onTCP: onTCP, decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                // A request that waits behind the stream must not hide the client's end.
                let request = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
                try client.send(request)
                _ = try client.receive(toHead: true)
                _ = try client.receiveChunk()
                switch leaving {
                case .finishing:
                    try client.finish()
                    // It sends nothing more, but sees the end of what it asked for.
                    #expect(try client.receiveChunk() == nil)
                    #expect(try client.receive().text == "OK")
                    #expect(try client.receiveEnd().isEmpty)
                case .closing: break
                case .resetting: try client.reset()
                }
            }
            await cancelled.wait()
        }
    }

    @Test("A writer waits for a client that does not read, which gets everything when it does")
    func waits() async throws {
        let written = Mutex(0)
        let stuck = Happening()
        let piece = [UInt8](repeating: 120, count: 32 << 10)
        let count = 1000
        let decide = StreamTests.streaming { writer in
            for _ in 0..<count {
                do { try await writer.write(piece) } catch { return }
                if written.withLock({
                    $0 += 1
                    return $0 == 8
                }) {
                    stuck.happens()
                }
            }
        }
        try await withServer(decide) { place, _ in
            let client = try await blocking {
                let client = try place.connect()
                try client.send("GET /stream HTTP/1.1\r\n\r\n")
                _ = try client.receive(toHead: true)
                return Box(client)
            }
            await stuck.wait()
            try await blocking {
                // The other connections do not wait for it, and it is far from done meanwhile.
                let other = try place.connect()
                for _ in 0..<50 {
                    try other.send("GET / HTTP/1.1\r\n\r\n")
                    #expect(try other.receive().text == "OK")
                }
                #expect(written.withLock { $0 } * piece.count < 4 << 20)
                var size = 0
                while let chunk = try client.value.receiveChunk() { size += chunk.count }
                #expect(size == count * piece.count)
            }
        }
    }

    @Test("A client that takes nothing is cut off, and the writer told")
    func cutsOff() async throws {
        let told = Happening()
        let decide = StreamTests.streaming { writer in
            do {
                while true { try await writer.write([UInt8](repeating: 120, count: 65_536)) }
            } catch {
                told.happens()
            }
        }
        try await withServer(limits: .standard(with: \.writing, .milliseconds(50)), decide) { place, _ in
            let client = try await blocking {
                let client = try place.connect()
                try client.send("GET /stream HTTP/1.1\r\n\r\n")
                return Box(client)
            }
            await told.wait()
            withExtendedLifetime(client) {}
        }
    }

    @Test("A stream ends in order when the endpoint does")
    func endsWithEndpoint() async throws {
        let decide = StreamTests.streaming { writer in
            try? await writer.write(Array("first".utf8))
            await untilCancelled()
            try? await writer.write(Array("last".utf8))
        }
        try await withServer(decide) { place, group in
            let client = try await blocking {
                let client = try place.connect()
                try client.send("GET /stream HTTP/1.1\r\n\r\n")
                _ = try client.receive(toHead: true)
                _ = try client.receiveChunk()
                return Box(client)
            }
            await group.triggerGracefulShutdown()
            try await blocking { () throws in
                let client = client.value
                #expect(try client.receiveChunk() == Array("last".utf8))
                #expect(try client.receiveChunk() == nil)
                #expect(try client.receiveEnd().isEmpty)
            }
        }
    }

    @Test("A writer that outlives its stream is told")
    func endsWriters() async throws {
        let told = Happening()
        let decide = StreamTests.streaming { writer in
            Task {
                while true {
                    do {
                        try await writer.write([120])
                    } catch {
                        told.happens()
                        return
                    }
                }
            }
        }
        try await withServer(decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                try client.send("GET /stream HTTP/1.1\r\n\r\n")
                _ = try client.receive(toHead: true)
                while try client.receiveChunk() != nil {}
            }
            await told.wait()
        }
    }
}

/// Hands a client from one thread to the next.
final class Box<Value>: @unchecked Sendable {
    // @unchecked: its test uses it on one thread after the other, never on two at a time.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
