import NIOHTTP1
import Testing

@testable import WebServer

@Suite("Hosts and pages")
struct AccessTests {
    @Test(
        "A loopback endpoint answers to loopback names and its own",
        arguments: [
            "localhost", "LOCALHOST", "localhost:5000", "127.0.0.1", "127.0.0.1:80", "127.255.0.9:1", "[::1]",
            "[::1]:5000", "[0:0:0:0:0:0:0:1]", "node.example", "Node.Example:5000",
        ]
    )
    func allowsHosts(_ host: String) {
        #expect(HostRule(configured: ["127.0.0.1", "node.example"]).allows(host))
    }

    @Test(
        "It answers to nothing else",
        arguments: [
            nil, "", ":80", "evil.com", "evil.com:5000", "localhost.evil.com", "127.0.0.1.nip.io", "localhost.",
            "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:123456",
            "localhost:80:80", "[::1", "::1", "[127.0.0.1]", "[::1]x", "[localhost]", "10.0.0.1", "[::2]", "0.0.0.0",
            "localhost@evil.com", "evil.com@localhost", " localhost", "localhost evil.com", "[::ffff:127.0.0.1]",
        ]
    )
    func refusesHosts(_ host: String?) {
        #expect(!HostRule(configured: ["127.0.0.1", "node.example"]).allows(host))
    }

    @Test(
        "An endpoint on all addresses answers to every address and to no name",
        arguments: ["0.0.0.0", "[::]", "::"]
    )
    func allowsAddresses(_ configured: String) {
        let rule = HostRule(configured: [configured])
        #expect(rule.allows("10.0.0.1:5000"))
        #expect(rule.allows("[fe80::1]"))
        #expect(!rule.allows("evil.com"))
    }

    @Test(
        "A request of a web page is refused, wherever it comes from",
        arguments: [
            [("Origin", "https://evil.example")], [("origin", "null")], [("ORIGIN", "http://localhost:5000")],
            [("Origin", "file://")], [("Sec-Fetch-Site", "cross-site")], [("sec-fetch-site", "same-site")],
        ]
    )
    func refusesPages(_ headers: [(String, String)]) {
        let facts = RequestFacts(headers: HTTPHeaders([("Host", "localhost")] + headers))
        #expect(facts.refusal(by: nil, authority: nil)?.status == 403)
        #expect(facts.refusal(by: HostRule(configured: []), authority: nil)?.status == 403)
    }

    @Test(
        "The host is checked before the page, in the header and in the target",
        arguments: [
            (["localhost"], nil, nil), (["evil.com"], nil, 421), ([], nil, 421),
            (["localhost", "localhost"], nil, 400),
            (["localhost"], "evil.com", 421), (["evil.com"], "localhost", 421), (["localhost"], "127.0.0.1", nil),
        ] as [([String], String?, Int?)]
    )
    func checksHosts(_ hosts: [String], _ authority: String?, _ status: Int?) {
        let facts = RequestFacts(headers: HTTPHeaders(hosts.map { ("hOsT", $0) }))
        #expect(facts.refusal(by: HostRule(configured: []), authority: authority)?.status == status)
    }

    @Test("A unix socket has no host")
    func checksNoHostOnUnixSockets() {
        #expect(RequestFacts(headers: ["host": "evil.com"]).refusal(by: nil, authority: "x") == nil)
        #expect(RequestFacts(headers: [:]).refusal(by: nil, authority: nil) == nil)
    }

    @Test("A head is read in one look")
    func readsHeads() {
        let facts = RequestFacts(
            headers: [
                "Accept": "text/plain;q=0.9, */*", "Content-Length": "12", "Expect": "100-Continue", "Upgrade": "h2c",
                "Sec-Fetch-Site": "none",
            ]
        )
        #expect(facts.acceptsText)
        #expect(facts.declaredLength == 12)
        #expect(facts.expectsContinue)
        #expect(facts.asksForUpgrade)
        #expect(!facts.isFromOtherSite)
        #expect(!RequestFacts(headers: ["Accept": "application/json, text/plain"]).acceptsText)
        #expect(RequestFacts(headers: ["Content-Length": "99999999999999999999"]).declaredLength == Int.max)
    }

    @Test(
        "A websocket is asked for in two headers",
        arguments: [
            ([("Connection", "Upgrade"), ("Upgrade", "websocket")], true),
            ([("connection", "keep-alive , UPGRADE"), ("upgrade", "WebSocket")], true),
            ([("Connection", "keep-alive"), ("Connection", "upgrade"), ("Upgrade", "h2c, websocket")], true),
            ([("Upgrade", "websocket")], false), ([("Connection", "Upgrade")], false),
            ([("Connection", "Upgrade"), ("Upgrade", "websockets")], false),
            ([("Connection", "Upgraded"), ("Upgrade", "websocket")], false),
            ([("Connection", ""), ("Upgrade", ",")], false),
        ]
    )
    func readsUpgrades(_ headers: [(String, String)], _ asks: Bool) {
        #expect(RequestFacts(headers: HTTPHeaders(headers)).asksForWebSocket == asks)
    }

    @Test(
        "A page on the list may ask, as its browser spells it",
        arguments: ["https://panel.example:8443", "HTTPS://Panel.Example:8443", "http://[::1]:80"]
    )
    func allowsListed(_ origin: String) {
        let rule = OriginRule(allowed: ["https://panel.example:8443", "http://[::1]:80"])
        let facts = RequestFacts(headers: ["Origin": origin, "Sec-Fetch-Site": "cross-site"])
        #expect(facts.origin(allowedBy: rule) == origin)
        #expect(facts.refusal(by: nil, pages: rule, authority: nil) == nil)
    }

    @Test(
        "A page that is not on it is refused, however near it comes",
        arguments: [
            ["null"], ["https://panel.example"], ["http://panel.example:8443"], ["https://panel.example:8443/"],
            ["https://panel.example:84430"], ["https://panel.example.evil.com:8443"], ["https://evil.com"], [""], ["*"],
            ["file://"], ["http://127.0.0.1:8443"], ["https://panel.example:8443 https://evil.com"],
            ["https://panel.example:8443", "https://evil.com"],
            ["https://panel.example:8443", "https://panel.example:8443"],
        ]
    )
    func refusesOthers(_ origins: [String]) {
        let rule = OriginRule(allowed: ["https://panel.example:8443", "null", "*", "file://", ""])
        let facts = RequestFacts(headers: HTTPHeaders(origins.map { ("Origin", $0) }))
        #expect(facts.origin(allowedBy: rule) == nil)
        #expect(facts.refusal(by: nil, pages: rule, authority: nil)?.status == 403)
    }

    @Test(
        "What is no origin can't be on a list",
        arguments: [
            ("https://a", true), ("http://a.b:80", true), ("moz-extension://0a-b", true), ("http://[::1]", true),
            ("a", false), ("https://", false), ("https://a/", false), ("https://a?b", false), ("//a", false),
            ("https:a", false), ("1http://a", false), ("null", false), ("*", false), ("https://*.a", false),
            ("https://u@a", false), ("", false), ("https://a b", false),
        ]
    )
    func knowsOrigins(_ text: String, _ isOrigin: Bool) {
        #expect(OriginRule.isOrigin(text) == isOrigin)
    }

    @Test("What is compressed is not taken", arguments: ["gzip", "br", "deflate", "identity, gzip", ""])
    func refusesEncodings(_ encoding: String) {
        let facts = RequestFacts(headers: ["Content-Encoding": encoding])
        #expect(facts.refusal(by: nil, authority: nil)?.status == 415)
        #expect(RequestFacts(headers: ["Content-Encoding": "Identity"]).refusal(by: nil, authority: nil) == nil)
        #expect(
            RequestFacts(headers: ["Transfer-Encoding": "gzip, chunked"]).refusal(by: nil, authority: nil)?.status
                == 415
        )
        #expect(RequestFacts(headers: ["Transfer-Encoding": "Chunked"]).refusal(by: nil, authority: nil) == nil)
    }
}
