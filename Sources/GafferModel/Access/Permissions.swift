/// What a key, or a user of the machine, may do.
///
/// In JSON, as the original has it, every member optional; `operate` is new:
///
///     {"admin": true, "create_key": true, "create_user": true,
///      "manage": ["shop"], "operate": ["shop.web"], "write": [], "read": ["*"]}
///
/// `manage` includes all rights of its scope, `write` and `operate` include `read`; `*` covers everything, a session
/// its jobs, a job not its session.
public struct Permissions: Sendable, Hashable {
    /// Everything.
    public var isAdmin: Bool
    /// Make and remove keys, none stronger than the own.
    public var mayCreateKeys: Bool
    /// Make and remove users, but no administrators.
    public var mayCreateUsers: Bool
    /// The scopes of each right.
    public var scopes: [Right: Set<Scope>]

    /// Makes permissions.
    public init(
        isAdmin: Bool = false,
        mayCreateKeys: Bool = false,
        mayCreateUsers: Bool = false,
        scopes: [Right: Set<Scope>] = [:]
    ) {
        self.isAdmin = isAdmin
        self.mayCreateKeys = mayCreateKeys
        self.mayCreateUsers = mayCreateUsers
        self.scopes = scopes
    }

    /// Everything.
    public static let admin = Permissions(isAdmin: true)
    /// Nothing.
    public static let none = Permissions()

    /// Whether there is a right to all of a scope.
    public func allow(_ right: Right, _ scope: Scope) -> Bool {
        if isAdmin { return true }
        return right.givers.contains { giver in
            guard let scopes = scopes[giver] else { return false }
            if scopes.contains(.everything) || scopes.contains(scope) { return true }
            guard case .job(let job) = scope else { return false }
            return scopes.contains(.session(job.session))
        }
    }

    /// Whether a requirement is met by who has these permissions.
    public func meet(_ requirement: Requirement) -> Bool {
        if isAdmin { return true }
        switch requirement {
        case .nothing, .identity: return true
        case .right(let right, let scope): return allow(right, scope)
        case .anyRight: return scopes.values.contains { !$0.isEmpty }
        case .createKey: return mayCreateKeys
        case .createUser: return mayCreateUsers
        case .admin: return false
        }
    }

    /// Whether they allow nothing that others do not.
    ///
    /// They are compared scope by scope and right by right: `read` on a job is within `manage` on its session, `read` on
    /// a session is not within `read` on each of its jobs, since it covers those to come.
    public func isWithin(_ others: Permissions) -> Bool {
        firstBeyond(others) == nil
    }

    /// What they allow and others do not, the first of it, as `admin` or `manage shop.web`; nil: there is no such thing.
    public func firstBeyond(_ others: Permissions) -> String? {
        if others.isAdmin { return nil }
        if isAdmin { return Member.admin.rawValue }
        if mayCreateKeys, !others.mayCreateKeys { return Member.createKey.rawValue }
        if mayCreateUsers, !others.mayCreateUsers { return Member.createUser.rawValue }
        for right in Right.allCases.reversed() {
            let beyond = (scopes[right] ?? []).filter { !others.allow(right, $0) }
            if let first = beyond.map(\.description).min() { return "\(right) \(first)" }
        }
        return nil
    }

    /// Adds what others allow.
    public mutating func formUnion(_ others: Permissions) {
        isAdmin = isAdmin || others.isAdmin
        mayCreateKeys = mayCreateKeys || others.mayCreateKeys
        mayCreateUsers = mayCreateUsers || others.mayCreateUsers
        scopes.merge(others.scopes) { $0.union($1) }
    }
}
