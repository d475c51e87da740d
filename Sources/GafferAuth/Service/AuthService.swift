internal import GafferModel
internal import GafferSystem

/// Users and keys, as the API and the command line have them: who may do what with them, and where they are kept.
///
/// Every operation takes who asks, decides, and is on the disk when it returns. Errors are ``GafferError``:
/// `bad_request`, `forbidden`, `not_found`, `conflict`; `too_many_requests` where too many passwords wait; `failed`
/// where the file can't be used.
package final class AuthService: Sendable {
    /// Checks the keys of requests.
    package let authenticator: Authenticator

    let store: AuthStore
    let hasher: PasswordHasher
    let wallClock: @Sendable () -> Double

    /// Makes a service; nothing is opened yet, see ``open()``.
    ///
    /// - Parameters:
    ///   - path: the file, as `<state_dir>/auth.db`. It is made, with its folder, by the first change.
    ///   - now: a clock that never goes back, for the throttle.
    ///   - wallClock: seconds since 1970.
    ///   - tell: told, in a sentence, why keys that another process has made can't be read.
    package init(
        path: String,
        hasher: PasswordHasher = PasswordHasher(),
        now: @escaping @Sendable () -> Duration = monotonicNow,
        wallClock: @escaping @Sendable () -> Double = wallNow,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let authenticator = Authenticator(now: now)
        let store = AuthStore(path: path, authenticator: authenticator)
        self.authenticator = authenticator
        self.store = store
        self.hasher = hasher
        self.wallClock = wallClock
        authenticator.follow(
            Authenticator.Source(
                hasChanged: { store.hasChanged },
                refresh: {
                    do throws(AuthStoreError) {
                        try await store.refresh()
                    } catch {
                        tell(error.description)
                    }
                }
            )
        )
    }

    /// Reads all keys, where there is a file of them; without one nothing is opened or made.
    ///
    /// To be called before the first request is let in, and again on a reload.
    ///
    /// - Throws: ``AuthStoreError`` where the file can't be used; the keys are then those that were known before.
    package func open() async throws(AuthStoreError) {
        try await store.refresh()
    }

    /// A new secret, and the id that goes with it.
    func newKeyText() throws(GafferError) -> KeyText {
        do throws(SystemError) {
            return try KeyText.make()
        } catch {
            throw GafferError(.failed, "No key can be made: \(error)")
        }
    }
}
