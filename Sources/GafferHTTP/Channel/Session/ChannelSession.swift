internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import Synchronization
package import WebServer

/// A session of the channel protocol, over a websocket or over SockJS.
package struct ChannelSession: Sendable {
    private let context: ChannelContext
    private let authority: (any Authority)?

    /// Makes a session.
    ///
    /// - Parameter authority: who the request proved to be; nil: nobody, who has to say `AUTH:<key>` first.
    package init(_ context: ChannelContext, authority: (any Authority)?) {
        self.context = context
        self.authority = authority
    }

    /// Talks to the client until it goes or has to.
    package func run(on channel: any MessageChannel) async {
        await ChannelConversation(context, authority, channel).run()
    }
}

/// Does what ``ChannelMachine`` decides, for one client.
private final class ChannelConversation: Sendable {
    private struct Running {
        var topic: Topic
        var delivery: Delivery
        var task: Task<Void, Never>
    }

    private struct State {
        var machine: ChannelMachine
        var authority: (any Authority)?
        /// What is delivered, by the subscriptions' numbers; also while the end of one is told.
        var running: [Int: Running] = [:]
        var queue: CommandQueue
        var worker: Task<Void, Never>?
        /// When commands that wait are no longer carried out; nil: the client is there.
        var lastCommand: Duration?
    }

    private let context: ChannelContext
    private let channel: any MessageChannel
    private let state: Mutex<State>

    init(_ context: ChannelContext, _ authority: (any Authority)?, _ channel: any MessageChannel) {
        self.context = context
        self.channel = channel
        state = Mutex(
            State(
                machine: ChannelMachine(isAuthenticated: authority != nil, limits: context.limits),
                authority: authority,
                queue: CommandQueue(limits: context.limits)
            )
        )
    }

    func run() async {
        if authority == nil { startLoginTimer() }
        while let message = await channel.receive() {
            if let authority, authority.principal() == nil {
                await revoke()
                break
            }
            let actions = state.withLock { $0.machine.received(message) }
            guard await perform(actions) else { break }
        }
        await end()
    }

    private var authority: (any Authority)? { state.withLock { $0.authority } }

    private func startLoginTimer() {
        context.timekeeper.schedule(after: context.limits.login) { [weak self] in
            guard let self else { return }
            let actions = state.withLock { $0.machine.loginTimedOut() }
            guard !actions.isEmpty else { return }
            // Nothing of the session waits for it: the session waits for the client, which this wakes.
            Task(executorPreference: ThreadExecutor.shared) { await self.perform(actions) }
        }
    }

    /// The client is gone, or has to go.
    private func end() async {
        let running = state.withLock { state in
            state.lastCommand = context.timekeeper.now + context.limits.afterGone
            return Array(state.running.values)
        }
        for one in running { stop(one) }
        for one in running { await one.task.value }
        await state.withLock { $0.worker }?.value
    }

    // MARK: Doing what was decided

    /// Does it in order; false: the session ends.
    @discardableResult
    private func perform(_ actions: [ChannelMachine.Action]) async -> Bool {
        for action in actions {
            switch action {
            case .authenticate(let key):
                let authority = await context.authenticate(key)
                let next = state.withLock { state in
                    if let authority { state.authority = authority }
                    return state.machine.authenticated(authority != nil)
                }
                guard await perform(next) else { return false }
            case .answer(let answer):
                guard await say(answer) else { return false }
            case .subscribe(let subscription, let options):
                guard await subscribe(subscription, options) else { return false }
            case .unsubscribe(let subscription):
                if let running = state.withLock({ $0.running[subscription.number] }) {
                    stop(running)
                    await running.task.value
                }
            case .settle(let topic):
                for one in state.withLock({ $0.running.values.filter { $0.topic == topic } }) { await one.task.value }
            case .run(let call, let size):
                guard await enqueue(call, size) else { return false }
            case .close:
                await channel.close(code: CloseCode.policy, reason: "Log in first.")
                return false
            }
        }
        return true
    }

    /// Says something; false: the client is gone.
    private func say(_ answer: ChannelAnswer) async -> Bool {
        let messages = OutgoingMessages([.text(answer.json.encoded())])
        do throws(ConnectionClosed) {
            try await channel.send(messages)
            return true
        } catch {
            return false
        }
    }

    private func revoke() async {
        await channel.close(code: CloseCode.policy, reason: "The key is gone, or gives the right no more.")
    }

    // MARK: Subscriptions

    private func subscribe(_ subscription: ChannelMachine.Subscription, _ options: SubscribeOptions) async -> Bool {
        guard let authority, let principal = authority.principal() else {
            await revoke()
            return false
        }
        let opener = SubscriptionOpener(context: context)
        do throws(SubscriptionFault) {
            let (delivery, requirement) = try await opener.open(subscription, options, for: principal)
            guard await say(.subscribed(topic: subscription.text)) else {
                delivery.cancel()
                return false
            }
            let gate = OutgoingGate(channel: channel, authority: authority, requirement: requirement)
            start(delivery, of: subscription, to: gate)
            return true
        } catch {
            state.withLock { _ = $0.machine.ended(subscription) }
            return await say(.notSubscribed(topic: subscription.text, error))
        }
    }

    private func start(
        _ delivery: Delivery,
        of subscription: ChannelMachine.Subscription,
        to gate: OutgoingGate
    ) {
        state.withLock { state in
            // Each is ended alone and waited for, which a child of a task group can't be; all are at the session's end.
            let task = Task(executorPreference: ThreadExecutor.shared) { [self] in
                await deliver(delivery, of: subscription, to: gate)
            }
            state.running[subscription.number] = Running(topic: subscription.topic, delivery: delivery, task: task)
        }
    }

    private func deliver(
        _ delivery: Delivery,
        of subscription: ChannelMachine.Subscription,
        to gate: OutgoingGate
    ) async {
        do throws(SessionEnd) {
            try await delivery.run(to: gate)
            let isSubscribed = state.withLock { $0.machine.ended(subscription) }
            if isSubscribed { _ = await say(.ended(topic: subscription.text)) }
        } catch {
            delivery.cancel()
            if error == .revoked { await revoke() }
        }
        if case .output(_, let seat) = delivery { seat.leave() }
        state.withLock { $0.running[subscription.number] = nil }
    }

    private func stop(_ running: Running) {
        running.task.cancel()
        running.delivery.cancel()
    }

    // MARK: Commands

    private func enqueue(_ call: CommandCall, _ size: Int) async -> Bool {
        let isTaken = state.withLock { state in
            guard state.queue.append(call, size: size) else { return false }
            if state.worker == nil {
                // Subscriptions deliver and further messages come while commands are carried out.
                state.worker = Task(executorPreference: ThreadExecutor.shared) { [self] in await work() }
            }
            return true
        }
        guard !isTaken else { return true }
        let fault = CommandFault(429, "too_many_commands", "Too many commands wait for those before them.")
        return await say(.failed(identity: call.identity, fault))
    }

    /// Carries out the commands that wait, one after the other, until there is none.
    ///
    /// Those of a client that says them and goes are carried out too, but not for ever.
    private func work() async {
        let runner = CommandRunner(context: context)
        while let call = nextCommand() {
            guard let principal = authority?.principal() else {
                await revoke()
                continue
            }
            _ = await say(await runner.answer(to: call, of: principal))
        }
    }

    private func nextCommand() -> CommandCall? {
        let now = context.timekeeper.now
        return state.withLock { state in
            let isLate = state.lastCommand.map { $0 <= now } ?? false
            let next = isLate ? nil : state.queue.next()
            if next == nil { state.worker = nil }
            return next
        }
    }
}
