import GafferModel
import GafferSystem
import Glibc
import NIOHTTP1
import Testing

@testable import GafferHTTP
@testable import WebServer

@Suite("Who gets in")
struct AccessTests {
    @Test("The kernel tells who connected")
    func asksTheKernel() throws {
        var pair: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let peer = try #require(Peer(of: pair[0]))
        #expect(peer.uid == geteuid())
        #expect(peer.gid == getegid())
        #expect(peer.pid == getpid())
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(Int32(groups.count), &groups)
        #expect(Set(peer.groups) == Set(groups.prefix(Int(count))))
        let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(tcp) }
        #expect(Peer(of: tcp) == nil)
        #expect(Peer(of: -1) == nil)
    }

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
        #expect(!facts.isFromPage)
        #expect(!RequestFacts(headers: ["Accept": "application/json, text/plain"]).acceptsText)
        #expect(RequestFacts(headers: ["Content-Length": "99999999999999999999"]).declaredLength == Int.max)
    }
}
