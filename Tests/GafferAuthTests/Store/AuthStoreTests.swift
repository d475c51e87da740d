import GafferModel
import Glibc
import Testing

@testable import GafferAuth

@Suite("The file of users and keys")
struct AuthStoreTests {
    private let folder: TestFolder
    private var path: String { folder("auth.db") }

    init() throws {
        folder = try TestFolder()
    }

    @discardableResult
    private func make(_ service: AuthService, _ label: String) async throws -> IssuedKey {
        try await service.createKey(KeyRequest(label: label, permissions: .to("shop", .read)), by: .root)
    }

    @Test("Nothing is made while nobody makes a key")
    func lazy() async throws {
        let service = AuthService.cheap(path)
        try await service.open()
        #expect(try await service.keys(for: .root).isEmpty)
        #expect(try await service.administrators().isEmpty)
        #expect(folder.names == [])
    }

    @Test("It is made for its owner alone, with its folder")
    func mode() async throws {
        try await make(AuthService.cheap(folder("state/auth.db")), "a")
        #expect(try folder.mode("state/auth.db") == 0o600)
        unlink(folder("state/auth.db"))
    }

    @Test("So is the journal, while there is one")
    func journal() throws {
        try AuthFile(path: path).prepare()
        let database = try AuthDatabase(path: path)
        var directory = AuthDirectory()
        var revision: Int64 = 0
        let key = try KeyRecord.test("a", .none)
        var names: [String] = []
        var mode: mode_t?
        try database.change(
            &directory,
            &revision,
            { _ in (AuthChange(keys: [key]), ()) },
            beforeCommit: {
                names = folder.names
                mode = try? folder.mode("auth.db-journal")
            }
        )
        #expect(names == ["auth.db", "auth.db-journal"])
        #expect(mode == 0o600)
        #expect(folder.names == ["auth.db"])
    }

    @Test("What was made is there again, whole")
    func persistence() async throws {
        let first = AuthService.cheap(path, wallClock: { 1234.5 })
        let parent = try await first.createKey(
            KeyRequest(label: "a \"label\" ü", permissions: .to("shop", .manage, .read, keys: true, users: true)),
            by: .root
        )
        let child = try await first.createKey(
            KeyRequest(permissions: .to("shop", .read), parent: parent.record.id),
            by: .root
        )
        let body = #"{"username":"bob","password":"p","key":"\#(child.record.id)","mail":["a",{"b":1}]}"#
        try await first.createUser(UserRequest(json: JSON(parsing: body)), by: .root)
        let second = AuthService.cheap(path)
        try await second.open()
        #expect(try await second.keys(for: .root) == first.keys(for: .root))
        #expect(try await second.key(parent.record.id, for: .root).key == parent.record)
        #expect(try await second.key(parent.record.id, for: .root).subkeys == [child.record])
        #expect(try await second.users(for: .root) == first.users(for: .root))
        #expect(try await second.user("bob", for: .root).json["mail"]?.text == #"["a",{"b":1}]"#)
        #expect(second.authenticator.principal(forKey: parent.text.revealed)?.permissions == parent.record.permissions)
    }

    @Test("A file that others may read or change is refused and left alone", arguments: [0o640, 0o604, 0o620, 0o601])
    func unsafeMode(mode: Int) async throws {
        try await make(AuthService.cheap(path), "a")
        chmod(path, mode_t(mode))
        let service = AuthService.cheap(path)
        let error = await #expect(throws: AuthStoreError.self) { try await service.open() }
        #expect(error?.kind == .unsafe)
        #expect(error?.description.contains(path) == true)
        #expect(await code { try await make(service, "b") } == .failed)
        // Twice: an answer must not come of what was known before.
        for _ in 0..<2 { #expect(await code { _ = try await service.keys(for: .root) } == .failed) }
        #expect(try folder.mode("auth.db") == mode_t(mode))
        chmod(path, 0o600)
        try await service.open()
        #expect(try await service.keys(for: .root).count == 1)
    }

    @Test("A link, a folder and a pipe are refused, and nothing waits")
    func notAFile() async throws {
        try folder.write("target", [])
        symlink(folder("target"), path)
        await #expect(throws: AuthStoreError.self) { try await AuthService.cheap(path).open() }
        unlink(path)
        mkdir(path, 0o700)
        await #expect(throws: AuthStoreError.self) { try await AuthService.cheap(path).open() }
        rmdir(path)
        mkfifo(path, 0o600)
        let error = await #expect(throws: AuthStoreError.self) { try await AuthService.cheap(path).open() }
        #expect(error?.kind == .unsafe)
    }

    @Test("A file of another user is refused")
    func owner() {
        var status = stat()
        status.st_mode = S_IFREG | 0o600
        status.st_uid = 1
        #expect(AuthFile.objection(to: status, owner: 1) == nil)
        #expect(AuthFile.objection(to: status, owner: 2)?.contains("uid 1") == true)
    }

    @Test("What is no database, or damaged, is an error that names the file, and stays as it is", arguments: 0..<5)
    func damaged(row: Int) async throws {
        let service = AuthService.cheap(path)
        for number in 0..<20 { try await make(service, "key \(number)") }
        var content = try folder.content("auth.db")
        switch row {
        case 0: content = Array("This is no database, and never was one.".utf8)
        case 1: content.replaceSubrange(4096..<8192, with: repeatElement(0xAA, count: 4096))
        case 2: content = Array(content.prefix(content.count / 2))
        // The index of parents, which reading everything would not come across.
        case 3: content.replaceSubrange(3 * 4096..<4 * 4096, with: repeatElement(0xAA, count: 4096))
        default: content.replaceSubrange(0..<16, with: repeatElement(0x20, count: 16))
        }
        try folder.write("auth.db", content)
        let second = AuthService.cheap(path)
        let error = await #expect(throws: AuthStoreError.self) { try await second.open() }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains(path) == true)
        #expect(await code { try await make(second, "x") } == .failed)
        #expect(try folder.content("auth.db") == content)
    }

    @Test(
        "A database of something else, of a later version, or with what can't be read is refused",
        arguments: [
            ("PRAGMA user_version = 99", AuthStoreError.Kind.tooNew), ("PRAGMA application_id = 7", .damaged),
            ("PRAGMA user_version = 0", .damaged), ("UPDATE key SET permissions = '{\"admin\":1}'", .damaged),
            ("UPDATE key SET digest = 'x'", .damaged), ("UPDATE key SET id = '../..'", .damaged),
            ("UPDATE user SET type = 2", .damaged), ("UPDATE user SET extra = '['", .damaged),
            ("DROP TABLE revision", .unavailable),
        ]
    )
    func foreign(statement: String, kind: AuthStoreError.Kind) async throws {
        let service = AuthService.cheap(path)
        try await make(service, "a")
        try await service.createUser(UserRequest(name: "bob", password: Password("p")), by: .root)
        try AuthDatabase.run(statement, on: path)
        let error = await #expect(throws: AuthStoreError.self) { try await AuthService.cheap(path).open() }
        #expect(error?.kind == kind)
    }

    @Test("What another process makes is known with the first use of the key, and not overwritten")
    func twoProcesses() async throws {
        let daemon = AuthService.cheap(path)
        try await daemon.open()
        let tool = AuthService.cheap(path)
        for round in 0..<3 {
            let issued = try await tool.createAdministrator("admin\(round)", Password("p"))
            let admission = daemon.admit(issued.text)
            guard case .unsettled(let settle) = admission, case .admitted(let principal) = await settle() else {
                Issue.record("It was not found: \(admission)")
                return
            }
            #expect(principal == Principal(.key(id: issued.record.id), .admin))
            try await make(daemon, "daemon")
        }
        #expect(try await tool.keys(for: .root).count == 6)
        #expect(try await daemon.administrators().map(\.name) == ["admin0", "admin1", "admin2"])
        // Nothing has changed since it was read: a key that is only wrong makes nobody look again.
        guard case .refused = daemon.admit(try KeyText.make()) else {
            Issue.record("It was looked for.")
            return
        }
    }

    @Test("A file that was taken away takes its keys with it, and a new one is another")
    func replaced() async throws {
        let service = AuthService.cheap(path)
        let old = try await make(service, "old")
        unlink(path)
        try await service.open()
        #expect(service.authenticator.principal(forKey: old.text.revealed) == nil)
        let new = try await make(service, "new")
        #expect(try await service.keys(for: .root).map(\.id) == [new.record.id])
        #expect(try await AuthService.cheap(path).keys(for: .root).map(\.id) == [new.record.id])
    }

    @Test("Where the file has been replaced unnoticed, a change is made in the new one alone")
    func replacedUnnoticed() async throws {
        let service = AuthService.cheap(path)
        let old = try await make(service, "old")
        unlink(path)
        try await make(AuthService.cheap(path), "other")
        try await make(service, "new")
        #expect(try await service.keys(for: .root).map(\.label).sorted() == ["new", "other"])
        #expect(service.authenticator.principal(forKey: old.text.revealed) == nil)
    }

    @Test("What can't be written is an error, and then nothing is known of it")
    func failedWrite() async throws {
        let service = AuthService.cheap(path)
        try await make(service, "a")
        // It stands for a disk that is full.
        try AuthDatabase.run(
            "CREATE TRIGGER full BEFORE INSERT ON key BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
            on: path
        )
        #expect(await code { try await make(service, "b") } == .failed)
        #expect(try await service.keys(for: .root).map(\.label) == ["a"])
        #expect(try await AuthService.cheap(path).keys(for: .root).map(\.label) == ["a"])
    }
}

extension AuthService {
    /// What comes of a request with a key.
    fileprivate func admit(_ key: KeyText) -> Admission {
        authenticator.admit(
            Credentials(apiKeys: [key.revealed]),
            from: ClientFacts(address: "127.0.0.1"),
            by: .key
        )
    }
}
