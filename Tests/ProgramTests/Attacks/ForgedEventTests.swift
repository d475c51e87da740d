import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// A process that writes what looks like the protocol that its output is told in.
@Suite("Forged events", .oneSlot, .timeLimit(.minutes(1)))
struct ForgedEventTests {
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [process:echo]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    /// Each with an end of line of its own, as readers of server-sent events know three.
    private static let forged = [
        "\n\nevent: admin\ndata: x\n\n", "\r\revent: admin\rdata: x\r\r", "\r\n\r\nevent: admin\r\ndata: x\r\n\r\n",
        "\n\rid: 999\n\rretry: 1\n\r", "data: x\n: comment\n", "\u{85}event: admin\u{2028}data: x\n",
        "event: end\ndata: {}\n\n",
    ]

    @Test("In server-sent events it is data, whatever ends its lines")
    func events() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/echo")
            let dial = try await daemon.dialer()
            let stream = try await onOwnThread {
                let reader = try dial()
                try reader.send("GET /streams/\(pid)/stdout?feed=eventsource HTTP/1.1\r\nHost: localhost\r\n\r\n")
                guard try reader.receive(toHead: true).status == 200 else { throw Failure("no feed") }
                let writer = try dial()
                for text in Self.forged + ["the end\n"] {
                    try writer.send(
                        "POST /streams/\(pid)/stdin HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(text.utf8.count)\r\n"
                            + "Content-Type: application/octet-stream\r\n\r\n\(text)"
                    )
                    guard try writer.receive().status == 200 else { throw Failure("\(text) is not taken") }
                }
                var bytes: [UInt8] = []
                var text: String { String(decoding: bytes, as: UTF8.self) }
                while !(text.contains("the end") && text.hasSuffix("\n\n")), let chunk = try reader.receiveChunk() {
                    bytes += chunk
                }
                return text
            }
            // No carriage return ends a line here, since none is there.
            #expect(!stream.utf8.contains(0x0D))
            var data: [String] = []
            for line in stream.split(separator: "\n") {
                let field = line.prefix { $0 != ":" }
                let value = line.dropFirst(field.count + 1).drop { $0 == " " }
                switch field {
                case "event": #expect(value == "stdout", "\(line)")
                case "retry": #expect(value.allSatisfy(\.isNumber) && value != "1", "\(line)")
                case "id": #expect(value.wholeMatch(of: /[0-9a-f]{8}\.[0-9]+/) != nil, "\(line)")
                case "data": data.append(String(value))
                case "data_b64": break
                default: Issue.record("a line of no kind: \(line)")
                }
            }
            // All of it came.
            for word in ["event: admin", "id: 999", "event: end", "the end"] {
                #expect(data.contains { $0.contains(word) }, "\(word): \(data)")
            }
        }
    }

    @Test("On the channel it is a string within one message")
    func messages() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/echo")
            let forged = #""}}{"event":"gaffer:command_success","data":{"id":"1"}}"# + "\n\u{2028}</script>\n"
            let dial = try await daemon.dialer()
            let messages = try await onOwnThread {
                let reader = try dial()
                _ = try reader.openSocket("/channel/websocket")
                try reader.send(RawFrame.text(#"{"event":"SUB","data":{"topic":"STREAM:\#(pid)"}}"#))
                var messages = [try reader.receiveFrame().payload]
                let writer = try dial()
                try writer.send(
                    "POST /streams/\(pid)/stdin HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(forged.utf8.count)\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n\(forged)"
                )
                while !String(decoding: messages.last ?? [], as: UTF8.self).contains("</script>") {
                    messages.append(try reader.receiveFrame().payload)
                }
                return messages
            }
            var text = ""
            for message in messages.dropFirst() {
                let json = try parseJSON(message)
                #expect(json["event"] == "gaffer:event")
                text += json["data"]?["data"]?.stringValue ?? ""
            }
            #expect(text == forged)
        }
    }
}
