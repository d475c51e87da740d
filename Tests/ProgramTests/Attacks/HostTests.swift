import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// A name of somebody else that points to this machine (DNS rebinding).
@Suite("Foreign host names", .oneSlot, .timeLimit(.minutes(2)))
struct HostTests {
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        hosts = node.example
        require_key = false

        [process:victim]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    /// What stands in the place of the header `Host`.
    private static let good = [
        "localhost", "LOCALHOST", "localhost:5000", "127.0.0.1", "127.0.0.1:80", "127.255.0.9:1", "[::1]", "[::1]:5000",
        "[0:0:0:0:0:0:0:1]", "node.example", "Node.Example:5000",
    ]
    private static let bad = [
        "", ":80", "evil.com", "evil.com:5000", "localhost.evil.com", "127.0.0.1.nip.io", "localhost.", "node.example.",
        "a.node.example", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1:", "127.0.0.1:x",
        "127.0.0.1:123456", "localhost:80:80", "[::1", "::1", "[127.0.0.1]", "[::1]x", "[localhost]", "10.0.0.1",
        "[::2]", "0.0.0.0", "localhost@evil.com", "evil.com@localhost", "localhost evil.com", "[::ffff:127.0.0.1]",
        "localhost,evil.com", "localhost%2eevil.com", "xn--lcalhost-d1a",
    ]

    /// Everything that begins something: a request that reads, one that changes, streams, and websockets.
    private static func requests(_ pid: Int) -> [String] {
        [
            "GET /ping HTTP/1.1\r\n", "GET /jobs HTTP/1.1\r\n", "GET /no/such/path HTTP/1.1\r\n",
            "DELETE /jobs/default/victim HTTP/1.1\r\n", "POST /state HTTP/1.1\r\nContent-Length: 1\r\n",
            "GET /streams/\(pid)/stdout?feed=continuous HTTP/1.1\r\n",
            "GET /streams/\(pid)/stdout?feed=eventsource HTTP/1.1\r\n", "GET /events?feed=eventsource HTTP/1.1\r\n",
            "GET /channel/info HTTP/1.1\r\n",
        ]
            + ["/channel/websocket", "/wstreams/\(pid)", "/\(pid)/channel"].map {
                "GET \($0) HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            }
    }

    @Test("They are told that they are wrong here, before anything is looked at")
    func refuses() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/victim")
            for host in Self.bad {
                let answer = try await daemon.ask("GET /jobs HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(answer.status == 421, "\(host): \(answer.text)")
            }
            for request in Self.requests(pid) {
                for host in ["Host: evil.com:5000\r\n", ""] {
                    let body = request.contains("Content-Length") ? "0" : ""
                    let answer = try await daemon.ask("\(request)\(host)\r\n\(body)")
                    #expect(answer.status == 421, "\(request)\(host): \(answer.status) \(answer.text)")
                }
            }
            #expect(try await daemon.info("default/victim")["state"] == "running")
        }
    }

    @Test("Those that the endpoint has are let in")
    func allows() async throws {
        try await withGafferd(Self.sections) { daemon in
            for host in Self.good {
                let answer = try await daemon.ask("GET /ping HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(answer.status == 200, "\(host): \(answer.text)")
            }
        }
    }

    @Test("The host of an absolute target counts besides, and two headers are none")
    func targets() async throws {
        try await withGafferd(Self.sections) { daemon in
            for (target, host, status) in [
                ("http://evil.com/ping", "localhost", 421), ("http://localhost/ping", "evil.com", 421),
                ("HTTP://evil.com/ping", "localhost", 421), ("http://evil.com", "localhost", 421),
                ("http://evil.com?a=b", "localhost", 421), ("http://localhost@evil.com/ping", "localhost", 421),
                ("http://127.0.0.1/ping", "localhost", 200), ("/ping", "localhost\r\nHost: localhost", 400),
                ("/ping", "localhost\r\nHost: evil.com", 400), ("//evil.com/ping", "localhost", 404),
            ] {
                let answer = try await daemon.ask("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(answer.status == status, "\(target), \(host): \(answer.text)")
            }
        }
    }
}
