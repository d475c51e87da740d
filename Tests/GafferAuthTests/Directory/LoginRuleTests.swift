import GafferModel
import Testing

@testable import GafferAuth

@Suite("What a login gives")
struct LoginRuleTests {
    private let digest = SHA256.digest(of: [])

    private func login(
        _ directory: AuthDirectory,
        _ name: String,
        better: String? = nil,
        id: String = "new",
        now: Double = 100
    ) throws(GafferError) -> (change: AuthChange, key: KeyRecord?) {
        try directory.login(
            of: name,
            passwordHash: "hash of \(name)",
            better: better,
            id: .id(id),
            digest: digest,
            now: now
        )
    }

    private func directory() throws -> AuthDirectory {
        try #require(
            AuthDirectory(
                keys: [try .test("shop", .to("shop", .manage)), try .test("admin", .admin)],
                users: [
                    .test("bob", key: "shop"), .test("eve"), .test("root", .administrator, key: "admin"),
                    .test("chief", .administrator), .test("weak", .administrator, key: "shop"),
                ]
            )
        )
    }

    @Test(
        "A key below the user's own with its permissions; an administrator's allows everything",
        arguments: [
            ("bob", Permissions.to("shop", .manage), "shop"), ("root", .admin, "admin"), ("chief", .admin, nil),
            ("weak", .admin, nil),
        ] as [(String, Permissions, String?)]
    )
    func key(name: String, permissions: Permissions, parent: String?) throws {
        let (change, key) = try login(try directory(), name)
        #expect(change.keys == [key])
        #expect(key?.permissions == permissions)
        #expect(key?.parent == parent.map { .id($0) })
        #expect(key?.user == name)
        #expect(key?.isLogin == true)
        #expect(key?.label == "login of \(name)")
    }

    @Test("A user without a key gets none, and a better hash is kept all the same")
    func noKey() throws {
        let (change, key) = try login(try directory(), "eve", better: "better")
        #expect(key == nil)
        #expect(change.keys == [])
        #expect(change.users.first?.passwordHash == "better")
    }

    @Test("A password that was changed meanwhile, and a user that has gone, is no login")
    func late() throws {
        let directory = try directory()
        let error = #expect(throws: GafferError.self) {
            try directory.login(of: "bob", passwordHash: "old", better: nil, id: "x", digest: digest, now: 0)
        }
        #expect(error?.code == .unauthorized)
        #expect(throws: GafferError.self) { try login(directory, "nobody") }
    }

    @Test("The oldest goes for the eleventh, and others' are not counted")
    func bounded() throws {
        var directory = try directory()
        for number in 0..<12 {
            directory.apply(try login(directory, "root", id: "r\(number)", now: Double(number)).change)
            directory.apply(try login(directory, "bob", id: "b\(number)", now: Double(number)).change)
        }
        #expect(directory.logins(of: "bob") == (2..<12).map { .id("b\($0)") })
        #expect(directory.logins(of: "root").count == 10)
    }
}
