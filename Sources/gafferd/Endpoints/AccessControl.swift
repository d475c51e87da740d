internal import GafferAuth
internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// What users of the machine may do at unix sockets; a reload replaces it.
final class AccessControl: Sendable {
    private let current: Mutex<PeerRule>

    init(_ rule: PeerRule) {
        current = Mutex(rule)
    }

    /// The rule that is in force.
    var rule: PeerRule { current.withLock { $0 } }

    /// Puts another rule in force, for requests from now on.
    func replace(_ rule: PeerRule) {
        current.withLock { $0 = rule }
    }
}

extension PeerRule {
    /// The rule of a configuration; blocks while names are looked up.
    ///
    /// - Throws: ``GafferError`` that names a user or a group that there is not.
    static func configured(_ config: DaemonConfig) throws(GafferError) -> PeerRule {
        let accounts = SystemAccounts()
        return try PeerRule(
            owner: geteuid(),
            group: EndpointOpener.group(in: accounts),
            grants: config.auth.grants,
            accounts: accounts
        )
    }
}
