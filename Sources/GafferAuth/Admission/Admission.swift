package import GafferModel
package import GafferSystem

/// What a request brings to show who sends it.
package struct Credentials: Sendable {
    /// The values of `X-API-Key`, as they came.
    package var apiKeys: [String]
    /// The values of `Authorization`, as they came.
    ///
    /// `Bearer` is a key; any other scheme is none of ours, and `Basic` is for ``AuthService/logIn(_:from:)`` alone.
    package var authorizations: [String]

    /// Makes credentials of header values.
    package init(apiKeys: [String] = [], authorizations: [String] = []) {
        self.apiKeys = apiKeys
        self.authorizations = authorizations
    }

    /// What stands where a key should stand.
    enum Key {
        case absent
        case one(String)
        /// Several that differ: whoever reads one and checks another would be fooled.
        case several
    }

    var key: Key {
        var found: Key = .absent
        for text in apiKeys + authorizations.compactMap(Self.bearer) {
            switch found {
            case .absent: found = .one(text)
            case .one(let other) where other == text: break
            case .one, .several: return .several
            }
        }
        return found
    }

    private static func bearer(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return parts.count > 1 ? parts[1].trimmed : ""
    }
}

/// Who may come in at an endpoint, and as whom.
package enum EndpointRule: Sendable, Hashable {
    /// The peer's user decides, as the kernel tells it: a unix socket. Who gives a key is that key instead.
    case peer(PeerRule)
    /// Every request needs a key, but for what needs nothing.
    case key
    /// Who gives no key may do everything: `require_key = false`. Who gives one is that key.
    case open
}

/// Who a request comes from, as far as its connection tells.
package struct ClientFacts: Sendable {
    /// The kernel's word on the peer of a unix socket.
    package var peer: Peer?
    /// The address of a peer of a TCP socket, without its port.
    package var address: String?

    /// Makes facts.
    package init(peer: Peer? = nil, address: String? = nil) {
        self.peer = peer
        self.address = address
    }

    /// Who answers for failures.
    var identity: ClientIdentity {
        if let peer { return .uid(peer.uid) }
        return address.map { ClientIdentity(address: $0) } ?? .unknown
    }
}

/// Whether a request comes in.
package enum Admission: Sendable {
    /// As this principal; whether that may do what it asks is the next question. Where there is no key and one is
    /// needed, it is ``Principal/anonymous``.
    case admitted(Principal)
    /// Not at all.
    case refused(Refusal)
    /// The key is not known, but another process has changed the users and keys since they were read. They are read
    /// now, off the event loop; the answer is one of the two others. Happens once after each such change.
    case unsettled(@Sendable () async -> Admission)
}

/// Why a request does not come in.
package enum Refusal: Error, Sendable, Hashable {
    /// The key or the password is not valid: 401.
    case unauthorized(String)
    /// Too many failures came from there: 429. Nothing was looked at.
    case tooManyFailures(retryAfter: Duration)

    /// As the API answers it; a message never repeats what was given.
    package var error: GafferError {
        switch self {
        case .unauthorized(let message): GafferError(.unauthorized, message)
        case .tooManyFailures:
            GafferError(
                .tooManyRequests,
                "Too many wrong keys or passwords came from there; try again in \(retryAfter ?? 1) seconds."
            )
        }
    }

    /// The value of `Retry-After`, in whole seconds; nil: there is none.
    package var retryAfter: Int? {
        guard case .tooManyFailures(let wait) = self else { return nil }
        let seconds = wait.components.seconds
        return max(1, Int(seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
    }
}
