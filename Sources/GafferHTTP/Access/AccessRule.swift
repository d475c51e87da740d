package import GafferModel
package import GafferSystem

/// Who is who on one endpoint.
package enum AccessRule: Sendable, Hashable {
    /// The peer's user and groups decide, as the kernel tells them: for unix sockets.
    ///
    /// Root and `owner` are administrators, members of `group` are members, nobody else is anything. `group` is nil
    /// where the machine has no such group.
    case peer(owner: UInt32, group: UInt32?)
    /// Everybody who gets here is an administrator: for a TCP endpoint that says `require_key = false`.
    case open

    /// The role of who is at the other end; `peer` is nil where the kernel does not tell.
    package func role(of peer: Peer?) -> Role {
        switch self {
        case .open: return .administrator
        case .peer(let owner, let group):
            guard let peer else { return .none }
            if peer.uid == 0 || peer.uid == owner { return .administrator }
            guard let group, peer.isMember(of: group) else { return .none }
            return .member
        }
    }
}
