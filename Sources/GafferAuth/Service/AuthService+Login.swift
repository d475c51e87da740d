internal import GafferModel

extension AuthService {
    /// Gives a user a key for its password.
    ///
    /// Keys are kept hashed, so that the user's own can't be given back: it is a new one below that, with the same
    /// permissions, or an administrator's. A user has ten of these; the oldest goes for a newer one.
    ///
    /// - Parameter authorization: the value of `Authorization`, which has to be `Basic`.
    /// - Returns: the key, which is not seen again; nil: the user has no key, and is no administrator.
    /// - Throws: ``Refusal`` where name or password are wrong, or were too often; ``GafferError``
    ///   (`too_many_requests`, `failed`) where it can't be decided.
    package func logIn(_ authorization: String?, from client: ClientFacts) async throws -> IssuedKey? {
        let identity = client.identity
        if let wait = authenticator.wait(for: identity) { throw Refusal.tooManyFailures(retryAfter: wait) }
        guard let authorization else {
            // Nothing was tried.
            throw Refusal.unauthorized("Give a name and a password: Authorization: Basic.")
        }
        guard let credentials = BasicCredentials(authorization: authorization) else {
            authenticator.failed(identity)
            throw Refusal.unauthorized("Authorization can't be read; Basic is expected.")
        }
        let name = credentials.name
        let hash = try await store.read { directory in directory.users[name]?.passwordHash }
        let verdict = try await hasher.verify(credentials.password, against: hash)
        guard verdict.isRight, let hash else {
            authenticator.failed(identity)
            throw Refusal.unauthorized(AuthDirectory.wrongLogin)
        }
        let text = try newKeyText()
        let now = wallClock()
        return try await store.change { directory throws(GafferError) in
            let (change, key) = try directory.login(
                of: name,
                passwordHash: hash,
                better: verdict.better,
                id: text.id,
                digest: text.digest,
                now: now
            )
            return (change, key.map { IssuedKey(text: text, record: $0) })
        }
    }
}
