import GafferHTTP
import GafferModel
import NIOCore
import Testing
import WebServer
import WebTestKit

@Suite("Limits of connections")
struct ConnectionLimitTests {
    @Test("A head that does not end is told after its time")
    func endsSlowHeads() async throws {
        try await serving(limits: .standard(with: \.head, .milliseconds(20))) { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nHos")
            let answer = try client.receive()
            #expect(answer.status == 408)
            #expect(answer.reason == "timed_out")
            try client.finish()
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A body that does not end is told after its time")
    func endsSlowBodies() async throws {
        try await serving(limits: .standard(with: \.body, .milliseconds(20))) { place in
            let client = try place.connect()
            try client.send("POST /state HTTP/1.1\r\nContent-Length: 2\r\n\r\n1")
            #expect(try client.receive().status == 408)
            try client.finish()
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A connection that never asks ends after its time")
    func endsSilentConnections() async throws {
        try await serving(limits: .standard(with: \.idle, .milliseconds(20))) { place in
            let client = try place.connect()
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A connection that asks no more ends after its time")
    func endsIdleConnections() async throws {
        // Long enough for the first request to be sent in time on a busy machine.
        try await serving(limits: .standard(with: \.idle, .seconds(1))) { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\n\r\n")
            #expect(try client.receive().text == "OK")
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A client that does not go after its last answer is cut off")
    func endsLingering() async throws {
        try await serving(limits: .standard(with: \.lingering, .milliseconds(20))) { place in
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(try client.receive().text == "OK")
            #expect(try client.receiveEnd().isEmpty)
            // Until the other side is closed whole, writing works: the kernel takes the bytes.
            #expect(throws: RawClientError.self) { while true { try client.send("x") } }
        }
    }

    @Test("A connection too many is told, and the next one is taken once another has gone", arguments: [false, true])
    func boundsConnections(_ onTCP: Bool) async throws {
        try await serving(onTCP: onTCP, limits: .standard(with: \.connections, 2)) { place in
            let request = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let first = try place.connect()
            try first.send(request)
            #expect(try first.receive().text == "OK")
            do {
                let second = try place.connect()
                try second.send(request)
                #expect(try second.receive().text == "OK")
                let third = try place.connect()
                try third.send(request)
                let answer = try third.receive()
                #expect(answer.status == 503)
                #expect(answer.reason == "too_many_connections")
                try second.send("GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                _ = try second.receive()
                try second.finish()
                _ = try second.receiveEnd()
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
}
