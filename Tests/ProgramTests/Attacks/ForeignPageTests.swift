import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// What a browser sends for a page of another origin, on each way in.
@Suite("Foreign pages", .oneSlot, .timeLimit(.minutes(2)))
struct ForeignPageTests {
    private static let page = "https://panel.example:8443"
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [endpoint:listed]
        bind = 127.0.0.1:0
        require_key = false
        origins = \(page)

        [process:victim]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    /// What a browser says of a page that is on no list.
    private static let foreign = [
        "Origin: https://evil.example", "Origin: null", "Origin: http://192.0.2.1", "Origin: file://",
        "Origin: http://127.0.0.1:8443", "Origin: http://localhost", "Origin: https://panel.example",
        "Origin: https://panel.example:8443.evil.example", "Origin: https://panel.example:84430",
        "Origin: http://panel.example:8443", "Origin: *", "Origin:",
        "Origin: \(page)\r\nOrigin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
    ]

    private static func requests(_ pid: Int) -> [String] {
        [
            "GET /ping", "GET /jobs", "HEAD /jobs", "GET /streams/\(pid)/stdout?feed=continuous&tail=1",
            "GET /streams/\(pid)/stdout?feed=eventsource", "GET /events?feed=eventsource", "GET /channel/info",
            "POST /streams/\(pid)/stdin", "DELETE /jobs/default/victim", "POST /channel/000/abc/xhr", "OPTIONS /jobs",
        ]
    }

    @Test("They are refused everywhere: before a stream begins, before a websocket opens, before anything is done")
    func refuses() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/victim")
            for door in [Door.unix, .tcp(0), .tcp(1)] {
                let dial = try await daemon.dialer(door)
                let faults = try await onOwnThread {
                    var faults: [String] = []
                    // One connection for all, so that a refusal is seen not to break it.
                    let client = try dial()
                    for header in Self.foreign {
                        for request in Self.requests(pid) {
                            try client.send("\(request) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
                            let answer = try client.receive(toHead: request.hasPrefix("HEAD"))
                            if answer.status != 403
                                || answer.headers.keys.contains(where: { $0.hasPrefix("access-control") })
                            {
                                faults.append("\(header) \(request): \(answer)")
                            }
                        }
                    }
                    for header in Self.foreign {
                        for path in ["/channel/websocket", "/wstreams/\(pid)", "/\(pid)/channel"] {
                            let answer = try dial().openSocket(path, headers: "\(header)\r\n")
                            if answer.status != 403 { faults.append("\(header) \(path): \(answer)") }
                        }
                    }
                    return faults
                }
                #expect(faults == [], "\(door)")
            }
            #expect(try await daemon.info("default/victim")["state"] == "running")
            #expect(try await daemon.curl("GET", "/jobs/default/victim/tail?format=text").text.isEmpty)
        }
    }

    /// The headers that tell a browser what a page may, sorted.
    private static func told(_ answer: RawAnswer) -> [String] {
        answer.headers.filter { $0.key.hasPrefix("access-control") || $0.key == "vary" }
            .map { "\($0.key): \($0.value)" }.sorted()
    }

    @Test("A page on the list is named in each answer, and nobody else ever is")
    func listed() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/victim")
            let origin = "Host: localhost\r\nOrigin: \(Self.page)\r\nSec-Fetch-Site: cross-site\r\n"
            let told = [
                "access-control-allow-origin: \(Self.page)", "access-control-expose-headers: x-api-key, location",
                "vary: Origin",
            ]
            for (path, status) in [
                ("/ping", 200), ("/jobs", 200), ("/no/such/path", 404), ("/jobs/default/none", 404),
                ("/events?feed=eventsource", 200), ("/streams/\(pid)/stdout?feed=eventsource", 200),
                ("/channel/websocket", 101), ("/wstreams/\(pid)", 101),
            ] {
                let answer = try await daemon.raw(.tcp(1)) { client in
                    if status == 101 {
                        return try client.openSocket(
                            path,
                            headers: String(origin.dropFirst("Host: localhost\r\n".count))
                        )
                    }
                    try client.send("GET \(path) HTTP/1.1\r\n\(origin)\r\n")
                    return try client.receive(toHead: true)
                }
                #expect(answer.status == status, "\(path)")
                #expect(Self.told(answer) == told, "\(path)")
            }
            let preflight = try await daemon.ask(
                "OPTIONS /jobs HTTP/1.1\r\n\(origin)Access-Control-Request-Method: PUT\r\n\r\n",
                at: .tcp(1)
            )
            #expect(preflight.status == 204)
            #expect(
                Self.told(preflight) == [
                    "access-control-allow-headers: "
                        + "authorization, content-type, x-api-key, last-event-id, x-requested-with",
                    "access-control-allow-methods: GET, HEAD, POST, PUT, DELETE, OPTIONS", told[0], told[1],
                    "access-control-max-age: 86400", told[2],
                ]
            )
            // Where no page may ask, and where none asks.
            let elsewhere = try await daemon.ask("GET /ping HTTP/1.1\r\n\(origin)\r\n", at: .tcp(0))
            #expect(elsewhere.status == 403)
            #expect(Self.told(elsewhere) == [])
            for site in ["", "Sec-Fetch-Site: none\r\n", "Sec-Fetch-Site: same-origin\r\n"] {
                let plain = try await daemon.ask("GET /ping HTTP/1.1\r\nHost: localhost\r\n\(site)\r\n", at: .tcp(1))
                #expect(plain.status == 200)
                #expect(Self.told(plain) == [])
            }
        }
    }

    @Test("Cookies are nobody's, and are never asked for")
    func cookies() async throws {
        try await withGafferd("[endpoint:keyed]\nbind = 127.0.0.1:0\norigins = \(Self.page)") { daemon in
            let key = try await daemon.key(#"{"admin": true}"#)
            for name in ["api_key", "X-API-Key", "JSESSIONID", "key"] {
                let answer = try await daemon.ask(
                    "GET /jobs HTTP/1.1\r\nHost: localhost\r\nOrigin: \(Self.page)\r\nCookie: \(name)=\(key)\r\n\r\n"
                )
                #expect(answer.status == 401, "\(name)")
                #expect(answer.headers["set-cookie"] == nil)
                #expect(answer.headers["access-control-allow-credentials"] == nil)
            }
        }
    }
}
