internal import GafferModel
internal import GafferSystem

#if !SANITIZE_THREAD
    internal import Synchronization
#endif

/// Says who sends a request, on the event loop, from a copy of the keys in memory.
package final class Authenticator: Sendable {
    /// What is needed to check a key.
    struct Entry: Sendable {
        var digest: Digest
        var permissions: Permissions
    }

    private struct State: Sendable {
        var entries: [String: Entry] = [:]
        var throttle = FailureThrottle()
        /// Where the keys come from; nil: there are no others than those here.
        var source: Source?
    }

    /// Where the keys come from.
    struct Source: Sendable {
        /// Whether another process may have changed them since they were last published: one look at a file's status.
        var hasChanged: @Sendable () -> Bool
        /// Reads them again and publishes them.
        var refresh: @Sendable () async -> Void
    }

    /// What an unknown key is compared with, so that it costs the same.
    private static let nobody = SHA256.digest(of: "nobody".utf8)

    private let state = Mutex(State())
    private let now: @Sendable () -> Duration

    /// Makes one that knows no keys.
    ///
    /// - Parameter now: a clock that never goes back.
    package init(now: @escaping @Sendable () -> Duration = monotonicNow) {
        self.now = now
    }

    func follow(_ source: Source) {
        state.withLock { $0.source = source }
    }

    /// Replaces all keys.
    func publish(_ entries: [String: Entry]) {
        state.withLock { $0.entries = entries }
    }

    /// Who a key is; nil where it is not valid.
    package func principal(forKey text: String) -> Principal? {
        guard let key = KeyText(parsing: text) else { return nil }
        let digest = key.digest
        let entry = state.withLock { $0.entries[key.id] }
        let isRight = digest == (entry?.digest ?? Self.nobody)
        guard isRight, let entry else { return nil }
        return Principal(.key(id: key.id), entry.permissions)
    }

    /// What a key may do now, for a connection that stays open; nil where it was removed.
    ///
    /// - Parameter id: the id of a key that was checked before.
    package func principal(ofKey id: String) -> Principal? {
        state.withLock { $0.entries[id] }.map { Principal(.key(id: id), $0.permissions) }
    }

    /// Decides on a request: the one place where keys, peers and endpoints meet.
    ///
    /// | key given | unix socket | key required | open |
    /// |---|---|---|---|
    /// | none | the peer, by the rule; nobody where the kernel does not tell | ``Principal/anonymous`` | `open`, everything |
    /// | valid | that key, and no more than it allows | that key | that key |
    /// | not valid | 401 | 401 | 401 |
    /// | not valid, after too many failures | 429 | 429 | 429 |
    package func admit(_ credentials: Credentials, from client: ClientFacts, by rule: EndpointRule) -> Admission {
        switch credentials.key {
        case .absent:
            switch rule {
            case .key: return .admitted(.anonymous)
            case .open: return .admitted(Principal(.open, .admin))
            case .peer(let rule):
                guard let peer = client.peer else { return .admitted(.anonymous) }
                return .admitted(Principal(.peer(uid: peer.uid, pid: peer.pid), rule.permissions(of: peer)))
            }
        case .several:
            return refuse(client.identity, "The request gives several keys; give one.")
        case .one(let text):
            return admit(text, client.identity, mayAsk: true)
        }
    }

    /// How long a client has to wait before it may try again; nil: it may.
    func wait(for client: ClientIdentity) -> Duration? {
        let now = now()
        return state.withLock { $0.throttle.wait(for: client, now: now) }
    }

    /// Notes a wrong key or password.
    func failed(_ client: ClientIdentity) {
        let now = now()
        state.withLock { $0.throttle.failed(client, now: now) }
    }

    private func admit(_ text: String, _ client: ClientIdentity, mayAsk: Bool) -> Admission {
        // First: a key can't be guessed, and who has one must not be locked out by who has none and the same address.
        if let principal = principal(forKey: text) { return .admitted(principal) }
        if let wait = wait(for: client) { return .refused(.tooManyFailures(retryAfter: wait)) }
        if mayAsk, KeyText(parsing: text) != nil, let source = state.withLock({ $0.source }), source.hasChanged() {
            return .unsettled { [self] in
                await source.refresh()
                return admit(text, client, mayAsk: false)
            }
        }
        return refuse(client, "The key is not valid.")
    }

    private func refuse(_ client: ClientIdentity, _ message: String) -> Admission {
        if let wait = wait(for: client) { return .refused(.tooManyFailures(retryAfter: wait)) }
        failed(client)
        return .refused(.unauthorized(message))
    }
}
