import Testing
import WebServer
import WebTestKit

/// Requests whose end two readers could see in two places; whoever stands before us must not be fooled.
@Suite("Framing of requests")
struct FramingTests {
    @Test(
        "What has two ends, or none, is refused, and what follows it is not looked at",
        arguments: [
            "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: +5",
            "Content-Length: -5",
            "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length:", "Content-Length: 99999999999999999999999",
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: identity",
            "Transfer-Encoding: xchunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "Content-Length : 5",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        ]
    )
    func refusesAmbiguity(_ headers: String) async throws {
        let seen = Happening()
        let decide: @Sendable (RequestHead) -> RequestPlan = { head in
            if head.target == "/smuggled" { seen.happens() }
            return .read(limit: 100) { _ in .now(.text("OK")) }
        }
        try await serving(decide) { place in
            let client = try place.connect()
            try client.send("POST / HTTP/1.1\r\n\(headers)\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n")
            try client.finish()
            let answers = try client.receiveEnd()
            #expect(String(decoding: answers, as: UTF8.self).hasPrefix("HTTP/1.1 400 "), "\(headers)")
        }
        #expect(seen.count == 0)
    }

    @Test(
        "A body is as long as it says, whichever way it says so",
        arguments: [
            ("Content-Length: 5\r\n\r\nhello", "hello"), ("Content-Length: 05\r\n\r\nhello", "hello"),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("transfer-encoding: Chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", "hello"),
            ("\r\n", ""),
        ]
    )
    func readsBodies(_ rest: String, _ body: String) async throws {
        let decide: @Sendable (RequestHead) -> RequestPlan = { _ in
            .read(limit: 100) { .now(Response(contentType: .octets, body: $0)) }
        }
        try await serving(decide) { place in
            let client = try place.connect()
            try client.send("POST / HTTP/1.1\r\n\(rest)GET /next HTTP/1.1\r\n\r\n")
            #expect(try client.receive().text == body)
            #expect(try client.receive().status == 200)
        }
    }
}
