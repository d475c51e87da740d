package import GafferModel

extension AuthService {
    /// Makes a user; needs `create_user`, and `admin` for an administrator.
    package func createUser(_ request: UserRequest, by principal: Principal) async throws(GafferError) {
        // First what costs nothing: a hash is not made for who may not have it.
        try await store.read { directory throws(GafferError) in
            try directory.checkNewUser(request, by: principal)
        }
        let hash = try await hasher.hash(request.password)
        let now = wallClock()
        try await store.change { directory throws(GafferError) in
            (try directory.newUser(request, passwordHash: hash, by: principal, now: now), ())
        }
    }

    /// All users, by name; needs `admin`.
    package func users(for principal: Principal) async throws(GafferError) -> [UserRecord] {
        try await store.read { directory throws(GafferError) in try directory.allUsers(for: principal) }
    }

    /// One user; needs `create_user`, `admin` for an administrator, or to be that user.
    package func user(_ name: String, for principal: Principal) async throws(GafferError) -> UserRecord {
        try await store.read { directory throws(GafferError) in try directory.user(name, for: principal) }
    }

    /// Replaces a user's password, type, key and all else that was given with it.
    ///
    /// What is not given is gone, or has its default, and all of its logins end. Needs what ``user(_:for:)`` needs, and
    /// that the user's key is no stronger than who asks.
    package func updateUser(
        _ name: String,
        _ request: UserRequest,
        by principal: Principal
    ) async throws(GafferError) {
        let hash = try await hash(request.password, of: name, by: principal)
        try await store.change { directory throws(GafferError) in
            (try directory.replacingUser(name, request, passwordHash: hash, by: principal), ())
        }
    }

    /// Removes a user and its logins, not its key; needs what ``updateUser(_:_:by:)`` needs.
    package func deleteUser(_ name: String, by principal: Principal) async throws(GafferError) {
        try await store.change { directory throws(GafferError) in
            (try directory.removingUser(name, by: principal), ())
        }
    }

    /// Sets a user's password; needs what ``updateUser(_:_:by:)`` needs.
    ///
    /// All of the user's logins end, but the one that asks.
    package func setPassword(
        _ password: Password,
        of name: String,
        by principal: Principal
    ) async throws(GafferError) {
        let hash = try await hash(password, of: name, by: principal)
        try await store.change { directory throws(GafferError) in
            (try directory.settingPassword(of: name, passwordHash: hash, by: principal), ())
        }
    }

    /// Sets a user's key, or takes it away; all of the user's logins end.
    ///
    /// Needs what ``updateUser(_:_:by:)`` needs, and that the key is the requester's own or below it, or that the
    /// requester is an administrator.
    ///
    /// - Parameter key: an id, or a whole key; nil: none.
    package func setKey(_ key: String?, of name: String, by principal: Principal) async throws(GafferError) {
        try await store.change { directory throws(GafferError) in
            (try directory.settingKey(of: name, key, by: principal), ())
        }
    }

    private func hash(
        _ password: Password,
        of name: String,
        by principal: Principal
    ) async throws(GafferError) -> String {
        try await store.read { directory throws(GafferError) in
            try directory.checkChange(of: name, by: principal)
        }
        return try await hasher.hash(password)
    }

    // MARK: On the command line

    /// Makes an administrator with a key that allows everything, for whoever may write the file.
    ///
    /// - Returns: the key, which is not seen again.
    /// - Throws: `conflict` where there is such a user.
    package func createAdministrator(_ name: String, _ password: Password) async throws(GafferError) -> IssuedKey {
        let owner = Principal(.open, .admin)
        var request = UserRequest(name: name, password: password, kind: .administrator)
        try await store.read { [request] directory throws(GafferError) in
            try directory.checkNewUser(request, by: owner)
        }
        let hash = try await hasher.hash(password)
        let text = try newKeyText()
        let now = wallClock()
        request.key = text.id
        return try await store.change { [request] directory throws(GafferError) in
            var change = try directory.newKey(
                KeyRequest(label: "admin key", permissions: .admin),
                id: text.id,
                digest: text.digest,
                by: owner,
                now: now
            )
            var later = directory
            later.apply(change)
            let second = try later.newUser(request, passwordHash: hash, by: owner, now: now)
            guard directory.keys[text.id] == nil, let record = change.keys.first else {
                throw GafferError(.failed, "The new key's id is taken; try again.")
            }
            change.users = second.users
            return (change, IssuedKey(text: text, record: record))
        }
    }

    /// The administrators among the users, by name.
    ///
    /// - Throws: `failed` where the file can't be read.
    package func administrators() async throws(GafferError) -> [UserRecord] {
        try await store.read { directory in
            directory.users.values.filter { $0.kind == .administrator }.sorted { $0.name < $1.name }
        }
    }
}
