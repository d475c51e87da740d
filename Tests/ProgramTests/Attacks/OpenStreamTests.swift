import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Who opens streams without an end.
@Suite("Open streams", .oneSlot, .timeLimit(.minutes(1)))
struct OpenStreamTests {
    private static let sections = """
        [endpoint:keyed]
        bind = 127.0.0.1:0

        [process:echo]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    @Test("A key has 32 at a time, of all kinds together; one that is closed makes room for another")
    func quota() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/echo")
            let (key, other) = try await (daemon.key(#"{"read": ["*"]}"#), daemon.key(#"{"read": ["*"]}"#))
            let port = try await daemon.port()
            let written = try await daemon.curl("POST", "/streams/\(pid)/stdin", "written\n")
            #expect(written.status == 200)
            try await daemon.eventually("its echo") {
                let tail = try await daemon.curl("GET", "/jobs/default/echo/tail?format=text")
                return tail.text.isEmpty ? nil : tail
            }
            let faults = try await onOwnThread {
                let opener = Opener(port: port, pid: pid)
                var faults: [String] = []
                func expect(_ isSo: Bool, _ what: String) { if !isSo { faults.append(what) } }
                var held: [RawClient] = []
                for index in 0..<24 {
                    let (client, status) = try opener.open(index, key: key, from: 2)
                    expect(status == 200, "feed \(index): \(status)")
                    held.append(client)
                }
                // The subscriptions of one connection count as well.
                let channel = try opener.channel(key: key, from: 2)
                for topic in ["STREAM:\(pid)", "STREAM:\(pid).stdout"] {
                    let told = try opener.subscribe(topic, channel)
                    expect(told.contains("subscription_success"), "\(topic): \(told)")
                }
                for number in 0..<6 {
                    let client = try RawClient(port: port, from: 3)
                    let answer = try client.openSocket("/wstreams/\(pid)?tail=1", headers: "X-API-Key: \(key)\r\n")
                    expect(answer.status == 101, "socket \(number): \(answer.status)")
                    // A websocket takes its place a moment after its head.
                    let line = try String(decoding: client.receiveFrame().payload, as: UTF8.self)
                    expect(line == "written\n", "socket \(number): \(line)")
                    held.append(client)
                }
                for index in 0..<Opener.feeds {
                    let (client, status) = try opener.open(index, key: key, from: 5)
                    let text = try client.receiveEnd()
                    let told = String(decoding: text, as: UTF8.self)
                    expect(status == 429 && told.contains("too_many_streams"), "feed \(index): \(status) \(told)")
                }
                let told = try opener.subscribe("STREAM:\(pid)", opener.channel(key: key, from: 6))
                expect(told.contains("subscription_error"), told)
                // Others have their own, and what is no stream is not counted.
                expect(try opener.open(0, key: other, from: 7).1 == 200, "another key")
                expect(try opener.open("/jobs", key: key, from: 7).1 == 200, "no stream")

                try held.removeFirst().reset()
                // gafferd learns of it a moment later.
                var (client, status) = try opener.open(0, key: key, from: 8)
                for _ in 0..<10_000 where status == 429 { (client, status) = try opener.open(0, key: key, from: 8) }
                try client.reset()
                expect(status == 200, "after one was closed: \(status)")
                withExtendedLifetime((held, channel)) {}
                return faults
            }
            #expect(faults == [])
        }
    }
}

/// Opens streams of a process with a key.
private struct Opener {
    let port: UInt16
    let pid: Int

    /// How many kinds of feeds there are.
    static let feeds = 5

    /// Opens one of the kinds, with a connection that ends with the answer.
    func open(_ kind: Int, key: String, from host: UInt8) throws -> (RawClient, Int) {
        let feeds = [
            "/streams/\(pid)/stdout?feed=continuous", "/streams/\(pid)/.?feed=eventsource",
            "/events?feed=eventsource", "/watch?feed=continuous", "/stats?feed=eventsource",
        ]
        return try open(feeds[kind % feeds.count], key: key, from: host)
    }

    func open(_ path: String, key: String, from host: UInt8) throws -> (RawClient, Int) {
        let client = try RawClient(port: port, from: host)
        try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: \(key)\r\n\r\n")
        return (client, try client.receive(toHead: true).status)
    }

    func channel(key: String, from host: UInt8) throws -> RawClient {
        let client = try RawClient(port: port, from: host)
        _ = try client.openSocket("/channel/websocket", headers: "X-API-Key: \(key)\r\n")
        return client
    }

    func subscribe(_ topic: String, _ channel: RawClient) throws -> String {
        try channel.send(RawFrame.text(#"{"event":"SUB","data":{"topic":"\#(topic)"}}"#))
        return try String(decoding: channel.receiveFrame().payload, as: UTF8.self)
    }
}
