import Testing
import WebServer
import WebTestKit

/// What a browser gets to see, of a page that may ask and of others.
@Suite("Origins")
struct OriginTests {
    private static let page = "https://panel.example"
    private static let rule = OriginRule(allowed: [page])
    private static let paths = ["/now", "/later", "/missing", "/stream", "/socket"]

    private static let decide: @Sendable (RequestHead) -> RequestPlan = { head in
        switch head.target {
        case "/now": .read(limit: 10) { _ in .now(.text("OK")) }
        case "/later": .read(limit: 10) { _ in .later { .text("OK") } }
        case "/stream":
            .respond(Response(contentType: .eventStream) { writer in try? await writer.write([1]) })
        case "/socket": .webSocket(WebSocketPlan { _ in })
        case "/own":
            .respond(
                Response(
                    contentType: .text,
                    body: [],
                    headers: [Response.Header("access-control-allow-origin", "https://other.example")]
                )
            )
        default: .respond(.failure(404, "not_found", "There is no such path."))
        }
    }

    @Test("A page on the list gets every answer", arguments: paths)
    func answersListed(_ path: String) async throws {
        try await serving(origins: OriginTests.rule, OriginTests.decide) { place in
            let client = try place.connect()
            let origin = "Origin: \(OriginTests.page)\r\nSec-Fetch-Site: cross-site\r\n"
            let answer =
                try path == "/socket"
                ? client.openSocket(path, headers: origin)
                : {
                    try client.send("GET \(path) HTTP/1.1\r\n\(origin)\r\n")
                    return try client.receive(toHead: true)
                }()
            #expect(answer.status == (path == "/socket" ? 101 : path == "/missing" ? 404 : 200))
            #expect(answer.headers["access-control-allow-origin"] == OriginTests.page)
            #expect(answer.headers["vary"] == "Origin")
            #expect(answer.headers["access-control-expose-headers"] == "x-api-key, location")
            #expect(answer.headers["access-control-allow-credentials"] == nil)
        }
    }

    @Test(
        "Others are refused, before a stream begins and before 101",
        arguments: paths,
        ["null", "https://evil.example"]
    )
    func refusesOthers(_ path: String, _ origin: String) async throws {
        try await serving(origins: OriginTests.rule, OriginTests.decide) { place in
            let client = try place.connect()
            for method in ["GET", "POST", "OPTIONS", "DELETE"] {
                try client.send("\(method) \(path) HTTP/1.1\r\nOrigin: \(origin)\r\n\r\n")
                let answer = try client.receive()
                #expect(answer.status == 403)
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            #expect(try client.openSocket(path, headers: "Origin: \(origin)\r\n").status == 403)
        }
    }

    @Test("Without an origin nothing is said of origins")
    func isSilentToOthers() async throws {
        try await serving(origins: OriginTests.rule, OriginTests.decide) { place in
            let client = try place.connect()
            try client.send("GET /now HTTP/1.1\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.text == "OK")
            #expect(!answer.headers.keys.contains { $0.hasPrefix("access-control") || $0 == "vary" })
        }
    }

    @Test("A browser that asks first is answered, whatever the path, and the responder not asked")
    func answersPreflights() async throws {
        let asked = Happening()
        let decide: @Sendable (RequestHead) -> RequestPlan = { _ in
            asked.happens()
            return .respond(.text("OK"))
        }
        try await serving(origins: OriginTests.rule, decide) { place in
            let client = try place.connect()
            let request = "OPTIONS /any HTTP/1.1\r\nAccess-Control-Request-Method: PUT\r\n"
            for _ in 0..<2 {
                try client.send("\(request)Origin: \(OriginTests.page)\r\n\r\n")
                let answer = try client.receive()
                #expect(answer.status == 204)
                #expect(answer.headers["content-length"] == nil)
                #expect(answer.headers["access-control-allow-origin"] == OriginTests.page)
                #expect(answer.headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT, DELETE, OPTIONS")
                #expect(
                    answer.headers["access-control-allow-headers"]
                        == "authorization, content-type, x-api-key, last-event-id, x-requested-with"
                )
                #expect(answer.headers["access-control-max-age"] == "86400")
            }
            #expect(asked.count == 0)
            // Without an origin it is a request like any other.
            try client.send("\(request)\r\n")
            #expect(try client.receive().text == "OK")
            #expect(asked.count == 1)
        }
    }

    @Test("What a responder says of origins itself is left alone")
    func leavesOwnWord() async throws {
        try await serving(origins: OriginTests.rule, OriginTests.decide) { place in
            let client = try place.connect()
            try client.send("GET /own HTTP/1.1\r\nOrigin: \(OriginTests.page)\r\n\r\n")
            #expect(try client.receive().headers["access-control-allow-origin"] == "https://other.example")
        }
    }
}
