import GafferModel
import Synchronization
import Testing
import WebServer

/// A client that is only pretended: a test says what it says, and takes what it is told.
final class FakeChannel: MessageChannel {
    private struct State {
        var closeCode: UInt16?
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
        var heldWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let incoming: AsyncStream<Message>
    private let outgoing: AsyncStream<OutgoingMessages.Element>
    private let input: AsyncStream<Message>.Continuation
    private let output: AsyncStream<OutgoingMessages.Element>.Continuation
    private let state = Mutex(State())

    init() {
        (incoming, input) = AsyncStream.makeStream()
        (outgoing, output) = AsyncStream.makeStream()
    }

    // MARK: The client's side

    /// The client says something.
    func say(_ text: String) { input.yield(.text(text)) }

    /// The client sends bytes.
    func say(_ bytes: [UInt8]) { input.yield(.binary(bytes)) }

    /// The client goes.
    func hangUp() { input.finish() }

    /// What the client is told next; nil: the channel was closed.
    func next() async -> OutgoingMessages.Element? {
        var iterator = outgoing.makeAsyncIterator()
        return await iterator.next()
    }

    /// What the client is told next, as JSON; null: the channel was closed.
    func nextJSON() async throws -> JSON {
        guard let element = await next() else { return .null }
        return try JSON(parsing: element.bytes)
    }

    /// What the client is told next, as text.
    func nextText() async throws -> String {
        let element = try #require(await next())
        guard case .text(let bytes) = element else { throw NoText(element: element) }
        return try #require(String(validating: bytes, as: UTF8.self))
    }

    struct NoText: Error {
        let element: OutgoingMessages.Element
    }

    /// The code with which the channel was closed.
    var closeCode: UInt16? { state.withLock { $0.closeCode } }

    /// From now on the client takes nothing.
    func hold() { state.withLock { $0.isHolding = true } }

    /// Waits until something is on its way to the client that takes nothing.
    func untilHeld() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.held.isEmpty { state.heldWaiters.append(continuation) }
                return !state.held.isEmpty
            }
            if isHeld { continuation.resume() }
        }
    }

    /// The client takes everything again.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    // MARK: MessageChannel

    func receive() async -> Message? {
        var iterator = incoming.makeAsyncIterator()
        return await iterator.next()
    }

    func send(_ messages: OutgoingMessages) async throws(ConnectionClosed) {
        await withCheckedContinuation { continuation in
            let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                guard state.isHolding else { return nil }
                state.held.append(continuation)
                defer { state.heldWaiters = [] }
                return state.heldWaiters
            }
            guard let waiters else { return continuation.resume() }
            for waiter in waiters { waiter.resume() }
        }
        guard closeCode == nil else { throw ConnectionClosed() }
        for element in messages.elements { output.yield(element) }
    }

    func close(code: UInt16, reason: String) async {
        state.withLock { $0.closeCode = $0.closeCode ?? code }
        input.finish()
        output.finish()
    }
}
