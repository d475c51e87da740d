import Testing
import WebClient

@Suite("An endpoint")
struct EndpointTests {
    @Test(
        "is read as a user writes it",
        arguments: [
            ("unix:/run/gaffer/gafferd.sock", .unix(path: "/run/gaffer/gafferd.sock")),
            ("unix:gafferd.sock", .unix(path: "gafferd.sock")),
            ("unix:///run/s", .unix(path: "/run/s")),
            ("/run/s", .unix(path: "/run/s")),
            ("http://node1", .http(host: "node1", port: 5000)),
            ("http://node1/", .http(host: "node1", port: 5000)),
            ("http://node1:80", .http(host: "node1", port: 80)),
            ("http://127.0.0.1:65535", .http(host: "127.0.0.1", port: 65_535)),
            ("http://[::1]:5001", .http(host: "::1", port: 5001)),
            ("http://[fe80::1%eth0]", .http(host: "fe80::1%eth0", port: 5000)),
            ("https://node1", .https(host: "node1", port: 5000)),
            ("https://[::1]:443/", .https(host: "::1", port: 443)),
            ("http://bücher.example", .http(host: "bücher.example", port: 5000)),
        ] as [(String, Endpoint)]
    )
    func reads(text: String, expected: Endpoint) throws {
        #expect(try Endpoint(parsing: text, defaultPort: 5000) == expected)
    }

    @Test(
        "that is none is refused with the reason",
        arguments: [
            ("", #""" is no endpoint: give unix:PATH, http://HOST[:PORT] or https://HOST[:PORT]."#),
            ("ftp://x", #""ftp://x" is no endpoint: give unix:PATH, http://HOST[:PORT] or https://HOST[:PORT]."#),
            ("unix:", #""unix:" is no endpoint: the path is missing."#),
            ("http://", #""http://" is no endpoint: the host is missing."#),
            ("http://:5000", #""http://:5000" is no endpoint: the host is missing."#),
            ("http://a:", #""http://a:" is no endpoint: the port is a number from 1 to 65535."#),
            ("http://a:0", #""http://a:0" is no endpoint: the port is a number from 1 to 65535."#),
            ("http://a:+1", #""http://a:+1" is no endpoint: the port is a number from 1 to 65535."#),
            ("http://a:65536", #""http://a:65536" is no endpoint: the port is a number from 1 to 65535."#),
            ("http://a/b", #""http://a/b" is no endpoint: it may not have a path: give http://HOST[:PORT]."#),
            ("http://u:p@a", #""http://u:p@a" is no endpoint: a user and a password can't be given in it."#),
            (
                "http://::1",
                #""http://::1" is no endpoint: an IPv6 address stands in brackets, as in http://[::1]:5000."#
            ),
            ("http://[::1", #""http://[::1" is no endpoint: the ] after the address is missing."#),
            ("http://[node]", #""http://[node]" is no endpoint: between [ and ] stands no IPv6 address."#),
            ("http://a b", #""http://a b" is no endpoint: the host has a character that no host has."#),
            (
                "http://a\r\nX: y",
                #""http://a\u{d}\u{a}X: y" is no endpoint: the host has a character that no host has."#
            ),
            ("https://a/b", #""https://a/b" is no endpoint: it may not have a path: give https://HOST[:PORT]."#),
        ]
    )
    func refuses(text: String, message: String) {
        let error = #expect(throws: WebError.self) { try Endpoint(parsing: text) }
        #expect(error?.message == message)
    }

    @Test("has a path as long as the kernel takes, and no longer")
    func pathLength() throws {
        let longest = "/" + String(repeating: "x", count: Endpoint.maximumPathLength - 1)
        #expect(try Endpoint(parsing: longest) == .unix(path: longest))
        #expect(throws: WebError.self) { try Endpoint(parsing: longest + "x") }
    }

    @Test(
        "is written as it is read",
        arguments: ["unix:/run/s", "http://node1:80", "http://[::1]:5001", "https://node1:5001"]
    )
    func roundTrip(text: String) throws {
        #expect(try Endpoint(parsing: text).description == text)
    }

    @Test("names itself in the header Host, localhost for a unix socket")
    func host() {
        #expect(Endpoint.unix(path: "/s").hostHeader == "localhost")
        #expect(Endpoint.http(host: "::1", port: 5000).hostHeader == "[::1]:5000")
    }
}
