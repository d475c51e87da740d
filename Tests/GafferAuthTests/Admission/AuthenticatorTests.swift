import GafferModel
import GafferSystem
import Testing

@testable import GafferAuth

@Suite("Who a request comes from")
struct AuthenticatorTests {
    private let clock = ManualClock()
    private let authenticator: Authenticator
    private let key: KeyText
    private let rule = EndpointRule.peer(PeerRule(owner: 500, groups: [20: PeerRule.member]))
    private let member = ClientFacts(peer: Peer(uid: 1000, gid: 20, pid: 7, groups: []))
    private let permissions = Permissions.to("shop", .read)

    init() throws {
        let clock = clock
        authenticator = Authenticator(now: { clock.now })
        key = try KeyText.make()
        authenticator.publish([key.id: Authenticator.Entry(digest: key.digest, permissions: permissions)])
    }

    private func admit(
        _ credentials: Credentials,
        from client: ClientFacts = ClientFacts(address: "127.0.0.1"),
        by rule: EndpointRule = .key
    ) -> Outcome {
        Outcome(authenticator.admit(credentials, from: client, by: rule))
    }

    @Test("Without a key the endpoint decides")
    func noKey() {
        let peer = Principal(.peer(uid: 1000, pid: 7), PeerRule.member)
        #expect(admit(Credentials(), from: member, by: rule) == .admitted(peer))
        #expect(admit(Credentials(), from: ClientFacts(), by: rule) == .admitted(.anonymous))
        #expect(admit(Credentials(), by: .key) == .admitted(.anonymous))
        #expect(admit(Credentials(), by: .open) == .admitted(Principal(.open, .admin)))
        #expect(admit(Credentials(authorizations: ["Basic YTpi"]), by: .key) == .admitted(.anonymous))
    }

    @Test("A valid key is who asks, at every endpoint, and no more than it allows")
    func validKey() {
        let expected = Outcome.admitted(Principal(.key(id: key.id), permissions))
        for rule in [rule, .key, .open] {
            #expect(admit(Credentials(apiKeys: [key.revealed]), from: member, by: rule) == expected)
            #expect(admit(Credentials(authorizations: ["Bearer \(key.revealed)"]), from: member, by: rule) == expected)
            #expect(admit(Credentials(authorizations: ["bearer  \(key.revealed) "]), by: rule) == expected)
        }
        let root = ClientFacts(peer: Peer(uid: 0, gid: 0, pid: 1, groups: []))
        #expect(admit(Credentials(apiKeys: [key.revealed]), from: root, by: rule) == expected)
        let twice = Credentials(apiKeys: [key.revealed], authorizations: ["Bearer \(key.revealed)"])
        #expect(admit(twice) == expected)
        #expect(authenticator.principal(forKey: key.revealed) == Principal(.key(id: key.id), permissions))
    }

    @Test("A wrong key is refused at every endpoint, whoever the peer is", arguments: 0..<9)
    func wrongKey(row: Int) throws {
        let other = try KeyText.make()
        let secret = key.revealed.dropFirst(16)
        let credentials = [
            Credentials(apiKeys: [""]), Credentials(apiKeys: ["x"]), Credentials(apiKeys: [other.revealed]),
            Credentials(apiKeys: ["gk_\(other.id)_\(secret)"]),
            Credentials(apiKeys: ["gk_\(key.id)_\(other.revealed.dropFirst(16))"]), Credentials(apiKeys: [key.id]),
            Credentials(authorizations: ["Bearer"]), Credentials(authorizations: ["Bearer \(key.id)"]),
            Credentials(apiKeys: [key.revealed, other.revealed]),
        ][row]
        for rule in [rule, .key, .open] {
            guard case .refused(.unauthorized(let message)) = admit(credentials, from: member, by: rule) else {
                Issue.record("It was not refused.")
                return
            }
            #expect(!message.contains(secret))
            #expect(!message.contains(key.id))
        }
    }

    @Test("A key that was removed is wrong at once")
    func removed() {
        authenticator.publish([:])
        #expect(authenticator.principal(forKey: key.revealed) == nil)
    }

    @Test("After ten wrong keys nothing is looked at, not even the right one, and others are not disturbed")
    func throttled() {
        let wrong = Credentials(apiKeys: ["wrong"])
        let right = Credentials(apiKeys: [key.revealed])
        for _ in 0..<10 { #expect(admit(wrong) == .unauthorized) }
        clock.advance(by: .milliseconds(1500))
        guard case .refused(let refusal) = admit(right) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(refusal == .tooManyFailures(retryAfter: .milliseconds(58_500)))
        #expect(refusal.retryAfter == 59)
        #expect(refusal.error.code == .tooManyRequests)
        #expect(admit(right, from: ClientFacts(address: "127.0.0.2")).isAdmitted)
        #expect(admit(right, from: member, by: rule).isAdmitted)
        // Who brings no key does not try one.
        #expect(admit(Credentials()) == .admitted(.anonymous))
        clock.advance(by: .milliseconds(58_500))
        #expect(admit(right).isAdmitted)
    }

    @Test("An unknown key is looked for once where the keys may have changed, and only then")
    func unsettled() async throws {
        let new = try KeyText.make()
        let hasChanged = Flag()
        let refreshes = Counter()
        authenticator.follow(
            Authenticator.Source(
                hasChanged: { hasChanged.value },
                refresh: { [authenticator, permissions] in
                    refreshes.add()
                    authenticator.publish([new.id: Authenticator.Entry(digest: new.digest, permissions: permissions)])
                }
            )
        )
        let credentials = Credentials(apiKeys: [new.revealed])
        #expect(admit(credentials) == .unauthorized)
        hasChanged.value = true
        // What is no key is not worth a look, and a known one needs none.
        #expect(admit(Credentials(apiKeys: ["x"])) == .unauthorized)
        #expect(admit(Credentials(apiKeys: [key.revealed])).isAdmitted)
        guard case .unsettled(let settle) = admit(credentials) else {
            Issue.record("It was not looked for.")
            return
        }
        #expect(Outcome(await settle()) == .admitted(Principal(.key(id: new.id), permissions)))
        #expect(refreshes.value == 1)
        guard case .unsettled(let again) = admit(Credentials(apiKeys: [try KeyText.make().revealed])) else {
            Issue.record("It was not looked for.")
            return
        }
        #expect(Outcome(await again()) == .unauthorized)
    }
}

/// What an admission came to, as far as it can be compared.
private enum Outcome: Equatable {
    case admitted(Principal)
    case refused(Refusal)
    case unsettled(@Sendable () async -> Admission)

    init(_ admission: Admission) {
        switch admission {
        case .admitted(let principal): self = .admitted(principal)
        case .refused(let refusal): self = .refused(refusal)
        case .unsettled(let settle): self = .unsettled(settle)
        }
    }

    static let unauthorized = Outcome.refused(.unauthorized("The key is not valid."))
    var isAdmitted: Bool { if case .admitted = self { true } else { false } }

    static func == (left: Outcome, right: Outcome) -> Bool {
        switch (left, right) {
        case (.admitted(let one), .admitted(let other)): one == other
        case (.refused(let one), .refused(let other)): one == other
        case (.admitted, _), (.refused, _), (.unsettled, _): false
        }
    }
}
