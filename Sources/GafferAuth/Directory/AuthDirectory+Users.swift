internal import GafferModel

extension AuthDirectory {
    // MARK: Looking

    /// All users, by name.
    func allUsers(for principal: Principal) throws(GafferError) -> [UserRecord] {
        guard principal.meets(.admin) else { throw .needs("admin") }
        return users.values.sorted { $0.name < $1.name }
    }

    /// Finds a user that a principal may see: itself; with `create_user` those that are no administrators.
    ///
    /// - Throws: `forbidden`, and `not_found` only for who may see others.
    func user(_ name: String, for principal: Principal) throws(GafferError) -> UserRecord {
        if let user = users[name], isOwn(user, principal) { return user }
        guard principal.meets(.createUser) else { throw .needs("create_user, or to be that user") }
        guard let user = users[name] else { throw GafferError(.notFound, "There is no user \(name.cited).") }
        guard user.kind == .application || principal.permissions.isAdmin else { throw .needs("admin") }
        return user
    }

    /// Finds a user that a principal may change.
    ///
    /// Who may set a password may log in with it: so a user whose key is stronger than the principal is not for it.
    private func changeableUser(_ name: String, by principal: Principal) throws(GafferError) -> UserRecord {
        let user = try user(name, for: principal)
        if principal.permissions.isAdmin || isOwn(user, principal) { return user }
        if let key = user.key.flatMap({ keys[$0] }), !key.permissions.isWithin(principal.permissions) {
            throw GafferError(.forbidden, "The key of \(name.cited) is stronger than you are.")
        }
        return user
    }

    /// Whether `hash` may be compared with the password of a user at all; asked before the costly part.
    func checkNewUser(_ request: UserRequest, by principal: Principal) throws(GafferError) {
        guard principal.meets(.createUser) else { throw .needs("create_user") }
        guard let name = request.name else { throw GafferError(.badRequest, "username is missing.") }
        try UserRecord.check(name: name)
        guard users[name] == nil else { throw GafferError(.conflict, "There is a user \(name.cited) already.") }
        if request.kind == .administrator, !principal.permissions.isAdmin { throw .needs("admin, for user_type 0") }
        guard users.count < Self.maximumUsers else {
            throw GafferError(
                .conflict,
                "There are \(Self.maximumUsers) users, which is all there may be; remove some."
            )
        }
        _ = try newKey(request.key, current: nil, by: principal)
    }

    /// Whether a user may be changed by a principal; asked before the costly part.
    func checkChange(of name: String, by principal: Principal) throws(GafferError) {
        _ = try changeableUser(name, by: principal)
    }

    // MARK: Changing

    func newUser(
        _ request: UserRequest,
        passwordHash: String,
        by principal: Principal,
        now: Double
    ) throws(GafferError) -> AuthChange {
        try checkNewUser(request, by: principal)
        let user = UserRecord(
            name: request.name ?? "",
            passwordHash: passwordHash,
            kind: request.kind,
            key: try newKey(request.key, current: nil, by: principal),
            extra: request.extra,
            created: now
        )
        return AuthChange(users: [user])
    }

    /// Replaces all of a user but its name; its logins end.
    func replacingUser(
        _ name: String,
        _ request: UserRequest,
        passwordHash: String,
        by principal: Principal
    ) throws(GafferError) -> AuthChange {
        var user = try changeableUser(name, by: principal)
        if let other = request.name, other != name {
            throw GafferError(.badRequest, "username: a user's name can't be changed.")
        }
        if request.kind == .administrator, user.kind != .administrator, !principal.permissions.isAdmin {
            throw .needs("admin, for user_type 0")
        }
        user.key = try newKey(request.key, current: user.key, by: principal)
        user.kind = request.kind
        user.extra = request.extra
        user.passwordHash = passwordHash
        return AuthChange(removedKeys: logins(of: name), users: [user])
    }

    /// Its logins end, but for the one that asks.
    func settingPassword(
        of name: String,
        passwordHash: String,
        by principal: Principal
    ) throws(GafferError) -> AuthChange {
        var user = try changeableUser(name, by: principal)
        user.passwordHash = passwordHash
        let own = ownKeys(of: principal).first
        return AuthChange(removedKeys: logins(of: name).filter { $0 != own }, users: [user])
    }

    /// Its logins end, since they have what the old key allowed.
    func settingKey(
        of name: String,
        _ reference: String?,
        by principal: Principal
    ) throws(GafferError) -> AuthChange {
        var user = try changeableUser(name, by: principal)
        user.key = try newKey(reference, current: user.key, by: principal)
        return AuthChange(removedKeys: logins(of: name), users: [user])
    }

    /// Its logins go with it; keys that it made stay, and belong to nobody.
    func removingUser(_ name: String, by principal: Principal) throws(GafferError) -> AuthChange {
        _ = try changeableUser(name, by: principal)
        let orphans = keys.values.filter { $0.user == name && !$0.isLogin }.map { key in
            var key = key
            key.user = nil
            return key
        }
        return AuthChange(keys: orphans, removedKeys: logins(of: name), removedUsers: [name])
    }

    /// The key that a user is to have.
    ///
    /// A user must not become whatever key it has heard of: the key is the requester's own or below it, or what the
    /// user has already.
    private func newKey(
        _ reference: String?,
        current: String?,
        by principal: Principal
    ) throws(GafferError) -> String? {
        guard let reference else { return nil }
        guard let id = KeyText.id(naming: reference), let key = keys[id] else {
            // Whether there is one is not for everybody to know.
            guard principal.permissions.isAdmin else {
                throw GafferError(.forbidden, "key: it is neither your own key nor below it.")
            }
            throw GafferError(.badRequest, "key: there is no such key.")
        }
        if id == current { return id }
        guard !key.isLogin else {
            throw GafferError(.badRequest, "key: \(id) is the key of a login, which does not last.")
        }
        guard mayGive(key, principal) else {
            throw GafferError(.forbidden, "key: it is neither your own key nor below it.")
        }
        return id
    }

    // MARK: Logging in

    /// A key for a user who has shown the password, with what the user's own key allows; an administrator's allows
    /// everything.
    ///
    /// - Parameter passwordHash: what the password was compared with, which may have changed since.
    /// - Returns: nil where the user has nothing that a key could allow.
    func login(
        of name: String,
        passwordHash: String,
        better: String?,
        id: String,
        digest: Digest,
        now: Double
    ) throws(GafferError) -> (change: AuthChange, key: KeyRecord?) {
        guard var user = users[name], user.passwordHash == passwordHash else {
            throw GafferError(.unauthorized, AuthDirectory.wrongLogin)
        }
        var change = AuthChange()
        if let better {
            user.passwordHash = better
            change.users = [user]
        }
        let own = user.key.flatMap { keys[$0] }
        guard user.kind == .administrator || own != nil else { return (change, nil) }
        let permissions = user.kind == .administrator ? .admin : own?.permissions ?? .none
        let key = KeyRecord(
            id: id,
            digest: digest,
            label: "login of \(name)",
            permissions: permissions,
            parent: own.flatMap { permissions.isWithin($0.permissions) ? $0.id : nil },
            created: now,
            user: name,
            isLogin: true
        )
        change.removedKeys = Array(logins(of: name).dropLast(Self.maximumLogins - 1))
        change.keys = [key]
        return (change, key)
    }

    static let wrongLogin = "The name or the password is wrong."
}
