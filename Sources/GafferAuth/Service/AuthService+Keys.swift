package import GafferModel

extension AuthService {
    /// Makes a key; needs `create_key`.
    ///
    /// It is never stronger than who makes it, nor than its parent. Without a parent a key made by a key is below that one, unless that is an administrator's.
    ///
    /// - Returns: the key, which is not seen again.
    package func createKey(_ request: KeyRequest, by principal: Principal) async throws(GafferError) -> IssuedKey {
        let text = try newKeyText()
        let now = wallClock()
        return try await store.change { directory throws(GafferError) in
            let change = try directory.newKey(request, id: text.id, digest: text.digest, by: principal, now: now)
            guard directory.keys[text.id] == nil, let record = change.keys.first else {
                throw GafferError(.failed, "The new key's id is taken; try again.")
            }
            return (change, IssuedKey(text: text, record: record))
        }
    }

    /// All keys, the oldest first; needs `admin`.
    package func keys(for principal: Principal) async throws(GafferError) -> [KeyRecord] {
        try await store.read { directory throws(GafferError) in try directory.allKeys(for: principal) }
    }

    /// One key, and those right below it; needs to be that key, or `create_key` and to be no weaker.
    ///
    /// - Parameter reference: its id, or the whole key.
    package func key(
        _ reference: String,
        for principal: Principal
    ) async throws(GafferError) -> (key: KeyRecord, subkeys: [KeyRecord]) {
        try await store.read { directory throws(GafferError) in
            let key = try directory.key(reference, for: principal)
            let below = directory.keys.values.filter { $0.parent == key.id }
            return (key, below.sorted { ($0.created, $0.id) < ($1.created, $1.id) })
        }
    }

    /// Removes a key and all below it; needs to be that key, or `create_key` and to be no weaker.
    ///
    /// - Parameter reference: its id, or the whole key.
    package func deleteKey(_ reference: String, by principal: Principal) async throws(GafferError) {
        try await store.change { directory throws(GafferError) in
            (try directory.removingKey(reference, by: principal), ())
        }
    }
}
