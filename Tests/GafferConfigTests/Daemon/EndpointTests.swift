import GafferConfig
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "An address is read in every form",
        arguments: [
            ("127.0.0.1", "127.0.0.1:5000"), ("127.0.0.1:80", "127.0.0.1:80"), ("localhost:0", "localhost:0"),
            (":5001", "127.0.0.1:5001"), ("[::1]:80", "[::1]:80"), ("[::1]", "[::1]:5000"),
            ("[fe80::1%eth0]:1", "[fe80::1%eth0]:1"),
            ("node-1.example.org:65535", "node-1.example.org:65535"), ("unix:/run/x.sock", "unix:/run/x.sock"),
            ("unix:x y", "unix:x y"),
        ]
    )
    func addresses(text: String, expected: String) {
        #expect(ListenAddress(parsing: text)?.description == expected)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "a:b", "a:65536", "a:-1", "a:+1", "a:", "::1", "::1:80", "[::1", "[::1]x", "[::1]80", "[localhost]:80",
            "a b", "a/b",
            "http://a", "unix:", "a,b", "[]:80", "é:80", "*:80", "5000", "80:80", ":",
        ]
    )
    func noAddresses(text: String) {
        #expect(ListenAddress(parsing: text) == nil)
    }

    @Test(
        "Only what can't be reached from elsewhere is local",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3:80", true), ("localhost", true), ("[::1]", true), ("unix:x", true),
            (":80", true), ("0.0.0.0", false), ("[::]", false), ("10.0.0.1", false), ("example.org", false),
            ("127.example.org", false), ("127.0.0.1.example.org", false), ("127.0.0.256", false), ("127.0.0", false),
            ("localhost.example.org", false), ("1270.0.0.1", false),
        ]
    )
    func locality(text: String, isLocal: Bool) throws {
        #expect(try #require(ListenAddress(parsing: text)).isLocal == isLocal)
    }

    @Test("An endpoint has its settings, and safe defaults")
    func settings() throws {
        let config = try Reading.load(
            "[endpoint:a]\nbind = :1\n[endpoint:b]\nbind = 0.0.0.0:2\nbacklog = 7\ncertfile = c.pem\nkeyfile = k.pem\n"
                + "cacert = ca.pem\nverify = optional\nhosts = a.example b\norigins = https://Web.example:8443\n"
                + "require_key = no\ninsecure = yes\nmax_connections = 9\nmax_connections_per_address = 3"
        )
        let plain = EndpointConfig(name: "a", address: .tcp(host: "127.0.0.1", port: 1))
        #expect(plain.requireKey && !plain.isInsecure && plain.backlog == 128)
        var full = EndpointConfig(name: "b", address: .tcp(host: "0.0.0.0", port: 2))
        full.backlog = 7
        full.certfile = "c.pem"
        full.keyfile = "k.pem"
        full.cacert = "ca.pem"
        full.verify = .optional
        full.hosts = ["a.example", "b"]
        full.maxConnections = 9
        full.maxConnectionsPerAddress = 3
        full.origins = ["https://web.example:8443"]
        full.requireKey = false
        full.isInsecure = true
        #expect(config.endpoints == [plain, full])
    }

    @Test("The certificate of the manual's example may stay empty")
    func emptyCertificate() throws {
        let config = try Reading.load("[endpoint:a]\nbind = :1\ncertfile=\nkeyfile=")
        #expect(config.endpoints.first?.certfile == nil)
    }

    @Test(
        "All are served, or those that http_endpoints names",
        arguments: [
            ("", ["a", "b"]), ("http_endpoints = a", ["a"]), ("http_endpoints = b, a", ["a", "b"]),
            ("http_endpoints = b a", ["a", "b"]), ("http_endpoints =", []),
        ]
    )
    func selection(line: String, expected: [String]) throws {
        let config = try Reading.load("[gaffer]\n\(line)\n[endpoint:a]\nbind = :1\n[endpoint:b]\nbind = :2")
        #expect(config.endpoints.map(\.name) == expected)
    }

    @Test(
        "What would be open to others without a word is refused",
        arguments: [
            ("bind = 0.0.0.0", false), ("bind = 0.0.0.0\nrequire_key = false", false),
            ("bind = 0.0.0.0\ncertfile = c\nrequire_key = false", false), ("bind = 127.example.org", false),
            ("bind = 0.0.0.0\ncertfile = c", true), ("bind = 0.0.0.0\ninsecure = true", true),
            ("bind = 0.0.0.0\nrequire_key = false\ninsecure = true", true), ("bind = :1\nrequire_key = false", true),
            ("bind = unix:x\nrequire_key = false", true),
        ]
    )
    func openness(lines: String, isAllowed: Bool) {
        let errors = Reading.errors("[endpoint:a]\n\(lines)")
        #expect(errors.isEmpty == isAllowed, "\(errors)")
        #expect(errors.allSatisfy { $0.message.contains("insecure") })
    }

    @Test("bind of [gaffer] is held to the same", arguments: ["bind = 0.0.0.0", "require_key = false\nbind = 0.0.0.0"])
    func bind(lines: String) {
        #expect(Reading.errors("[gaffer]\n\(lines)").count == 1)
    }

    @Test(
        "A bad endpoint is an error",
        arguments: [
            ("endpoint:a", "bind = a b", 2), ("endpoint:a", "backlog = 5", 1),
            ("endpoint:a", "bind = :1\nbacklog = 0", 3),
            ("endpoint:a", "bind = :1\nkeyfile = k", 3), ("endpoint:a", "bind = :1\ncolour = blue", 3),
            ("endpoint:a", "bind = :1\nrequire_key = perhaps", 3), ("endpoint:1", "bind = :1", 1),
            ("endpoint:a b", "bind = :1", 1), ("endpoint:a", "bind = :1\ncacert = c", 1),
            ("endpoint:a", "bind = :1\nverify = required", 3),
            ("endpoint:a", "bind = :1\ncertfile = c\nverify = perhaps", 4),
            ("endpoint:a", "bind = :1\ncertfile = c\nverify = required", 4),
            ("endpoint:a", "bind = unix:x\ncertfile = c", 3), ("endpoint:a", "bind = :1\nhosts = a:80", 3),
            ("endpoint:a", "bind = :1\nmax_connections = 0", 3),
            ("endpoint:a", "bind = :1\norigins = web.example", 3),
            ("endpoint:a", "bind = :1\norigins = https://web.example/x", 3),
            ("endpoint:a", "bind = :1\norigins = https://*", 3), ("ssl", "certfile = c", 1),
            ("ssl", "keyfile = c", 1), ("ssl", "certfile =\nkeyfile = k", 1),
        ]
    )
    func badEndpoints(section: String, lines: String, line: Int) {
        let errors = Reading.errors("[\(section)]\n\(lines)")
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.line == line || errors.first?.line == 1, "\(errors)")
    }

    @Test("The path of a unix socket has room for 107 bytes")
    func longPath() throws {
        let path = "/" + String(repeating: "x", count: 106)
        #expect(try Reading.load("[endpoint:a]\nbind = unix:\(path)").endpoints.first?.address == .unix(path))
        #expect(
            Reading.errors("[endpoint:a]\nbind = unix:\(path)x").map(\.message) == [
                "the path of a unix socket has room for 107 bytes."
            ]
        )
    }

    @Test("Two endpoints on one address are an error, unless the kernel chooses the port")
    func sameAddress() {
        let errors = Reading.errors(
            "[gaffer]\nbind = :1\n[endpoint:a]\nbind = 127.0.0.1:1\n[endpoint:b]\nbind = unix:x\n[endpoint:c]\nbind = unix:x"
        )
        #expect(errors.map(\.line) == [4, 8])
        #expect(
            errors.map(\.message) == ["bind of [gaffer] has this address too.", "[endpoint:b] has this address too."]
        )
        #expect(Reading.errors("[endpoint:a]\nbind = :0\n[endpoint:b]\nbind = :0") == [])
        #expect(Reading.errors("[gaffer]\nhttp_endpoints = a\n[endpoint:a]\nbind = :1\n[endpoint:b]\nbind = :1") == [])
    }

    @Test("An endpoint that stands twice is an error")
    func duplicate() {
        #expect(Reading.errors("[endpoint:a]\nbind = :1\n[ENDPOINT:a]\nbind = :2").map(\.line) == [3])
    }
}
