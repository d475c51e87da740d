/// What a user or the members of a group of the machine may do at the unix socket.
public struct PeerGrant: Sendable, Hashable {
    /// Whom it is for.
    public enum Subject: Sendable, Hashable {
        /// A user.
        case user(Account)
        /// All members of a group.
        case group(Account)
    }

    /// Whom it is for.
    public var subject: Subject
    /// What is granted.
    public var permissions: Permissions

    /// Makes a grant.
    public init(_ subject: Subject, _ permissions: Permissions) {
        self.subject = subject
        self.permissions = permissions
    }
}
