import GafferClient
import GafferModel
import Testing
import WebTestKit

@testable import WebClient

private func text(_ text: String) -> [UInt8] { serverFrame(0x81, Array(text.utf8)) }

@Suite("The channel of gafferd")
struct ChannelTests {
    /// Answers each message as a gafferd would, and sends an event before each answer.
    private static let server = ScriptedServer { request in
        webSocketReply(request) { peer in
            while let (first, payload) = peer.longFrame(), first == 0x81 {
                let message = String(decoding: payload, as: UTF8.self)
                peer.send(text(#"{"event":"gaffer:event","data":{"event":"spawn","topic":"EVENTS","pid":4}}"#))
                let answer: String? =
                    switch message {
                    case #"{"event":"SUB","data":{"topic":"EVENTS"}}"#, #"{"event":"UNSUB","data":{"topic":"EVENTS"}}"#:
                        #"{"event":"gaffer:subscription_success","topic":"EVENTS"}"#
                    case #"{"event":"SUB","data":{"topic":"STREAM:9"}}"#:
                        #"{"event":"gaffer:subscription_error","topic":"STREAM:9","data":{"topic":"STREAM:9","reason":"not_found","message":"There is no process 9."}}"#
                    case #"{"event":"SUB","data":{"topic":"JOB:a.b"}}"#:
                        #"{"event":"subscription_error","data":{"reason":"forbidden"}}"#
                    case #"{"event":"CMD","data":{"identity":"1","name":"info","args":["a.b"],"kwargs":{}}}"#:
                        #"{"event":"gaffer:command_success","data":{"id":"1","result":{"info":1}}}"#
                    case #"{"event":"CMD","data":{"identity":"2","name":"kill","args":[],"kwargs":{"x":1}}}"#:
                        #"{"event":"gaffer:command_error","data":{"id":"2","error":{"errno":404,"reason":"not_found"}}}"#
                    case "AUTH:k":
                        #"{"event":"gaffer:error","data":{"error":"AUTH_REQUIRED","reason":"AUTH_REQUIRED"}}"#
                    default: nil
                    }
                if let answer { peer.send(text(answer)) }
            }
        }
    }

    @Test("carries subscriptions, commands and events beside each other")
    func conversation() throws {
        let channel = try GafferClient(endpoint: .unix(path: Self.server.path)).eventChannel()
        try channel.subscribe("EVENTS")
        #expect(channel.isReadable)
        var error = #expect(throws: ClientError.self) { try channel.subscribe("STREAM:9") }
        #expect(error?.kind == .notFound)
        #expect(error?.message == "There is no process 9.")
        error = #expect(throws: ClientError.self) { try channel.subscribe("JOB:a.b") }
        #expect(error?.kind == .refused)
        #expect(try channel.command("info", ["a.b"]) == ["info": 1])
        error = #expect(throws: ClientError.self) {
            _ = try channel.command("kill", options: [.init("x", .integer(1))])
        }
        #expect(error?.kind == .notFound)
        try channel.unsubscribe("EVENTS")
        try channel.sendHeartbeat()
        let event = EventChannel.Item.event(
            topic: "EVENTS",
            name: "spawn",
            ["event": "spawn", "topic": "EVENTS", "pid": 4]
        )
        for _ in 1...7 { #expect(try channel.next(waiting: .seconds(30)) == event) }
        try channel.authenticate("k")
        #expect(try channel.next(waiting: .seconds(30)) == event)
        guard case .error(let refused) = try channel.next(waiting: .seconds(30)) else {
            Issue.record("No error came.")
            return
        }
        #expect(refused.kind == .refused)
        channel.close()
    }

    @Test("of one process carries its output and what is written to it")
    func ioChannel() throws {
        let server = ScriptedServer { request in
            webSocketReply(request) { peer in
                peer.send(serverFrame(0x81, IOFrame(.message, id: "a", body: Array("out".utf8)).encoded))
                peer.send(
                    serverFrame(0x82, IOFrame(.gap, id: "g", body: Array(#"{"lost":82,"offset":90}"#.utf8)).encoded)
                )
                if let (_, payload) = peer.frame() {
                    peer.send(serverFrame(0x82, IOFrame(.message, id: "b", body: payload).encoded))
                    peer.send(serverFrame(0x81, IOFrame(.response, id: "1", body: Array("OK".utf8)).encoded))
                }
                if peer.frame() != nil {
                    let error = Array(#"{"error":"EPERM","errno":403}"#.utf8)
                    peer.send(serverFrame(0x81, IOFrame(.error, id: "2", body: error).encoded))
                    peer.send(serverFrame(0x81, IOFrame(.error, id: "gaffer_error", body: error).encoded))
                }
            }
        }
        let channel = try GafferClient(endpoint: .unix(path: server.path)).ioChannel(4, stream: "a b")
        #expect(try channel.next(waiting: .seconds(30)) == .output(Array("out".utf8)))
        #expect(try channel.next(waiting: .seconds(30)) == .gap(lost: 82))
        #expect(try channel.write([0, 1]) == "1")
        #expect(try channel.next(waiting: .seconds(30)) == .output(IOFrame(.message, id: "1", body: [0, 1]).encoded))
        #expect(try channel.next(waiting: .seconds(30)) == .accepted("1"))
        try channel.write([2])
        guard case .refused("2", let error) = try channel.next(waiting: .seconds(30)) else {
            Issue.record("The write was not refused.")
            return
        }
        #expect(error.kind == .refused)
        let last = #expect(throws: ClientError.self) { _ = try channel.next(waiting: .seconds(30)) }
        #expect(last?.reason == "EPERM")
        #expect(server.requests.map(\.line) == ["GET /4/channel/a%20b?mode=3"])
    }

    @Test(
        "has frames of one form only",
        arguments: [
            "", "V1 message a", "V2 message a\u{0}", "V1 other a\u{0}", "V1 message \u{0}", "V1 message a b\u{0}",
        ]
    )
    func badFrames(text: String) {
        #expect(IOFrame(parsing: Array(text.utf8)) == nil)
    }

    @Test("keeps a body as it is, NULs and all")
    func frames() {
        let frame = IOFrame(.message, id: "x1", body: [0, 32, 0])
        #expect(frame.encoded == Array("V1 message x1\u{0}\u{0} \u{0}".utf8))
        #expect(IOFrame(parsing: frame.encoded) == frame)
    }
}

extension ScriptedServer.Peer {
    /// The next frame of the client, of less than 64 KiB.
    fileprivate mutating func longFrame() -> (first: UInt8, payload: [UInt8])? {
        let head = read(atLeast: 8)
        guard head.count >= 6, head[1] & 0x7F == 126 else { return frame() }
        let length = Int(head[2]) << 8 | Int(head[3])
        let bytes = read(atLeast: 8 + length)
        let payload = bytes[8..<(8 + length)].enumerated().map { $1 ^ bytes[4 + $0 % 4] }
        drop(8 + length)
        return (bytes[0], payload)
    }
}
