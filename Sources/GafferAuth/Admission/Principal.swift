package import GafferModel

/// Who asks, and what it may do.
package struct Principal: Sendable, Hashable {
    /// How it proved who it is.
    package enum Identity: Sendable, Hashable {
        /// Nobody; only what needs nothing is for it.
        case anonymous
        /// Whoever gets to an endpoint that asks for no key.
        case open
        /// A user of the machine, at the other end of a unix socket.
        case peer(uid: UInt32, pid: Int32)
        /// A key, by its public id.
        case key(id: String)
    }

    /// How it proved who it is.
    package var identity: Identity
    /// What it may do.
    package var permissions: Permissions

    /// Makes a principal.
    package init(_ identity: Identity, _ permissions: Permissions) {
        self.identity = identity
        self.permissions = permissions
    }

    /// Nobody.
    package static let anonymous = Principal(.anonymous, .none)

    /// Whether a requirement is met.
    package func meets(_ requirement: Requirement) -> Bool {
        switch (requirement, identity) {
        case (.nothing, _): true
        case (_, .anonymous): false
        default: permissions.meet(requirement)
        }
    }

    /// As logs and the journal's field `GAFFER_ACTOR` name it: `uid:1000`, `key:1f00aa`, `open`, `anonymous`.
    package var name: String {
        switch identity {
        case .anonymous: "anonymous"
        case .open: "open"
        case .peer(let uid, _): "uid:\(uid)"
        case .key(let id): "key:\(id)"
        }
    }
}
