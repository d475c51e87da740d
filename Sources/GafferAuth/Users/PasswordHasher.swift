internal import GafferModel

#if !SANITIZE_THREAD
    internal import Synchronization
#endif

/// Hashes passwords on a thread of its own, one after the other: each takes tens of milliseconds and 16 MiB.
package final class PasswordHasher: Sendable {
    /// What a check found.
    struct Verdict: Sendable {
        var isRight: Bool
        /// The password hashed anew, where the old hash is weaker than what is made today.
        var better: String?
    }

    /// How many may wait.
    static let maximumWaiting = 16

    private let worker = LazyWorker(name: "gaffer-password")
    private let waiting = Mutex(0)
    /// Asked for on the thread: finding out takes a hash.
    private let chosen: @Sendable () -> PasswordScheme?
    /// What the password of an unknown user is compared with: as costly as any other.
    private let nobody = Mutex<String?>(nil)

    /// Makes one of the best scheme that libcrypt has.
    package init(scheme: @autoclosure @escaping @Sendable () -> PasswordScheme? = PasswordScheme.best) {
        chosen = scheme
    }

    /// The hash to keep of a password.
    ///
    /// - Throws: ``GafferError``: `too_many_requests` where too many wait, `failed` where libcrypt can't.
    func hash(_ password: Password) async throws(GafferError) -> String {
        let hash = try await queued { [self] in newHash(password) }
        guard let hash else { throw Self.failure }
        return hash
    }

    /// Compares a password with a hash; nil: there is no such user, which takes as long to find out.
    ///
    /// - Throws: ``GafferError`` (`too_many_requests`) where too many wait.
    func verify(_ password: Password, against hash: String?) async throws(GafferError) -> Verdict {
        try await queued { [self] in
            let isKnown = hash != nil
            let expected = hash ?? nobodysHash()
            let found = PasswordScheme.hash(password.bytes, setting: expected)
            guard isKnown, let found, Self.areEqual(found, expected) else { return Verdict(isRight: false) }
            let isWeak = chosen()?.isStronger(than: expected) ?? false
            return Verdict(isRight: true, better: isWeak ? newHash(password) : nil)
        }
    }

    private func newHash(_ password: Password) -> String? {
        guard let setting = chosen()?.newSetting() else { return nil }
        return PasswordScheme.hash(password.bytes, setting: setting)
    }

    private func nobodysHash() -> String {
        if let known = nobody.withLock({ $0 }) { return known }
        let setting = chosen()?.newSetting() ?? ""
        nobody.withLock { $0 = setting }
        return setting
    }

    private func queued<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(GafferError) -> Value {
        let isAdmitted = waiting.withLock { count in
            guard count < Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw GafferError(.tooManyRequests, "Too many passwords are being checked; try again in a second.")
        }
        defer { waiting.withLock { $0 -= 1 } }
        return await worker.result(of: body)
    }

    private static let failure = GafferError(
        .failed,
        "The password could not be hashed: libcrypt has no yescrypt or scrypt."
    )

    /// Looks at every byte, whatever was found before.
    private static func areEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
