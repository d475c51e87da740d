internal import GafferModel

#if !SANITIZE_THREAD
    internal import Synchronization
#endif

/// Owns the file of users and keys, on a thread of its own, and keeps an ``Authenticator`` up to date.
///
/// The file is opened by the first question that needs it: where there is none yet and nobody makes a key, neither
/// SQLite nor the thread cost anything. Another process may change it (`gafferd --create-admin-user`): every change
/// looks first whether it is the last one's, and an unknown key makes the file be looked at again.
final class AuthStore: Sendable {
    /// What is touched on the store's thread alone.
    private final class Confined: @unchecked Sendable {
        // @unchecked: see above; nothing else in this file refers to one.
        var database: AuthDatabase?
        /// What was opened, so that a file put into its place is noticed.
        var opened: AuthFile.Fingerprint?
        var directory = AuthDirectory()
        var revision: Int64 = -1
        /// Whether the last look at the file failed, so that what is known may not be what is in it.
        var isInDoubt = false
    }

    private struct Shared {
        /// What the file was like when it was last read; nil after a change of our own, since another process may have
        /// made one right after it.
        var seen: AuthFile.Fingerprint?
        /// Whether there was no file.
        var hasSeenNone = false
    }

    private let file: AuthFile
    private let authenticator: Authenticator
    private let worker = LazyWorker(name: "gaffer-auth")
    private let confined = Confined()
    private let shared = Mutex(Shared())

    init(path: String, authenticator: Authenticator) {
        file = AuthFile(path: path)
        self.authenticator = authenticator
    }

    // MARK: For every thread

    /// Whether the file may have another content than what was last read.
    var hasChanged: Bool {
        let current = file.fingerprint
        return shared.withLock { shared in
            guard let current else { return !shared.hasSeenNone }
            return shared.seen != current
        }
    }

    /// Reads the file again, where there is one.
    func refresh() async throws(AuthStoreError) {
        try await onThread { [self] () throws(AuthStoreError) in try reload() }
    }

    /// Gives what `body` makes of everything that is known.
    ///
    /// - Throws: what `body` throws; `failed` where the file can't be read.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (AuthDirectory) throws(GafferError) -> Value
    ) async throws(GafferError) -> Value {
        try await onThread { [self] () throws(GafferError) in
            do throws(AuthStoreError) {
                if confined.isInDoubt || hasChanged { try reload() }
            } catch {
                throw GafferError(.failed, error.description)
            }
            return try body(confined.directory)
        }
    }

    /// Makes a change, on the disk first, then in memory.
    ///
    /// - Throws: what `decide` throws; `failed` where the file can't be read or written.
    func change<Value: Sendable>(
        _ decide: @escaping @Sendable (AuthDirectory) throws(GafferError) -> (AuthChange, Value)
    ) async throws(GafferError) -> Value {
        try await onThread { [self] () throws(GafferError) in
            let database: AuthDatabase
            do throws(AuthStoreError) {
                database = try opened()
            } catch {
                throw GafferError(.failed, error.description)
            }
            let before = confined.revision
            defer {
                if confined.revision != before {
                    publish()
                    shared.withLock { shared in
                        shared.seen = nil
                        shared.hasSeenNone = false
                    }
                }
            }
            return try database.change(&confined.directory, &confined.revision, decide)
        }
    }

    // MARK: On the store's thread

    private func reload() throws(AuthStoreError) {
        // Looked at before it is read: what changes in between is seen the next time.
        let current = file.fingerprint
        shared.withLock { shared in
            shared.seen = current
            shared.hasSeenNone = current == nil
        }
        confined.isInDoubt = true
        guard current != nil else {
            forget()
            return
        }
        let database = try opened()
        let revision = try database.revision()
        if revision != confined.revision {
            (confined.directory, confined.revision) = try database.load()
            publish()
        }
        confined.isInDoubt = false
    }

    /// The database that stands at the path now.
    private func opened() throws(AuthStoreError) -> AuthDatabase {
        if let database = confined.database, let opened = confined.opened, let current = file.fingerprint,
            opened.device == current.device, opened.file == current.file
        {
            return database
        }
        confined.database = nil
        confined.revision = -1
        try file.prepare()
        let database = try AuthDatabase(path: file.path)
        confined.opened = file.fingerprint
        confined.database = database
        return database
    }

    private func forget() {
        confined.database = nil
        confined.isInDoubt = false
        guard confined.revision != -1 else { return }
        confined.revision = -1
        confined.directory = AuthDirectory()
        publish()
    }

    private func publish() {
        authenticator.publish(
            confined.directory.keys.mapValues { Authenticator.Entry(digest: $0.digest, permissions: $0.permissions) }
        )
    }

    private func onThread<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await worker.result { Result { () throws(Failure) in try body() } }.get()
    }
}
