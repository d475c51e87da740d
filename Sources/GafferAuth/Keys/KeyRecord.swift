package import GafferModel

/// What is kept of a key.
package struct KeyRecord: Sendable, Equatable {
    /// The public part.
    package var id: String
    /// Of the secret.
    package var digest: Digest
    /// What its maker calls it.
    package var label: String
    /// What it allows.
    package var permissions: Permissions
    /// The key that it is a sub-key of; it goes with that.
    package var parent: String?
    /// When it was made, in seconds since 1970.
    package var created: Double
    /// The user for whom, or through whom, it was made.
    package var user: String?
    /// Whether it was issued by a login, for ``user`` to work with until it is replaced by a newer one.
    package var isLogin = false

    /// The longest label, in bytes.
    package static let maximumLabel = 200

    /// What the API tells of it: `key` is the id.
    package var json: JSON {
        var members: [JSON.Member] = [
            JSON.Member("key", .string(id)),
            JSON.Member("label", .string(label)),
            JSON.Member("permissions", permissions.json),
            JSON.Member("parent", parent.map { .string($0) } ?? .null),
            JSON.Member("created", .double(created)),
        ]
        if let user { members.append(JSON.Member("user", .string(user))) }
        if isLogin { members.append(JSON.Member("login", .bool(true))) }
        return .object(members)
    }
}

/// A key that was just made: the only time that it is seen whole.
package struct IssuedKey: Sendable {
    /// The key itself.
    package let text: KeyText
    /// What is kept of it.
    package let record: KeyRecord
}
