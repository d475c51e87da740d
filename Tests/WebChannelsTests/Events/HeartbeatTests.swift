import Testing
import WebChannels
import WebServer

@Suite("Heartbeats of a stream")
struct HeartbeatTests {
    /// Long enough to be never.
    private let never = Heartbeat(every: .seconds(3600))
    private let often = Heartbeat(every: .milliseconds(1), Array("!".utf8))

    @Test("Elements are written as they come, and the end is the end")
    func elements() async throws {
        let writer = FakeWriter()
        let elements = AsyncStream { continuation in
            for number in 1...3 { continuation.yield(number) }
            continuation.finish()
        }
        try await writer.write(elements, heartbeat: never) { Array("\($0);".utf8) }
        #expect(writer.text == "1;2;3;")
    }

    @Test("Where nothing comes, a heartbeat is written again and again")
    func heartbeat() async throws {
        let writer = FakeWriter()
        let (elements, continuation) = AsyncStream<String>.makeStream()
        writer.onWrite { text in
            if text == "!!!" { continuation.yield("x") }
            if text.hasPrefix("!!!"), text.contains("x!") { continuation.finish() }
        }
        try await writer.write(elements, heartbeat: often) { Array($0.utf8) }
        #expect(writer.text.hasPrefix("!!!"))
        #expect(writer.text.contains("x!"))
        #expect(!writer.didOverlap)
    }

    @Test("What is written and a heartbeat never overlap")
    func overlap() async throws {
        let writer = FakeWriter(delay: .milliseconds(2))
        let (elements, continuation) = AsyncStream<String>.makeStream()
        for _ in 0..<20 { continuation.yield("x") }
        writer.onWrite { text in
            if text.filter({ $0 == "x" }).count == 20, text.hasSuffix("!") { continuation.finish() }
        }
        try await writer.write(elements, heartbeat: often) { Array($0.utf8) }
        #expect(writer.text.filter { $0 == "x" }.count == 20)
        #expect(!writer.didOverlap)
    }

    @Test("A client that is gone ends it, whichever write finds out")
    func gone() async {
        let (elements, continuation) = AsyncStream<String>.makeStream()
        await #expect(throws: ConnectionClosed.self) {
            try await FakeWriter(limit: 2).write(elements, heartbeat: often) { Array($0.utf8) }
        }
        continuation.finish()
        await #expect(throws: ConnectionClosed.self) {
            let elements = AsyncStream { continuation in for _ in 0..<3 { continuation.yield("x") } }
            try await FakeWriter(limit: 2).write(elements, heartbeat: nil) { Array($0.utf8) }
        }
    }

    @Test("A task that is cancelled ends it")
    func cancelled() async throws {
        let writer = FakeWriter()
        let (elements, continuation) = AsyncStream<String>.makeStream()
        let task = Task { [never] in
            try await writer.write(elements, heartbeat: never) { Array($0.utf8) }
        }
        task.cancel()
        try await task.value
        continuation.finish()
        #expect(writer.text == "")
    }
}
