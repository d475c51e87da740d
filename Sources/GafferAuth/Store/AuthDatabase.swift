internal import GRDB
internal import GafferModel

/// The SQLite file of users and keys.
///
/// Every call blocks: for the store's thread alone.
///
/// One file, and a journal beside it only while something is written (no WAL: changes are rare, and a second and third
/// file would have to be guarded and backed up too). Every change is on the disk before it is told
/// (`synchronous = EXTRA`), and what is removed is overwritten (`secure_delete`).
final class AuthDatabase {
    /// The layout of the tables, as `user_version` has it.
    static let schemaVersion = 1
    /// "gaff", so that no other SQLite file is taken for this one.
    private static let applicationID = 0x6761_6666

    private let path: String
    private let queue: DatabaseQueue

    /// Opens it, checks it whole, and makes the tables where it is empty.
    ///
    /// - Throws: ``AuthStoreError``.
    init(path: String) throws(AuthStoreError) {
        self.path = path
        do {
            var configuration = Configuration()
            // Another gafferd that makes an administrator holds it for milliseconds.
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA synchronous = EXTRA")
                try db.execute(sql: "PRAGMA secure_delete = ON")
                // Schema and views of a file that somebody made must not run anything.
                try db.execute(sql: "PRAGMA trusted_schema = OFF")
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { db in
                guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
                    throw AuthStoreError(.damaged, path, "the file is damaged")
                }
                try Self.prepare(db, path)
            }
        } catch let error as AuthStoreError {
            throw error
        } catch {
            throw Self.error(error, path)
        }
    }

    private static func prepare(_ db: Database, _ path: String) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if version == 0, application == 0, tables == 0 {
            try db.execute(
                sql: """
                    CREATE TABLE key (
                        id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, label TEXT NOT NULL,
                        permissions TEXT NOT NULL, parent TEXT REFERENCES key (id) ON DELETE CASCADE,
                        created REAL NOT NULL, user TEXT, login INTEGER NOT NULL
                    );
                    CREATE INDEX key_parent ON key (parent);
                    CREATE TABLE user (
                        name TEXT NOT NULL PRIMARY KEY, password TEXT NOT NULL, type INTEGER NOT NULL,
                        key TEXT REFERENCES key (id) ON DELETE SET NULL, extra TEXT NOT NULL, created REAL NOT NULL
                    );
                    CREATE INDEX user_key ON user (key);
                    CREATE TABLE revision (number INTEGER NOT NULL);
                    INSERT INTO revision VALUES (0);
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(schemaVersion);
                    """
            )
            return
        }
        guard application == applicationID else {
            throw AuthStoreError(.damaged, path, "it is a database of something else")
        }
        guard version <= schemaVersion else {
            throw AuthStoreError(.tooNew, path, "a later version of gafferd made it (schema \(version))")
        }
        guard version == schemaVersion else { throw AuthStoreError(.damaged, path, "it has no schema") }
    }

    /// How often it was changed.
    func revision() throws(AuthStoreError) -> Int64 {
        do {
            return try queue.read { db in try Self.revision(db) }
        } catch {
            throw Self.error(error, path)
        }
    }

    private static func revision(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT number FROM revision") ?? 0
    }

    /// Everything in it, and of which revision that is.
    func load() throws(AuthStoreError) -> (directory: AuthDirectory, revision: Int64) {
        do {
            return try queue.read { db in (try Self.directory(db, path), try Self.revision(db)) }
        } catch let error as AuthStoreError {
            throw error
        } catch {
            throw Self.error(error, path)
        }
    }

    /// Carries out a change that is decided while nobody else can make one.
    ///
    /// - Parameters:
    ///   - directory: what is known; it is read again where another process has changed the file, and becomes what is
    ///     in the file afterwards.
    ///   - decide: what to do; where it throws, nothing is.
    ///   - beforeCommit: called when all is written and nothing is final; for tests.
    /// - Throws: what `decide` throws, as it is; ``AuthStoreError`` as `failed`.
    func change<Value>(
        _ directory: inout AuthDirectory,
        _ revision: inout Int64,
        _ decide: (AuthDirectory) throws(GafferError) -> (AuthChange, Value),
        beforeCommit: () -> Void = {}
    ) throws(GafferError) -> Value {
        var known = directory
        var number = revision
        let before = revision
        var result: Result<Value, GafferError> = .failure(GafferError(.failed, "Nothing was changed."))
        do {
            try queue.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    number = try Self.revision(db)
                    if number != before { known = try Self.directory(db, path) }
                    let decision = Result { () throws(GafferError) in try decide(known) }
                    result = decision.map(\.1)
                    guard let change = try? decision.get().0, !change.isEmpty else { return .rollback }
                    try Self.apply(change, db)
                    beforeCommit()
                    known.apply(change)
                    number += 1
                    return .commit
                }
            }
        } catch {
            throw GafferError(.failed, Self.error(error, path).description)
        }
        directory = known
        revision = number
        return try result.get()
    }

    private static func apply(_ change: AuthChange, _ db: Database) throws {
        for id in change.removedKeys { try db.execute(sql: "DELETE FROM key WHERE id = ?", arguments: [id]) }
        for name in change.removedUsers { try db.execute(sql: "DELETE FROM user WHERE name = ?", arguments: [name]) }
        for key in change.keys {
            try db.execute(
                sql: """
                    INSERT INTO key (id, digest, label, permissions, parent, created, user, login)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, label = excluded.label,
                        permissions = excluded.permissions, parent = excluded.parent, created = excluded.created,
                        user = excluded.user, login = excluded.login
                    """,
                arguments: [
                    key.id, key.digest.hexadecimal, key.label, key.permissions.json.text, key.parent, key.created,
                    key.user, key.isLogin,
                ]
            )
        }
        for user in change.users {
            try db.execute(
                sql: """
                    INSERT INTO user (name, password, type, key, extra, created) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET password = excluded.password, type = excluded.type,
                        key = excluded.key, extra = excluded.extra, created = excluded.created
                    """,
                arguments: [
                    user.name, user.passwordHash, user.kind.rawValue, user.key, JSON.object(user.extra).text,
                    user.created,
                ]
            )
        }
        try db.execute(sql: "UPDATE revision SET number = number + 1")
    }

    private static func directory(_ db: Database, _ path: String) throws -> AuthDirectory {
        let keys = try Row.fetchAll(db, sql: "SELECT * FROM key").map { row in
            guard let key = KeyRecord(row) else {
                throw AuthStoreError(.damaged, path, "a row of the table key can't be read")
            }
            return key
        }
        let users = try Row.fetchAll(db, sql: "SELECT * FROM user").map { row in
            guard let user = UserRecord(row) else {
                throw AuthStoreError(.damaged, path, "a row of the table user can't be read")
            }
            return user
        }
        guard let directory = AuthDirectory(keys: keys, users: users) else {
            throw AuthStoreError(.damaged, path, "a key is below one that is not there")
        }
        return directory
    }

    /// Runs a statement on a file, as somebody else might; for tests.
    static func run(_ statement: String, on path: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: statement) }
    }

    /// Without the statement and its arguments, which GRDB would tell.
    private static func error(_ error: any Error, _ path: String) -> AuthStoreError {
        if let error = error as? AuthStoreError { return error }
        guard let error = error as? DatabaseError else {
            return AuthStoreError(.unavailable, path, "\(type(of: error))")
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT: return AuthStoreError(.damaged, path, "the file is damaged")
        case .SQLITE_NOTADB: return AuthStoreError(.damaged, path, "it is no database")
        case .SQLITE_BUSY: return AuthStoreError(.unavailable, path, "another process holds it for too long")
        default: return AuthStoreError(.unavailable, path, error.message ?? "SQLite fails with \(error.resultCode)")
        }
    }
}

extension KeyRecord {
    /// nil where a column is not what it should be.
    fileprivate init?(_ row: Row) {
        guard let id = row["id"] as String?, KeyText.id(naming: id) == id, let text = row["digest"] as String?,
            let digest = Digest(hexadecimal: text), let label = row["label"] as String?,
            let json = (row["permissions"] as String?).flatMap({ try? JSON(parsing: $0) }),
            let permissions = try? Permissions(json: json), let created = row["created"] as Double?,
            let isLogin = row["login"] as Bool?
        else { return nil }
        self.init(
            id: id,
            digest: digest,
            label: label,
            permissions: permissions,
            parent: row["parent"],
            created: created,
            user: row["user"],
            isLogin: isLogin
        )
    }
}

extension UserRecord {
    /// nil where a column is not what it should be.
    fileprivate init?(_ row: Row) {
        guard let name = row["name"] as String?, UserRecord.isValid(name: name), let hash = row["password"] as String?,
            let kind = (row["type"] as Int?).flatMap({ Kind(rawValue: $0) }), let created = row["created"] as Double?,
            let extra = (row["extra"] as String?).flatMap({ try? JSON(parsing: $0) })?.objectValue
        else { return nil }
        self.init(name: name, passwordHash: hash, kind: kind, key: row["key"], extra: extra, created: created)
    }
}
