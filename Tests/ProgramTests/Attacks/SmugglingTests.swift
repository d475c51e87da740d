import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Requests whose end two readers would see in two places, and other protocols.
@Suite("Smuggled requests", .oneSlot, .timeLimit(.minutes(1)))
struct SmugglingTests {
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [process:victim]
        cmd = /bin/sleep 1000

        """

    /// What follows would remove the job if it were taken for a request.
    private static let smuggled = "0\r\n\r\nDELETE /jobs/default/victim HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("They are refused with 400, the connection is closed, and nothing behind them is looked at")
    func refuses() async throws {
        try await withGafferd(Self.sections) { daemon in
            for headers in [
                "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: +5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Content-Length: 0x5",
                "Content-Length: -1",
                " Content-Length: 5", "Content-Length: 5\u{0}", "Transfer-Encoding:\u{0B}chunked",
            ] {
                for door in [Door.unix, .tcp()] {
                    let text = try await daemon.raw(door) { client in
                        try client.send("POST /ping HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n\r\n\(Self.smuggled)")
                        try client.finish()
                        return try String(decoding: client.receiveEnd(), as: UTF8.self)
                    }
                    let statuses = text.matches(of: #/HTTP\/1\.1 (\d+)/#).map(\.output.1)
                    #expect(statuses == [headers.contains("gzip") ? "415" : "400"], "\(headers.quoted): \(text)")
                    #expect(text.contains("connection: close"))
                }
            }
            #expect(try await daemon.info("default/victim")["state"] == "running")
        }
    }

    @Test("Other protocols are refused, or not taken up")
    func protocols() async throws {
        try await withGafferd(Self.sections) { daemon in
            for door in [Door.unix, .tcp()] {
                for preface in [
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u{0}\u{0}\u{0}\u{4}\u{0}",
                    "GET /ping HTTP/2.0\r\nHost: localhost\r\n\r\n",
                ] {
                    let answer = try await daemon.ask(preface, at: door)
                    #expect(answer.status == 400)
                    #expect(answer.headers["connection"] == "close")
                }
                let upgrade = try await daemon.ask(
                    "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
                    at: door
                )
                #expect(upgrade.status == 200)
                #expect(upgrade.headers["upgrade"] == nil)
                let proxy = try await daemon.ask(
                    "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
                    at: door
                )
                #expect(proxy.status == 400)
            }
        }
    }
}

extension String {
    /// As JSON, for messages.
    fileprivate var quoted: String { JSON.string(self).text }
}
