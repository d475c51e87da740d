internal import GafferModel

/// All keys and users, and what may become of them: it decides, the store carries out.
struct AuthDirectory: Sendable {
    /// How many keys there may be, those of logins not counted.
    static let maximumKeys = 10_000
    /// How many users there may be.
    static let maximumUsers = 10_000
    /// How many keys of logins a user has; the oldest goes for a newer one.
    static let maximumLogins = 10

    private(set) var keys: [String: KeyRecord] = [:]
    private(set) var users: [String: UserRecord] = [:]

    init() {}

    /// Takes what was read.
    ///
    /// - Returns: nil where a key's parent is not there, or keys are above each other in a circle.
    init?(keys: [KeyRecord], users: [UserRecord]) {
        self.keys = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
        self.users = Dictionary(users.map { ($0.name, $0) }) { first, _ in first }
        var sound: Set<String> = []
        for key in keys {
            var path: Set<String> = []
            var current: String? = key.id
            while let id = current, !sound.contains(id) {
                guard let record = self.keys[id], path.insert(id).inserted else { return nil }
                current = record.parent
            }
            sound.formUnion(path)
        }
    }

    mutating func apply(_ change: AuthChange) {
        var gone: Set<String> = []
        for id in change.removedKeys { gone.formUnion([id] + descendants(of: id)) }
        for id in gone { keys[id] = nil }
        for name in change.removedUsers { users[name] = nil }
        for name in users.keys {
            if let key = users[name]?.key, gone.contains(key) { users[name]?.key = nil }
        }
        for record in change.keys { keys[record.id] = record }
        for user in change.users { users[user.name] = user }
    }

    // MARK: Looking

    /// The ids of all keys below one, those just below it first.
    func descendants(of id: String) -> [String] {
        var found: [String] = []
        var level = [id]
        while !level.isEmpty {
            let parents = Set(level)
            level = keys.values.filter { $0.parent.map(parents.contains) ?? false }.map(\.id).sorted()
            found += level
        }
        return found
    }

    /// The ids of the keys of a user's logins, the oldest first.
    func logins(of name: String) -> [String] {
        keys.values.filter { $0.isLogin && $0.user == name }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
            .map(\.id)
    }

    /// The ids of the keys that a principal is: its own, and for a login's the user's.
    func ownKeys(of principal: Principal) -> [String] {
        guard case .key(let id) = principal.identity else { return [] }
        guard let record = keys[id], record.isLogin, let name = record.user, let home = users[name]?.key else {
            return [id]
        }
        return [id, home]
    }

    /// The user that a principal's key belongs to.
    func user(of principal: Principal) -> String? {
        guard case .key(let id) = principal.identity else { return nil }
        if let record = keys[id], record.isLogin { return record.user }
        return users.values.filter { $0.key == id }.map(\.name).min()
    }

    /// Whether a user is the principal itself: its key is the user's, or of a login of it.
    func isOwn(_ user: UserRecord, _ principal: Principal) -> Bool {
        guard case .key(let id) = principal.identity else { return false }
        if user.key == id { return true }
        guard let record = keys[id] else { return false }
        return record.isLogin && record.user == user.name
    }
}

extension GafferError {
    static func needs(_ what: String) -> GafferError {
        GafferError(.forbidden, "This needs \(what).")
    }
}
