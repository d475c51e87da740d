/// What may be done with a job; one may include others.
public enum Right: String, Sendable, Hashable, CaseIterable {
    /// See what it is, how it does and what it writes.
    case read
    /// Write to its processes; includes ``read``.
    case write
    /// Start, stop, restart, scale and signal it; includes ``read``.
    case operate
    /// Load, change and unload it, run one-offs, see its secrets; includes all others.
    case manage

    /// The rights that give this one, itself first.
    public var givers: [Right] {
        switch self {
        case .read: [.read, .write, .operate, .manage]
        case .write: [.write, .manage]
        case .operate: [.operate, .manage]
        case .manage: [.manage]
        }
    }
}

/// What a request, a frame or a subscription needs.
public enum Requirement: Sendable, Hashable {
    /// Nothing: anybody may who is let in at all, with a key or without.
    case nothing
    /// A key or a peer that is known, whatever its permissions.
    case identity
    /// A right to a job, a session or everything.
    case right(Right, Scope)
    /// Any right to anything, as to list what one may see; what is told is then cut down to it.
    case anyRight
    /// `create_key`.
    case createKey
    /// `create_user`.
    case createUser
    /// `admin`.
    case admin
}
