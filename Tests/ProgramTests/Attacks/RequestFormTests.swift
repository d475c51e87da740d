import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Where a key may stand, and what a body may be: what no page can send by itself.
@Suite("Keys and bodies of requests", .oneSlot, .timeLimit(.minutes(2)))
struct RequestFormTests {
    private static let sections = """
        [endpoint:keyed]
        bind = 127.0.0.1:0

        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [process:victim]
        cmd = /bin/sleep 1000

        """

    @Test("A key counts in a header alone, and is written to no log, wherever it stands")
    func keys() async throws {
        try await Workbench.with { bench in
            try bench.configure(gaffer: "log_level = debug", Self.sections)
            try await bench.gafferd { daemon in
                let key = try await daemon.key(#"{"admin": true}"#)
                for (place, status) in [
                    ("X-API-Key: \(key)", 200), ("Authorization: Bearer \(key)", 200),
                    ("authorization: bearer \(key)", 200),
                    ("Cookie: X-API-Key=\(key)", 401), ("Authorization: \(key)", 401),
                    ("Referer: http://x/?key=\(key)", 401),
                    ("X-API-Key: \(key)\r\nX-API-Key: x", 401), ("X-API-Key: \(key)x", 401),
                ] {
                    let answer = try await daemon.ask("GET /jobs HTTP/1.1\r\nHost: localhost\r\n\(place)\r\n\r\n")
                    #expect(answer.status == status, "\(place): \(answer.text)")
                    #expect(!answer.text.contains(key))
                }
                for target in [
                    "/jobs?key=\(key)", "/jobs?api_key=\(key)", "/jobs?X-API-Key=\(key)",
                    "/events?feed=eventsource&key=\(key)", "/channel/websocket?key=\(key)",
                ] {
                    let answer = try await daemon.ask("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect([400, 401].contains(answer.status), "\(target): \(answer.status) \(answer.text)")
                    #expect(!answer.text.contains(key), "\(target): \(answer.text)")
                }
                // A websocket opens for who has yet to say who it is, but a key in its target says nothing.
                let frames = try await daemon.raw { client in
                    _ = try client.openSocket("/channel/websocket?api_key=\(key)")
                    try client.send(RawFrame.text(#"{"event":"SUB","data":{"topic":"EVENTS"}}"#))
                    return try String(decoding: client.receiveFrame().payload, as: UTF8.self)
                }
                #expect(!frames.contains("subscription_success"), "\(frames)")
                // Where keys have paths of their own, one that is told whole is no more logged than others.
                #expect(try await daemon.curl("GET", "/keys/\(key)").status == 200)
                #expect(try await daemon.curl("DELETE", "/keys/\(key)").status == 200)
                let log = daemon.log.text
                #expect(log.contains("path=/jobs"), "requests are logged")
                let secret = key.suffix(20)
                #expect(!log.contains(secret))
            }
        }
    }

    @Test("What a form of a page sends is no body, but what `curl -d` sends is")
    func bodies() async throws {
        try await withGafferd(Self.sections) { daemon in
            let stop = "/jobs/default/victim/state"
            for type in [
                "text/plain", "TEXT/PLAIN; charset=utf-8", "text/plain;application/json",
                "multipart/form-data; boundary=x",
            ] {
                for (method, path) in [
                    ("POST", stop), ("POST", "/jobs/default"), ("PUT", "/jobs/default/x"), ("POST", "/state"),
                ] {
                    let answer = try await daemon.ask(
                        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: 1\r\n\r\n0",
                        at: .tcp(1)
                    )
                    #expect(answer.status == 415, "\(type) \(path): \(answer.text)")
                }
            }
            #expect(try await daemon.info("default/victim")["state"] == "running")
            for type in ["application/json", "application/x-www-form-urlencoded", "application/octet-stream"] {
                let answer = try await daemon.ask(
                    "POST \(stop)?wait=30 HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: 1\r\n\r\n3",
                    at: .tcp(1)
                )
                #expect(answer.status == 202, "\(type): \(answer.text)")
            }
        }
    }

    @Test("What is compressed is not taken, on no path", arguments: ["gzip", "br", "deflate", "identity, gzip", "x"])
    func compression(coding: String) async throws {
        try await withGafferd(Self.sections) { daemon in
            for door in [Door.unix, .tcp(1)] {
                for request in ["POST /jobs/default", "POST /state", "GET /ping", "POST /keys"] {
                    let answer = try await daemon.ask(
                        "\(request) HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: \(coding)\r\nContent-Length: 1\r\n\r\n0",
                        at: door
                    )
                    #expect(answer.status == 415, "\(request): \(answer.text)")
                }
            }
            // Nor is what is answered: a client that would like it gets it plain.
            let plain = try await daemon.ask(
                "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n\r\n",
                at: .tcp(1)
            )
            #expect(plain.headers["content-encoding"] == nil)
            #expect(plain.text.hasPrefix("{"))
            let socket = try await daemon.raw(.tcp(1)) { client in
                try client.openSocket(
                    "/channel/websocket",
                    headers: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                )
            }
            #expect(socket.status == 101)
            #expect(socket.headers["sec-websocket-extensions"] == nil)
        }
    }
}
