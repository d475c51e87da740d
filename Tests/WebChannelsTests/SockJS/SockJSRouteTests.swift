import Testing
import WebServer

@testable import WebChannels

@Suite("Paths below a service of SockJS")
struct SockJSRouteTests {
    private func route(_ path: String) -> SockJSRoute? {
        guard let target = try? RequestTarget(parsing: path) else { return nil }
        return SockJSRoute(segments: target.segments)
    }

    @Test(
        "What there is",
        arguments: [
            ("/", .greeting), ("/info", .info), ("/websocket", .rawWebSocket), ("/iframe.html", .iframe),
            ("/iframe-a.html", .iframe), ("/iframe-.html", .iframe), ("/iframe-0.1.2abc-dirty.2144.html", .iframe),
            ("/a/b/xhr", .session(id: "b", .xhr)), ("/_/_/websocket", .session(id: "_", .webSocket)),
            ("/x/abcdefg_i-j%20/jsonp_send", .session(id: "abcdefg_i-j ", .jsonpSend)),
            ("/x/a%2Fb/htmlfile", .session(id: "a/b", .htmlFile)),
        ] as [(String, SockJSRoute)]
    )
    func known(path: String, expected: SockJSRoute) {
        #expect(route(path) == expected)
    }

    @Test(
        "What there is not",
        arguments: [
            "//", "///", "/a", "/a.html", "/a/a", "/a/a/", "/a/", "/iframe", "/iframe.htm", "/IFRAME.HTML",
            "/iframe.HTML",
            "/iframe.xml", "/iframe-/.html", "/iframeA.html", "/iframe-%0a.html", "/info/", "/a./a/xhr", "/a/a./xhr",
            "/./a/xhr", "//a/xhr", "/a//xhr", "/a/a/xhr/", "/a/a/XHR", "/a/a/", "/a/a/nothing", "/a/a/a/xhr",
        ]
    )
    func unknown(path: String) {
        #expect(route(path) == nil)
    }

    @Test("The name of a session has an end")
    func long() {
        let longest = String(repeating: "x", count: SockJSRoute.longestID)
        #expect(route("/a/\(longest)/xhr") == .session(id: longest, .xhr))
        #expect(route("/a/\(longest)x/xhr") == nil)
    }

    @Test("No segments make it stumble")
    func anything() {
        var random = SystemRandomNumberGenerator()
        let parts = ["", "a", ".", "iframe", ".html", "xhr", "info", "é", "\u{301}", "\u{0}", "websocket", "😀"]
        for _ in 0..<3000 {
            let segments = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement() ?? "" }.joined()
            }
            if case .session(let id, _) = SockJSRoute(segments: segments) {
                #expect(!id.isEmpty && !id.contains("."))
            }
        }
    }

    @Test("A callback is a name", arguments: ["callback", "_jp.a1b2c3", "a-b", String(repeating: "x", count: 64)])
    func callbacks(name: String) {
        #expect(SockJSRoute.isCallback(name))
    }

    @Test(
        "What is no name is no callback",
        arguments: [
            "", "alert(1)", "a;b", "a b", "é", "<script>", "a\n", "a'", "a\"", "a[0]", "a\u{2028}", "\0",
            String(repeating: "x", count: 65),
        ]
    )
    func noCallbacks(name: String) {
        #expect(!SockJSRoute.isCallback(name))
    }

    @Test(
        "A cookie is sent back only where it can't become another header",
        arguments: [
            ("JSESSIONID=abcdef", "abcdef"), ("a=b; JSESSIONID=x.1-2", "x.1-2"), ("JSESSIONID=", nil), ("x=y", nil),
            ("JSESSIONID=a b", nil), ("JSESSIONID=a\r\nx: y", nil), ("JSESSIONID=\"a\"", nil), ("JSESSIONID=é", nil),
            ("XJSESSIONID=a", nil), ("JSESSIONID=" + String(repeating: "x", count: 257), nil),
        ] as [(String, String?)]
    )
    func cookies(header: String, value: String?) {
        #expect(SockJSCookie.value(in: [header]) == value)
    }
}
