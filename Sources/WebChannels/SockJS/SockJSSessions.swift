internal import Synchronization

/// The sessions of a service, each under its name and that of its owner.
///
/// Since the owner is part of the name, nobody finds out whether another's session is there, let alone gets into it.
final class SockJSSessions: Sendable {
    private struct Key: Hashable {
        var owner: String
        var id: String
    }

    private struct State {
        var conversations: [Key: SockJSConversation] = [:]
        /// How many sessions each owner has, websockets included.
        var counts: [String: Int] = [:]
        var count = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let configuration: SockJSConfiguration

    init(_ configuration: SockJSConfiguration) {
        self.configuration = configuration
    }

    /// How many there are, websockets included.
    var count: Int { state.withLock { $0.count } }

    /// The session of that name.
    func find(_ id: String, of owner: String) -> SockJSConversation? {
        state.withLock { $0.conversations[Key(owner: owner, id: id)] }
    }

    /// The session of that name, which is made where it is not there; nil: there are too many.
    func open(
        _ id: String,
        of owner: String,
        onOpen: (SockJSConversation) -> Void
    ) -> SockJSConversation? {
        let key = Key(owner: owner, id: id)
        let (conversation, isNew) = state.withLock { state -> (SockJSConversation?, Bool) in
            if let conversation = state.conversations[key] { return (conversation, false) }
            guard enter(owner, &state) else { return (nil, false) }
            let conversation = SockJSConversation(configuration) { [weak self] _ in self?.forget(key) }
            state.conversations[key] = conversation
            return (conversation, true)
        }
        if let conversation, isNew { onOpen(conversation) }
        return conversation
    }

    /// Counts a websocket; false: there are too many sessions.
    func enter(_ owner: String) -> Bool {
        state.withLock { enter(owner, &$0) }
    }

    /// A websocket is gone.
    func leave(_ owner: String) {
        state.withLock { leave(owner, &$0) }
    }

    /// Ends all sessions but websockets, which end with the server, and lets none begin.
    func stop() {
        let conversations = state.withLock { state in
            state.isStopped = true
            return Array(state.conversations.values)
        }
        for conversation in conversations { conversation.end(.goAway) }
    }

    private func forget(_ key: Key) {
        state.withLock { state in
            guard state.conversations.removeValue(forKey: key) != nil else { return }
            leave(key.owner, &state)
        }
    }

    private func enter(_ owner: String, _ state: inout State) -> Bool {
        guard !state.isStopped, state.count < configuration.sessions,
            state.counts[owner, default: 0] < configuration.sessionsPerOwner
        else { return false }
        state.count += 1
        state.counts[owner, default: 0] += 1
        return true
    }

    private func leave(_ owner: String, _ state: inout State) {
        state.count -= 1
        let left = state.counts[owner, default: 1] - 1
        state.counts[owner] = left > 0 ? left : nil
    }
}
