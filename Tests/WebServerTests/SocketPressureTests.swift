import NIOCore
import Synchronization
import Testing
import WebServer
import WebTestKit

/// Websockets whose clients do not keep pace, or say nothing.
@Suite("Websockets under pressure")
struct SocketPressureTests {
    @Test("A sender waits for a client that does not read, and others do not")
    func waits() async throws {
        let sent = Mutex(0)
        let stuck = Happening()
        let text = String(repeating: "x", count: 10_000)
        let count = 2000
        let decide = SocketTests.talking { channel in
            for _ in 0..<count {
                do { try await channel.send(.text(text)) } catch { return }
                if sent.withLock({
                    $0 += 1
                    return $0 == 20
                }) {
                    stuck.happens()
                }
            }
        }
        try await withServer(decide) { place, _ in
            let client = try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                return Box(client)
            }
            await stuck.wait()
            try await blocking {
                let client = client.value
                let other = try place.connect()
                for _ in 0..<50 {
                    try other.send("GET / HTTP/1.1\r\n\r\n")
                    #expect(try other.receive().status == 200)
                }
                #expect(sent.withLock { $0 } * text.utf8.count < 4 << 20)
                for _ in 0..<count { #expect(try client.receiveFrame().payload.count == 10_000) }
                #expect(try client.receiveFrame().code == 1000)
            }
        }
    }

    @Test("A client that sends faster than it is received waits")
    func boundsReceiving() async throws {
        let go = Happening()
        let decide = SocketTests.talking { channel in
            await go.wait()
            while let message = await channel.receive() {
                try? await channel.send(OutgoingMessages([.binary(message.bytes)]))
            }
        }
        try await withServer(decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                try client.setTimeout(milliseconds: 200)
                let frame = RawFrame(0x82, [UInt8](repeating: 1, count: 60_000)).bytes()
                var sent = 0
                // The kernel takes a little, and the server a little more, but not everything.
                #expect(throws: RawClientError.self) {
                    while sent < 1000 {
                        try client.send(frame)
                        sent += 1
                    }
                }
                #expect(sent < 200)
                go.happens()
            }
        }
    }

    @Test("What many send at a time comes whole, and what one sends in order")
    func keepsOrder() async throws {
        let decide = SocketTests.talking { channel in
            await withTaskGroup(of: Void.self) { tasks in
                for sender in 0..<8 {
                    tasks.addTask {
                        for number in 0..<200 {
                            let text = "\(sender) \(number) " + String(repeating: "x", count: 3000)
                            try? await channel.send(OutgoingMessages([.text(Array(text.utf8)), .binary([1])]))
                        }
                    }
                }
            }
        }
        try await serving(decide) { place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            var next = [Int](repeating: 0, count: 8)
            for _ in 0..<1600 {
                let frame = try client.receiveFrame()
                let words = String(decoding: frame.payload, as: UTF8.self).split(separator: " ")
                try #require(words.count == 3)
                let sender = try #require(Int(words[0]))
                #expect(Int(words[1]) == next[sender])
                #expect(words[2].count == 3000)
                next[sender] += 1
                // The second of a batch is the first's neighbour.
                #expect(try client.receiveFrame() == RawFrame(0x82, [1]))
            }
        }
    }

    // MARK: Time

    @Test("A client that says nothing is asked, and cut off where it does not answer")
    func asks() async throws {
        var limits = WebSocketLimits()
        limits.ping = .milliseconds(50)
        limits.pong = .seconds(1)
        let ended = Happening()
        let decide = SocketTests.talking(limits: limits) { channel in
            while await channel.receive() != nil {}
            ended.happens()
        }
        try await withServer(decide) { place, _ in
            try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                for _ in 0..<3 {
                    #expect(try client.receiveFrame() == RawFrame(0x89, []))
                    try client.send(RawFrame(0x8A, []))
                }
                #expect(try client.receiveFrame() == RawFrame(0x89, []))
                #expect(try client.receiveEnd().isEmpty)
            }
            await ended.wait()
        }
    }

    @Test("A client that takes nothing is cut off, and the sender told")
    func cutsOff() async throws {
        var limits = WebSocketLimits()
        limits.pong = .milliseconds(50)
        let told = Happening()
        let decide = SocketTests.talking(limits: limits) { channel in
            let messages = OutgoingMessages.text(String(repeating: "x", count: 60_000))
            do { while true { try await channel.send(messages) } } catch { told.happens() }
        }
        try await withServer(decide) { place, _ in
            let client = try await blocking {
                let client = try place.connect()
                _ = try client.openSocket("/socket")
                return Box(client)
            }
            await told.wait()
            withExtendedLifetime(client) {}
        }
    }

    @Test("A client that does not answer a close is cut off")
    func endsClosing() async throws {
        try await serving(limits: .standard(with: \.lingering, .milliseconds(50)), SocketTests.talking { _ in }) {
            place in
            let client = try place.connect()
            _ = try client.openSocket("/socket")
            #expect(try client.receiveFrame() == .close(1000))
            #expect(try client.receiveEnd().isEmpty)
        }
    }
}
