import GafferModel
import GafferSystem

@testable import GafferAuth

extension PasswordScheme {
    /// yescrypt, as cheap as it can be had: most tests are not about what a hash costs.
    static let cheap = PasswordScheme(prefix: "$y$", cost: 1)
}

extension AuthService {
    /// A service whose passwords cost nothing.
    static func cheap(
        _ path: String,
        now: @escaping @Sendable () -> Duration = monotonicNow,
        wallClock: @escaping @Sendable () -> Double = wallNow
    ) -> AuthService {
        AuthService(path: path, hasher: PasswordHasher(scheme: .cheap), now: now, wallClock: wallClock)
    }
}

extension Principal {
    /// Whoever may do everything.
    static let root = Principal(.peer(uid: 0, pid: 1), .admin)
}

extension Permissions {
    /// Rights to one session.
    static func to(_ session: String, _ rights: Right..., keys: Bool = false, users: Bool = false) -> Permissions {
        Permissions(
            mayCreateKeys: keys,
            mayCreateUsers: users,
            scopes: Dictionary(rights.map { ($0, [.session(session)]) }) { first, _ in first }
        )
    }
}

/// The code of the error that `body` throws; nil: it throws none.
func code(_ body: () async throws -> Void) async -> GafferError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? GafferError)?.code
    }
}
