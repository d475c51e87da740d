import NIOHTTP1
import Testing
import WebChannels
import WebServer

@Suite("What a service of SockJS makes of a request")
struct SockJSServiceTests {
    private let service = SockJSService { channel, _ in while await channel.receive() != nil {} }

    private func answer(
        _ method: String,
        _ path: String,
        _ headers: HTTPHeaders = [:],
        answersOrigin: Bool = true
    ) throws -> Response {
        let target = try RequestTarget(parsing: path)
        let plan = service.plan(
            for: RequestHead(method: method, target: path, headers: headers),
            segments: target.segments,
            query: target.query,
            owner: "tests",
            answersOrigin: answersOrigin
        )
        switch plan {
        case .respond(let response): return response
        case .read(_, let decide):
            guard case .now(let response) = decide([]) else { throw Unexpected() }
            return response
        case .webSocket: throw Unexpected()
        }
    }

    private struct Unexpected: Error {}

    @Test(
        "The page that asks is told that it may read, by its own name where it has one",
        arguments: [("https://a.example", "https://a.example"), ("null", "*"), (nil, "*"), ("a\u{7F}", "*")],
        [("GET", "/info"), ("OPTIONS", "/info"), ("OPTIONS", "/a/b/xhr"), ("POST", "/a/b/xhr")]
    )
    func allowed(origin: (asked: String?, told: String), request: (method: String, path: String)) throws {
        let headers = origin.asked.map { HTTPHeaders([("Origin", $0)]) } ?? [:]
        let response = try answer(request.method, request.path, headers)
        #expect(response[header: "access-control-allow-origin"] == origin.told)
        #expect(response[header: "access-control-allow-credentials"] == "true")
        #expect(response[header: "vary"] == "origin")
    }

    @Test(
        "Where nobody may, or another part says so, nothing is said",
        arguments: [("GET", "/info"), ("OPTIONS", "/info"), ("OPTIONS", "/a/b/xhr"), ("POST", "/a/b/xhr")]
    )
    func notAllowed(method: String, path: String) throws {
        let headers: HTTPHeaders = [
            "Origin": "https://a.example", "Access-Control-Request-Headers": "x",
            "Access-Control-Request-Method": "POST",
        ]
        let response = try answer(method, path, headers, answersOrigin: false)
        #expect(response.status < 300)
        #expect(response.headers.allSatisfy { !$0.name.hasPrefix("access-control") })
    }

    @Test("No header of a request gets into an answer with control characters")
    func headers() throws {
        let odd = "a\r\nx: y"
        let headers: HTTPHeaders = [
            "Origin": odd, "Access-Control-Request-Headers": odd, "Cookie": "JSESSIONID=\(odd)",
        ]
        let response = try answer("POST", "/a/b/xhr", headers)
        #expect(response[header: "access-control-allow-headers"] == nil)
        #expect(response.headers.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    }

    @Test("The application is told how it is talked to, and for whom")
    func context() async throws {
        let (contexts, continuation) = AsyncStream<SockJSContext>.makeStream()
        let service = SockJSService { _, context in continuation.yield(context) }
        let target = try RequestTarget(parsing: "/a/b/xhr")
        let head = RequestHead(method: "POST", target: "/channel/a/b/xhr", headers: ["X-A": "b"])
        let plan = service.plan(
            for: head,
            segments: target.segments,
            query: target.query,
            owner: "uid 7",
            answersOrigin: false
        )
        guard case .read(_, let decide) = plan else { throw Unexpected() }
        _ = decide([])
        var iterator = contexts.makeAsyncIterator()
        let context = try #require(await iterator.next())
        #expect(context.transport == .xhrPolling)
        #expect(context.owner == "uid 7")
        #expect(context.head.target == "/channel/a/b/xhr")
        #expect(context.head.headers["x-a"] == ["b"])
    }
}
