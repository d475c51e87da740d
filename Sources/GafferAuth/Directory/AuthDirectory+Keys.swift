internal import GafferModel

extension AuthDirectory {
    /// Finds what names a key: an id, or a whole key.
    ///
    /// - Throws: `not_found`, without what was given, which may be a key.
    func key(_ reference: String) throws(GafferError) -> KeyRecord {
        guard let id = KeyText.id(naming: reference), let key = keys[id] else {
            throw GafferError(.notFound, "There is no such key.")
        }
        return key
    }

    /// A new key, no stronger than its maker and than the key above it.
    ///
    /// Without a parent, the key of a maker that is no administrator is below the maker's own, so that it goes with it.
    func newKey(
        _ request: KeyRequest,
        id: String,
        digest: Digest,
        by principal: Principal,
        now: Double
    ) throws(GafferError) -> AuthChange {
        guard principal.meets(.createKey) else { throw .needs("create_key") }
        guard request.label.utf8.count <= KeyRecord.maximumLabel else {
            throw GafferError(.badRequest, "label is a text of \(KeyRecord.maximumLabel) bytes at most.")
        }
        if let beyond = request.permissions.firstBeyond(principal.permissions) {
            throw GafferError(.forbidden, "A key is never stronger than its maker, who has not \(beyond).")
        }
        let parent = try parent(of: request, by: principal)
        if let parent, let beyond = request.permissions.firstBeyond(parent.permissions) {
            throw GafferError(
                .forbidden,
                "A key is never stronger than its parent, and \(parent.id) has not \(beyond)."
            )
        }
        guard keys.values.count(where: { !$0.isLogin }) < Self.maximumKeys else {
            throw GafferError(.conflict, "There are \(Self.maximumKeys) keys, which is all there may be; remove some.")
        }
        let key = KeyRecord(
            id: id,
            digest: digest,
            label: request.label,
            permissions: request.permissions,
            parent: parent?.id,
            created: now,
            user: user(of: principal)
        )
        return AuthChange(keys: [key])
    }

    private func parent(of request: KeyRequest, by principal: Principal) throws(GafferError) -> KeyRecord? {
        let own = ownKeys(of: principal)
        guard let reference = request.parent else {
            if principal.permissions.isAdmin { return nil }
            // The last of the own keys is the one that stays: a login's goes when there are newer ones.
            return own.last.flatMap { keys[$0] }
        }
        let parent: KeyRecord
        do throws(GafferError) {
            parent = try key(reference)
        } catch {
            throw GafferError(.badRequest, "parent: there is no such key.")
        }
        guard !parent.isLogin else {
            throw GafferError(.badRequest, "parent: \(parent.id) is the key of a login, which does not last.")
        }
        guard mayGive(parent, principal) else {
            throw GafferError(.forbidden, "parent: \(parent.id) is neither your own key nor below it.")
        }
        return parent
    }

    /// Whether a principal may make a key somebody's, or a parent of others.
    ///
    /// Its own, those below it, and any for an administrator. A peer has no key: it may give those that are no stronger
    /// than itself.
    func mayGive(_ key: KeyRecord, _ principal: Principal) -> Bool {
        if principal.permissions.isAdmin { return true }
        switch principal.identity {
        case .anonymous: return false
        case .open, .peer: return principal.meets(.createKey) && key.permissions.isWithin(principal.permissions)
        case .key: return isOwnOrBelow(key, principal)
        }
    }

    private func isOwnOrBelow(_ key: KeyRecord, _ principal: Principal) -> Bool {
        let own = ownKeys(of: principal)
        var current: KeyRecord? = key
        while let record = current {
            if own.contains(record.id) { return true }
            current = record.parent.flatMap { keys[$0] }
        }
        return false
    }

    /// Finds a key that a principal may see and remove: its own; with `create_key` those below it and all others that
    /// are no stronger than itself.
    ///
    /// - Throws: `forbidden`, and `not_found` only for who may see keys of others.
    func key(_ reference: String, for principal: Principal) throws(GafferError) -> KeyRecord {
        if let id = KeyText.id(naming: reference), ownKeys(of: principal).contains(id) { return try key(id) }
        guard principal.meets(.createKey) else { throw .needs("create_key, or to be that key") }
        let key = try key(reference)
        guard key.permissions.isWithin(principal.permissions) || isOwnOrBelow(key, principal) else {
            throw GafferError(.forbidden, "\(key.id) is stronger than you are.")
        }
        return key
    }

    /// A key goes, and all below it.
    func removingKey(_ reference: String, by principal: Principal) throws(GafferError) -> AuthChange {
        AuthChange(removedKeys: [try key(reference, for: principal).id])
    }

    /// All keys, the oldest first.
    func allKeys(for principal: Principal) throws(GafferError) -> [KeyRecord] {
        guard principal.meets(.admin) else { throw .needs("admin") }
        return keys.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }
}
