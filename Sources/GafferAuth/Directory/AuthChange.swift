/// What becomes of keys and users, all of it or nothing.
struct AuthChange: Sendable, Equatable {
    /// Keys that are new, or replace those of their ids; parents stand before their sub-keys.
    var keys: [KeyRecord] = []
    /// The ids of keys that go, with all that are below them.
    var removedKeys: [String] = []
    /// Users that are new, or replace those of their names.
    var users: [UserRecord] = []
    /// The names of users that go.
    var removedUsers: [String] = []

    var isEmpty: Bool { keys.isEmpty && removedKeys.isEmpty && users.isEmpty && removedUsers.isEmpty }
}
