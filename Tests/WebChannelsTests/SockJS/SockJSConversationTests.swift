import Testing
import WebServer

@testable import WebChannels

@Suite("A session of SockJS as the application sees it", .timeLimit(.minutes(1)))
struct SockJSConversationTests {
    private func make(
        _ configuration: SockJSConfiguration = SockJSConfiguration(),
        onForgotten: @escaping @Sendable () -> Void = {}
    ) -> SockJSConversation {
        SockJSConversation(configuration) { _ in onForgotten() }
    }

    private func configuration<Value>(
        _ path: WritableKeyPath<SockJSConfiguration, Value>,
        _ value: Value
    ) -> SockJSConfiguration {
        var configuration = SockJSConfiguration()
        // Nobody is attached in some tests, and a busy machine takes its time.
        configuration.disconnectDelay = .seconds(600)
        configuration[keyPath: path] = value
        return configuration
    }

    private func attached(_ conversation: SockJSConversation) throws -> Int {
        guard case .attached(let receiver) = conversation.attach() else { throw ConnectionClosed() }
        return receiver
    }

    @Test("Who sends too much waits until the client has fetched it")
    func backPressure() async throws {
        let conversation = make(configuration(\.waitingBytes, 10))
        #expect(conversation.takeFrameAtOnce() == .open)
        let (sent, continuation) = AsyncStream<Int>.makeStream()
        let sender = Task {
            for number in 1...3 {
                try await conversation.send(.text("0123456789"))
                continuation.yield(number)
            }
            continuation.finish()
        }
        let receiver = try attached(conversation)
        var received = 0
        while received < 3 {
            guard case .messages(let strings) = await conversation.nextFrame(for: receiver) else { break }
            // More than one waits only where one of them had been let in before.
            #expect(strings == Array(#""0123456789""#.utf8))
            received += 1
        }
        try await sender.value
        #expect(await sent.reduce(0) { max($0, $1) } == 3)
    }

    @Test("Who waits to send is told when the client is gone, and the application's task is cancelled")
    func gone() async throws {
        let conversation = make(configuration(\.waitingBytes, 1))
        let (ended, continuation) = AsyncStream<Bool>.makeStream()
        conversation.start { channel in
            await #expect(throws: ConnectionClosed.self) { try await channel.send(.text("waits")) }
            #expect(await channel.receive() == nil)
            await #expect(throws: ConnectionClosed.self) { try await channel.send(.text("too late")) }
            // It sleeps for ever unless it is cancelled.
            try? await Task.sleep(for: .seconds(3600))
            continuation.yield(Task.isCancelled)
        }
        #expect(conversation.takeFrameAtOnce() == .open)
        let receiver = try attached(conversation)
        conversation.interrupt(receiver)
        var iterator = ended.makeAsyncIterator()
        #expect(await iterator.next() == true)
        #expect(conversation.takeFrameAtOnce() == .close(.interrupted))
    }

    @Test("A connection whose task is cancelled waits no longer")
    func cancelledReceiver() async throws {
        let conversation = make()
        #expect(conversation.takeFrameAtOnce() == .open)
        let receiver = try attached(conversation)
        let waiting = Task { await conversation.nextFrame(for: receiver) }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test("An application that is slow to read makes the client wait")
    func slowApplication() async throws {
        let conversation = make(configuration(\.unreadBytes, 20))
        #expect(conversation.accept(["0123456789"]) == .accepted)
        #expect(!conversation.isRead)
        #expect(conversation.accept(["more"]) == .refused)
        let waiting = Task { await conversation.waitUntilRead() }
        #expect(await conversation.receive() == .text("0123456789"))
        await waiting.value
        #expect(conversation.accept(["more"]) == .accepted)
        #expect(await conversation.receive() == .text("more"))
    }

    @Test("The end of the application is the end of the session, after what it sent")
    func applicationEnds() async throws {
        let conversation = make()
        conversation.start { channel in try? await channel.send(.text("bye")) }
        let receiver = try attached(conversation)
        #expect(await conversation.nextFrame(for: receiver) == .open)
        #expect(await conversation.nextFrame(for: receiver) == .messages(Array(#""bye""#.utf8)))
        #expect(await conversation.nextFrame(for: receiver) == .close(.goAway))
        #expect(conversation.accept(["x"]) == .ended)
    }

    @Test("A session without a client is forgotten once, and leaves nothing behind")
    func forgotten() async throws {
        let (forgotten, continuation) = AsyncStream<Void>.makeStream()
        weak var trace: SockJSConversation?
        do {
            let conversation = make(configuration(\.disconnectDelay, .milliseconds(10))) {
                continuation.yield()
                continuation.finish()
            }
            trace = conversation
            conversation.start { channel in while await channel.receive() != nil {} }
            #expect(conversation.takeFrameAtOnce() == .open)
            #expect(await forgotten.reduce(0) { count, _ in count + 1 } == 1)
            #expect(conversation.takeFrameAtOnce() == .close(.interrupted))
        }
        // The application's task lets go of it as it ends.
        while trace != nil { await Task.yield() }
    }

    @Test("A client that goes is not waited for until its next heartbeat")
    func forgottenBeforeHeartbeat() async throws {
        var configuration = configuration(\.disconnectDelay, .milliseconds(10))
        configuration.heartbeat = .seconds(3600)
        let (forgotten, continuation) = AsyncStream<Void>.makeStream()
        let conversation = make(configuration) { continuation.finish() }
        conversation.release(try attached(conversation))
        for await _ in forgotten {}
        #expect(conversation.takeFrameAtOnce() == .close(.interrupted))
    }

    @Test("Messages of several senders come whole")
    func manySenders() async throws {
        let conversation = make(configuration(\.waitingBytes, 50))
        #expect(conversation.takeFrameAtOnce() == .open)
        let receiver = try attached(conversation)
        var strings: [String] = []
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for sender in 0..<4 {
                tasks.addTask {
                    for number in 0..<100 {
                        let elements = ["a", "b"].map {
                            OutgoingMessages.Element.text(Array("\(sender) \(number) \($0)".utf8))
                        }
                        try await conversation.send(OutgoingMessages(elements))
                    }
                }
            }
            while strings.count < 800 {
                guard case .messages(let bytes) = await conversation.nextFrame(for: receiver) else { break }
                strings += try SockJSPayload.messages(in: [0x5B] + bytes + [0x5D])
            }
            try await tasks.waitForAll()
        }
        #expect(strings.count == 800)
        for index in stride(from: 0, to: strings.count, by: 2) {
            #expect(strings[index].dropLast() == strings[index + 1].dropLast())
        }
        for sender in 0..<4 {
            let mine = strings.filter { $0.hasPrefix("\(sender) ") && $0.hasSuffix("a") }
            #expect(mine == (0..<100).map { "\(sender) \($0) a" })
        }
    }
}
