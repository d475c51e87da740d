internal import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// What gafferd does with users on its command line, instead of running: it works on the file itself, whether a gafferd
/// runs beside it or not.
///
/// A running one learns of a new key when it is first used: a key that it does not know makes it look whether the file
/// has changed.
struct AdminTool {
    let plan: DaemonPlan

    /// Makes an administrator and tells its key, which is not seen again.
    ///
    /// - Throws: ``PlanError`` where the command line lacks something, ``GafferError`` where it can't be done.
    func createAdministrator() throws {
        try checkOwner()
        let name = try username()
        guard UserRecord.isValid(name: name) else {
            throw PlanError(
                "--username \(name.cited): use letters, digits and ._@+-, beginning with a letter or a digit, "
                    + "\(UserRecord.maximumName) characters at most."
            )
        }
        let service = AuthService(path: plan.authPath)
        // Before somebody types a password twice for nothing.
        if try wait({ () async throws(GafferError) in try await service.administrators() })
            .contains(where: { $0.name == name })
        {
            throw GafferError(.conflict, "There is a user \(name.cited) already.")
        }
        let password = try password()
        let issued = try wait { () async throws(GafferError) in
            try await service.createAdministrator(name, password)
        }
        print("User '\(name)' created.")
        print("API Key: \(issued.text.revealed)")
    }

    /// Prints `NAME - KEY` for every administrator, where KEY is the id of its key.
    ///
    /// - Throws: ``GafferError`` where the file can't be read.
    func listAdministrators() throws {
        let service = AuthService(path: plan.authPath)
        for user in try wait({ () async throws(GafferError) in try await service.administrators() }) {
            print("\(user.name) - \(user.key ?? "no key")")
        }
    }

    /// Waits on this thread, the only one that signals reach, so that they interrupt a question.
    private func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(GafferError) -> Value
    ) throws(GafferError) -> Value {
        let outcome = Outcome<Value>()
        Task.detached(executorPreference: ThreadExecutor.shared) {
            do throws(GafferError) {
                outcome.give(.success(try await body()))
            } catch {
                outcome.give(.failure(error))
            }
        }
        return try outcome.wait().get()
    }

    /// A file made by another user would be one that gafferd refuses.
    private func checkOwner() throws {
        var status = stat()
        guard stat(plan.stateDir, &status) == 0, status.st_uid != geteuid() else { return }
        throw GafferError(
            .failed,
            "\(plan.stateDir) belongs to uid \(status.st_uid): run this as the user that gafferd runs as."
        )
    }

    private func username() throws -> String {
        if let name = plan.options.username { return name }
        guard Terminal.isThere else { throw PlanError("--username is missing.") }
        guard let line = try Terminal.ask("Name: ", isHidden: false) else { throw Self.interrupted }
        return String(decoding: line, as: UTF8.self)
    }

    private func password() throws -> Password {
        switch plan.options.passwordFile {
        case "-": return try Password(Terminal.line(of: STDIN_FILENO) ?? [])
        case let path?: return try password(inFile: path)
        case nil where !Terminal.isThere: return try Password(Terminal.line(of: STDIN_FILENO) ?? [])
        case nil:
            guard let first = try Terminal.ask("Password: ", isHidden: true),
                let second = try Terminal.ask("Again: ", isHidden: true)
            else { throw Self.interrupted }
            guard first == second else { throw GafferError(.badRequest, "The two passwords differ.") }
            return try Password(first)
        }
    }

    private func password(inFile path: String) throws -> Password {
        let file = Descriptor(
            owning: try SystemError.check("open", on: path) { open(path, O_RDONLY | O_CLOEXEC) }
        )
        return try Password(Terminal.line(of: file.rawValue) ?? [])
    }

    private static let interrupted = GafferError(.failed, "Nothing was made.")
}

/// What a task came to, for a thread that waits for it.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, GafferError>?>(nil)
    private let isThere = Semaphore()

    func give(_ value: Result<Value, GafferError>) {
        result.withLock { $0 = value }
        isThere.signal()
    }

    func wait() -> Result<Value, GafferError> {
        isThere.wait()
        return result.withLock { $0 } ?? .failure(GafferError(.failed, "Nothing came of it."))
    }
}
