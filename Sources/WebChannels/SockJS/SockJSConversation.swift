internal import GafferSystem
internal import Synchronization
internal import WebServer

/// A session of SockJS as the application sees it, and does what ``SockJSSession`` decides.
///
/// The connections that receive and send for the client come and go. Time passes by a timer, which is armed anew only
/// where it would fire too late.
final class SockJSConversation: MessageChannel {
    typealias Instant = SockJSSession.Instant

    /// What a task may wait for.
    private enum Need: Equatable {
        /// A frame for the connection of that number.
        case frame(Int)
        /// A message for the application.
        case message
        /// Room for what the application sends.
        case room
        /// Room for what the client sends.
        case reading
    }

    private struct Waiter {
        var ticket: Int
        var need: Need
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var session: SockJSSession
        var waiters: [Waiter] = []
        var lastTicket = 0
        var lastReceiver = 0
        /// When the timer fires that was armed last.
        var alarm: Instant?
        var application: Task<Void, Never>?
    }

    private let state: Mutex<State>
    private let onForgotten: @Sendable (SockJSConversation) -> Void

    /// Makes a session that a client has just asked for.
    ///
    /// - Parameter onForgotten: told once, when the name of the session is free again.
    init(_ configuration: SockJSConfiguration, onForgotten: @escaping @Sendable (SockJSConversation) -> Void) {
        state = Mutex(State(session: SockJSSession(configuration, at: .now)))
        self.onForgotten = onForgotten
    }

    /// Runs the application's side; its end ends the session.
    func start(_ run: @escaping @Sendable (any MessageChannel) async -> Void) {
        // No parent could own it: it outlives the request that opened the session. It is cancelled when the client is
        // gone, see `change`.
        let task = Task(executorPreference: ThreadExecutor.shared) { [self] in
            await run(self)
            end(.goAway)
        }
        let isOver = state.withLock { state in
            state.application = task
            return state.session.isClosed
        }
        if isOver { task.cancel() }
        change { _ in }
    }

    /// Ends the session for a reason of ours.
    func end(_ closing: SockJSClosing) {
        change { $0.close(closing) }
    }

    // MARK: Connections of the client

    /// What a connection gets that wants to receive.
    enum Attachment {
        /// It receives under this number.
        case attached(Int)
        /// It is told this and ends.
        case refused(SockJSClosing)
    }

    /// Makes a connection the one that receives.
    func attach() -> Attachment {
        let receiver = state.withLock { state in
            state.lastReceiver += 1
            return state.lastReceiver
        }
        switch change({ $0.attach(receiver, at: .now) }) {
        case .attached: return .attached(receiver)
        case .refused(let closing): return .refused(closing)
        }
    }

    /// What there is for a connection that receives one frame and ends; nil: it has to wait.
    func takeFrameAtOnce() -> SockJSFrame? {
        change { $0.takeFrameAtOnce(at: .now) }
    }

    /// The next frame for a connection; nil: it receives no more, or its task is cancelled.
    func nextFrame(for receiver: Int) async -> SockJSFrame? {
        while !Task.isCancelled {
            switch change({ $0.takeFrame(for: receiver, at: .now) }) {
            case .frame(let frame): return frame
            case .ended: return nil
            case .nothing: await wait(for: .frame(receiver))
            }
        }
        return nil
    }

    /// A connection has ended as it should.
    func release(_ receiver: Int) {
        change { $0.release(receiver, at: .now) }
    }

    /// A connection broke.
    func interrupt(_ receiver: Int) {
        change { $0.interrupt(receiver, at: .now) }
    }

    /// Hands messages of the client on.
    func accept(_ messages: [String]) -> SockJSSession.Acceptance {
        change { $0.accept(messages) }
    }

    /// Whether the application has read nearly all.
    var isRead: Bool {
        state.withLock { $0.session.isRead || !$0.session.isOpen }
    }

    /// Waits until the application has read nearly all.
    func waitUntilRead() async {
        while !isRead, !Task.isCancelled { await wait(for: .reading) }
    }

    // MARK: The application's side

    func receive() async -> Message? {
        while true {
            let (message, isOpen) = change { (takeMessage: $0.takeMessage(), isOpen: $0.isOpen) }
            if let message { return .text(message) }
            guard isOpen, !Task.isCancelled else { return nil }
            await wait(for: .message)
        }
    }

    func send(_ messages: OutgoingMessages) async throws(ConnectionClosed) {
        let isSent = change { session in
            session.send({ SockJSText.append(messages, to: &$0) }, at: .now)
        }
        guard isSent else { throw ConnectionClosed() }
        while true {
            let (takesMore, isOpen) = state.withLock { ($0.session.takesMore, $0.session.isOpen) }
            guard isOpen else { throw ConnectionClosed() }
            if takesMore || Task.isCancelled { return }
            await wait(for: .room)
        }
    }

    func close(code: UInt16, reason: String) async {
        end(SockJSClosing(code, reason))
    }

    // MARK: Waiting

    private func wait(for need: Need) async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isMet = state.withLock { state in
                    // A cancellation is either seen here, or finds the waiter below.
                    if Task.isCancelled || SockJSConversation.isMet(need, by: state.session) { return true }
                    state.waiters.append(Waiter(ticket: ticket, need: need, continuation: continuation))
                    return false
                }
                if isMet { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume()
        }
    }

    private static func isMet(_ need: Need, by session: SockJSSession) -> Bool {
        switch need {
        case .frame(let receiver): session.hasFrame(for: receiver)
        case .message: session.hasMessage || !session.isOpen
        case .room: session.takesMore || !session.isOpen
        case .reading: session.isRead || !session.isOpen
        }
    }

    /// Changes the session, and does what follows from it.
    @discardableResult
    private func change<Result>(_ body: (inout SockJSSession) -> Result) -> Result {
        let (result, woken, application, isForgotten) = state.withLock { state in
            let wasForgotten = state.session.isForgotten
            let result = body(&state.session)
            var woken: [Waiter] = []
            state.waiters.removeAll { waiter in
                guard SockJSConversation.isMet(waiter.need, by: state.session) else { return false }
                woken.append(waiter)
                return true
            }
            arm(&state)
            let application = state.session.isClosed ? state.application.take() : nil
            return (result, woken, application, state.session.isForgotten && !wasForgotten)
        }
        for waiter in woken { waiter.continuation.resume() }
        application?.cancel()
        if isForgotten { onForgotten(self) }
        return result
    }

    private func arm(_ state: inout State) {
        guard let deadline = state.session.deadline else { return }
        // A timer that fires too early looks again; a polling client would have it armed anew with each request.
        if let alarm = state.alarm, alarm <= deadline { return }
        state.alarm = deadline
        TimerThread.shared.schedule(after: max(.zero, deadline - .now)) { [weak self] in self?.fired(at: deadline) }
    }

    private func fired(at deadline: Instant) {
        let isWanted = state.withLock { state in
            guard state.alarm == deadline else { return false }
            state.alarm = nil
            return true
        }
        if isWanted { change { $0.tick(at: .now) } }
    }
}
