import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Bodies that are made to break who reads them.
@Suite("Hostile bodies", .oneSlot, .timeLimit(.minutes(2)))
struct HostileBodyTests {
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [process:victim]
        cmd = /bin/sleep 1000

        """

    private static let deep = 100_000

    /// None of them is a configuration of a job, or of anything else.
    private static let bodies: [(name: String, text: String)] = [
        ("arrays without an end", String(repeating: "[", count: deep)),
        ("objects without an end", String(repeating: #"{"a":"#, count: deep)),
        ("arrays with an end", String(repeating: "[", count: deep) + String(repeating: "]", count: deep)),
        ("33 levels", String(repeating: "[", count: 33) + String(repeating: "]", count: 33)),
        ("a member given twice", #"{"name": "a", "cmd": "/bin/true", "name": "b"}"#),
        ("a member given twice, written differently", #"{"cmd": "/bin/true", "\u0063md": "/bin/false", "name": "a"}"#),
        ("a member given twice inside", #"{"name": "a", "cmd": "/bin/true", "env": {"A": "1", "A": "2"}}"#),
        (
            "a mebibyte of members",
            "{" + (0..<60_000).map { #""m\#($0)":0"# }.joined(separator: ",") + "}"
        ),
        (
            "a mebibyte of members that are named twice",
            "{" + (0..<60_000).map { #""m\#($0 % 59_999)":0"# }.joined(separator: ",") + "}"
        ),
        ("a number of a mebibyte", #"{"signal": "# + String(repeating: "9", count: 1 << 19) + "}"),
        ("a number beyond all numbers", #"{"signal": 1e999999999, "scale": -1e999999999}"#),
        ("a text without an end", "\"" + String(repeating: "\\u0000", count: 100_000)),
        ("half of a pair", #"{"name": "\ud800", "cmd": "/bin/true"}"#),
        ("NUL", #"{"name": "a\u0000", "cmd": "/bin/true"}"#),
        ("names of no meaning", #"{"name": "a", "cmd": "/bin/true", "__proto__": {"admin": true}}{}"#),
        ("what JSON does not know", "{'name': NaN, /* */ }"),
        ("a mark of the byte order", "\u{FEFF}{\"name\": \"a\", \"cmd\": \"/bin/true\"}"),
    ]

    @Test("They are told what is wrong, quickly and in few words, and gafferd goes on")
    func refuses() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/victim")
            let job = "/jobs/default/victim"
            let dial = try await daemon.dialer()
            let before = try ProcessTable.memory(of: daemon.osPid)
            let faults = try await onOwnThread {
                var faults: [String] = []
                for path in [
                    "/jobs/default", "/jobs", "\(job)/numprocesses", "\(job)/signal", "\(job)/state",
                    "/state", "/\(pid)/signal", "/keys", "/users", "/sessions/default/signal", "/processes",
                ] {
                    let client = try dial()
                    for body in Self.bodies {
                        try client.send(
                            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.text.utf8.count)\r\n\r\n"
                                + body.text
                        )
                        let answer = try client.receive()
                        if ![400, 404, 405].contains(answer.status) || answer.body.count > 4096 {
                            faults.append("\(path), \(body.name): \(answer.status) \(answer.text.prefix(1000))")
                        }
                    }
                }
                return faults
            }
            #expect(faults == [])
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"]?.strings == ["default.victim"])
            #expect(try await daemon.pid("default/victim") == pid)
            let grown = (ProcessTable.peakMemory(of: daemon.osPid) ?? .max) - before
            #expect(grown < 128 << 20, "\(grown >> 10) KiB")
        }
    }

    @Test("As messages of the channel they do no more harm")
    func messages() async throws {
        try await withGafferd(Self.sections) { daemon in
            for body in Self.bodies where body.text.utf8.count <= 1 << 20 {
                let said = try await daemon.raw { client in
                    _ = try client.openSocket("/channel/websocket")
                    let bytes = Array(body.text.utf8)
                    for start in stride(from: 0, to: bytes.count, by: 60_000) {
                        let end = min(start + 60_000, bytes.count)
                        let first: UInt8 = (start == 0 ? 0x01 : 0) | (end == bytes.count ? 0x80 : 0)
                        try client.send(RawFrame(first, Array(bytes[start..<end])))
                    }
                    return try client.receiveFrame()
                }
                let text = String(decoding: said.payload, as: UTF8.self)
                #expect(said.code != nil || text.contains("gaffer:error"), "\(body.name): \(text.prefix(200))")
            }
            #expect(try await daemon.curl("GET", "/ping").text == "OK")
        }
    }
}
