internal import Synchronization
internal import WebServer

/// A websocket on which the frames of SockJS go.
final class SockJSWebSocket: MessageChannel {
    private struct State {
        /// What came in one frame, in the order in which it is received.
        var unread: ArraySlice<String> = []
        var isClosed = false
        var lastSent = ContinuousClock.now
    }

    private let channel: any MessageChannel
    private let state = Mutex(State())

    init(_ channel: any MessageChannel) {
        self.channel = channel
    }

    /// Opens the session, runs the application with it and closes it.
    func run(heartbeat: Duration, _ application: @escaping @Sendable (any MessageChannel) async -> Void) async {
        guard (try? await send(.open)) != nil else { return }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.beat(every: heartbeat) }
            await application(self)
            tasks.cancelAll()
        }
        await end(.goAway)
    }

    func receive() async -> Message? {
        while true {
            let (message, isClosed) = state.withLock { ($0.unread.popFirst(), $0.isClosed) }
            if let message { return .text(message) }
            guard !isClosed, let frame = await channel.receive() else { return nil }
            do {
                let messages = try SockJSPayload.messages(in: frame.bytes)
                state.withLock { $0.unread = messages[...] }
            } catch SockJSPayload.Failure.empty {
                continue
            } catch {
                state.withLock { $0.isClosed = true }
                await channel.close(code: 1007, reason: SockJSPayload.Failure.broken.message)
                return nil
            }
        }
    }

    func send(_ messages: OutgoingMessages) async throws(ConnectionClosed) {
        guard !messages.elements.isEmpty else { return }
        var strings: [UInt8] = []
        SockJSText.append(messages, to: &strings)
        try await send(.messages(strings))
    }

    func close(code: UInt16, reason: String) async {
        await end(SockJSClosing(code, reason))
    }

    /// Ends the session for a reason of ours.
    func end(_ closing: SockJSClosing) async {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        try? await channel.send(OutgoingMessages([.text(SockJSFrame.close(closing).bytes)]))
        await channel.close(code: closing.code, reason: closing.reason)
    }

    private func send(_ frame: SockJSFrame) async throws(ConnectionClosed) {
        let isClosed = state.withLock { state in
            state.lastSent = .now
            return state.isClosed
        }
        guard !isClosed else { throw ConnectionClosed() }
        try await channel.send(OutgoingMessages([.text(frame.bytes)]))
    }

    private func beat(every interval: Duration) async {
        while true {
            let next = state.withLock { $0.lastSent + interval }
            if next > .now {
                guard (try? await Pause.until(next)) != nil else { return }
            } else {
                guard (try? await send(.heartbeat)) != nil else { return }
            }
        }
    }
}
