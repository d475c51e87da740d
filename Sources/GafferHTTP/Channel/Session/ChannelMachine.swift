internal import GafferModel
internal import WebServer

/// Decides what becomes of the messages of one session on the channel; does none of it itself.
///
/// A session that begins as nobody's is somebody's once `AUTH:<key>` gave a key that exists; until then nothing else is
/// taken. One that begins as somebody's may say `AUTH:` in its first message, so that a client with a key need not know
/// how it is connected. Later a session can't become another's.
///
/// Subscriptions are counted: who subscribed twice has to unsubscribe twice. The second time changes nothing else, so
/// the first one's interval, and where it began, stay.
struct ChannelMachine {
    /// What the caller has to do, in order.
    enum Action: Sendable, Hashable {
        /// Find who has the key, and tell by ``ChannelMachine/authenticated(_:)``.
        case authenticate(String)
        /// Say this.
        case answer(ChannelAnswer)
        /// Begin to deliver, and answer; or tell by ``ChannelMachine/ended(_:)`` that it can't be done, and answer.
        case subscribe(Subscription, SubscribeOptions)
        /// Deliver no more from here on.
        case unsubscribe(Subscription)
        /// Let what is still said of an ended subscription to the topic be said before.
        case settle(Topic)
        /// Carry out a command after those before it; its message was so large.
        case run(CommandCall, size: Int)
        /// End the session: nobody is logged in.
        case close
    }

    /// One subscription.
    struct Subscription: Sendable, Hashable {
        /// No two of a session's have the same.
        let number: Int
        /// What is subscribed to.
        let topic: Topic
        /// As it was sent, and is sent back.
        let text: String
    }

    private enum State {
        /// Nobody is logged in; may go to `checking` or `closed`.
        case nobody
        /// A key is looked up; may go to `open` or `closed`.
        case checking
        /// Somebody is logged in; may go to `checking` while nothing but this was said.
        case open(isFirst: Bool)
        /// The session ends.
        case closed
    }

    private struct Entry {
        var subscription: Subscription
        var count: Int
    }

    private var state: State
    private var entries: [Topic: Entry] = [:]
    private var lastNumber = 0
    private let limits: ChannelLimits

    /// Makes the machine of a session that begins, as somebody's or as nobody's.
    init(isAuthenticated: Bool, limits: ChannelLimits = ChannelLimits()) {
        state = isAuthenticated ? .open(isFirst: true) : .nobody
        self.limits = limits
    }

    /// How many topics it is subscribed to.
    var subscriptions: Int { entries.count }

    /// A message came.
    mutating func received(_ message: Message) -> [Action] {
        let bytes = message.bytes
        let key = ChannelMachine.key(in: bytes)
        switch (state, key) {
        case (.nobody, let key?), (.open(isFirst: true), let key?):
            state = .checking
            return [.authenticate(key)]
        case (.nobody, nil):
            return refuse(.unauthorized)
        case (.open(isFirst: false), .some):
            return [.answer(.fault(.init(.alreadyAuthenticated, "AUTH is the first message or none.")))]
        case (.open, nil):
            state = .open(isFirst: false)
            return understood(bytes)
        case (.checking, _), (.closed, _):
            // The caller waits for the one and ends after the other; what comes all the same is nobody's.
            return []
        }
    }

    /// A key was looked up, and exists or not.
    mutating func authenticated(_ exists: Bool) -> [Action] {
        guard case .checking = state else { return [] }
        guard exists else { return refuse(.forbidden) }
        state = .open(isFirst: false)
        return []
    }

    /// The time is over in which somebody has to log in.
    mutating func loginTimedOut() -> [Action] {
        switch state {
        case .nobody: return refuse(.unauthorized)
        // It was just in time.
        case .checking, .open, .closed: return []
        }
    }

    /// A subscription came to its end, or could not be begun.
    ///
    /// - Returns: whether it was still there; a late end is nobody's concern.
    mutating func ended(_ subscription: Subscription) -> Bool {
        guard entries[subscription.topic]?.subscription == subscription else { return false }
        entries[subscription.topic] = nil
        return true
    }

    private mutating func refuse(_ fault: LoginFault) -> [Action] {
        state = .closed
        return [.answer(.authenticationRequired(fault)), .close]
    }

    private mutating func understood(_ bytes: [UInt8]) -> [Action] {
        do throws(ChannelMessage.Fault) {
            switch try ChannelMessage(parsing: bytes) {
            case .nothing: return []
            case .subscribe(let topic, let members): return subscribe(topic, members)
            case .unsubscribe(let topic): return unsubscribe(topic)
            case .command(let call): return [.run(call, size: bytes.count)]
            }
        } catch {
            return [.answer(.fault(error))]
        }
    }

    private mutating func subscribe(_ text: String, _ members: [JSON.Member]) -> [Action] {
        func refused(_ reason: SubscriptionFault.Reason, _ message: String) -> [Action] {
            [.answer(.notSubscribed(topic: text, SubscriptionFault(reason, message)))]
        }
        guard let topic = Topic(parsing: text) else { return invalid(text) }
        let options: SubscribeOptions
        do throws(GafferError) {
            options = try SubscribeOptions(members)
        } catch {
            return refused(.badValue, error.message)
        }
        guard entries[topic] == nil else {
            entries[topic]?.count += 1
            return [.answer(.subscribed(topic: text))]
        }
        guard entries.count < limits.subscriptions else {
            return refused(.tooManySubscriptions, "A session has \(limits.subscriptions) subscriptions at most.")
        }
        lastNumber += 1
        let subscription = Subscription(number: lastNumber, topic: topic, text: text)
        entries[topic] = Entry(subscription: subscription, count: 1)
        return [.settle(topic), .subscribe(subscription, options)]
    }

    /// Who is not subscribed is told that it is not, as one whose process ended meanwhile: that is no error.
    private mutating func unsubscribe(_ text: String) -> [Action] {
        guard let topic = Topic(parsing: text) else { return invalid(text) }
        let answer = Action.answer(.subscribed(topic: text))
        guard let entry = entries[topic] else { return [.settle(topic), answer] }
        guard entry.count == 1 else {
            entries[topic]?.count -= 1
            return [answer]
        }
        entries[topic] = nil
        return [.unsubscribe(entry.subscription), answer]
    }

    private func invalid(_ text: String) -> [Action] {
        let told = text.utf8.count > Topic.maximumLength ? text.shortened : text
        return [.answer(.notSubscribed(topic: told, SubscriptionFault(.invalidTopic, ChannelMachine.topics)))]
    }

    /// The key of `AUTH:<key>`.
    static func key(in bytes: [UInt8]) -> String? {
        let prefix = "AUTH:".utf8
        guard bytes.starts(with: prefix) else { return nil }
        return String(decoding: bytes.dropFirst(prefix.count), as: UTF8.self)
    }

    private static let topics =
        "A topic is EVENTS, EVENTS:<pattern>, JOB:<session.job>, PROCESS:<pid>, STATS:<job or pid>, STREAM:<pid> or "
        + "STREAM:<pid>.<stream>."
}
