import GafferModel
import GafferSystem
import Testing

@testable import GafferAuth

@Suite("What may be done with keys")
struct KeyRuleTests {
    /// ```
    /// admin                    everything
    /// shop                     manage shop, create_key
    /// ├─ ops                   operate shop, create_key
    /// │  └─ reader             read shop
    /// └─ login of bob          manage shop, create_key, as bob's key is shop
    /// other                    read other
    /// ```
    private let directory: AuthDirectory

    init() throws {
        directory = try #require(
            AuthDirectory(
                keys: [
                    try .test("admin", .admin), try .test("shop", .to("shop", .manage, keys: true)),
                    try .test("ops", .to("shop", .operate, keys: true), parent: "shop"),
                    try .test("reader", .to("shop", .read), parent: "ops"),
                    try .test("login", .to("shop", .manage, keys: true), parent: "shop", user: "bob", isLogin: true),
                    try .test("other", .to("other", .read)),
                ],
                users: [.test("bob", key: "shop")]
            )
        )
    }

    private func principal(_ name: String) throws -> Principal {
        let key = try #require(directory.keys[.id(name)])
        return Principal(.key(id: key.id), key.permissions)
    }

    private func make(
        _ permissions: Permissions,
        parent: String? = nil,
        by principal: Principal
    ) throws(GafferError) -> KeyRecord? {
        let request = KeyRequest(label: "new", permissions: permissions, parent: parent.map { .id($0) })
        let id = String.id("new")
        let digest = SHA256.digest(of: id.utf8)
        return try directory.newKey(request, id: id, digest: digest, by: principal, now: 5).keys.first
    }

    @Test(
        "A key is never stronger than its maker, nor than its parent",
        arguments: [
            // maker, permissions, parent, parent of the new key or an error
            ("admin", Permissions.admin, nil, ""), ("admin", .to("shop", .read), "reader", "reader"),
            ("admin", .to("shop", .operate), "reader", "!operate shop"), ("admin", .admin, "shop", "!admin"),
            ("shop", .to("shop", .manage, keys: true), nil, "shop"), ("shop", .to("shop", .read), "reader", "reader"),
            ("shop", .admin, nil, "!admin"), ("shop", .to("other", .read), nil, "!read other"),
            ("shop", .to("shop", .read, users: true), nil, "!create_user"),
            ("shop", .to("shop", .read), "other", "!other"), ("shop", .none, "admin", "!parent"),
            ("ops", .to("shop", .write), nil, "!write shop"), ("ops", .to("shop", .read), "shop", "!parent"),
            ("ops", .to("shop", .operate), nil, "ops"), ("reader", .none, nil, "!create_key"),
            ("other", .to("other", .read), nil, "!create_key"), ("shop", .none, "login", "!login"),
            ("admin", .none, "login", "!login"), ("admin", .none, "nobody", "!parent"),
            // What a login makes stays when the login has gone.
            ("login", .to("shop", .manage), nil, "shop"), ("login", .to("shop", .read), "ops", "ops"),
            ("login", .admin, nil, "!admin"),
        ] as [(String, Permissions, String?, String)]
    )
    func make(maker: String, permissions: Permissions, parent: String?, result: String) throws {
        let principal = try principal(maker)
        do throws(GafferError) {
            let key = try make(permissions, parent: parent, by: principal)
            #expect(result.first != "!")
            #expect(key?.parent == (result.isEmpty ? nil : .id(result)))
            #expect(key?.permissions == permissions)
        } catch {
            #expect(result.first == "!", "\(error)")
            #expect(error.message.contains(result.dropFirst().replacingNames), "\(error)")
        }
    }

    @Test("A peer makes keys that are no stronger than itself")
    func peers() throws {
        let peer = Principal(.peer(uid: 1000, pid: 1), .to("shop", .operate, keys: true))
        #expect(try make(.to("shop", .read), by: peer)?.parent == nil)
        #expect(try make(.to("shop", .read), parent: "ops", by: peer)?.parent == .id("ops"))
        #expect(throws: GafferError.self) { try make(.to("shop", .write), by: peer) }
        #expect(throws: GafferError.self) { try make(.none, parent: "shop", by: peer) }
        #expect(throws: GafferError.self) { try make(.none, by: Principal(.peer(uid: 1, pid: 1), .none)) }
        #expect(throws: GafferError.self) { try make(.none, by: .anonymous) }
        #expect(try make(.admin, by: .root)?.permissions == .admin)
    }

    @Test("A key made through a login, or by a user's key, belongs to the user")
    func owner() throws {
        #expect(try make(.none, by: principal("login"))?.user == "bob")
        #expect(try make(.none, by: principal("shop"))?.user == "bob")
        #expect(try make(.none, by: principal("ops"))?.user == nil)
    }

    @Test(
        "A key may be seen and removed by itself, and with create_key by who is no weaker",
        arguments: [
            ("admin", "admin", nil), ("admin", "login", nil), ("admin", "nobody", .notFound),
            ("shop", "shop", nil), ("shop", "reader", nil), ("shop", "login", nil),
            ("shop", "other", .forbidden), ("shop", "admin", .forbidden), ("shop", "nobody", .notFound),
            ("ops", "reader", nil), ("ops", "shop", .forbidden), ("reader", "reader", nil),
            ("reader", "ops", .forbidden), ("reader", "nobody", .forbidden), ("other", "reader", .forbidden),
            ("login", "login", nil), ("login", "shop", nil), ("login", "admin", .forbidden),
        ] as [(String, String, GafferError.Code?)]
    )
    func see(who: String, key: String, code: GafferError.Code?) throws {
        let principal = try principal(who)
        do throws(GafferError) {
            #expect(try directory.key(.id(key), for: principal).id == .id(key))
            #expect(try directory.removingKey(.id(key), by: principal).removedKeys == [.id(key)])
            #expect(code == nil)
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(throws: error) { try directory.removingKey(.id(key), by: principal) }
        }
    }

    @Test("With a key all those below it go, and users lose it")
    func cascade() throws {
        var directory = directory
        #expect(directory.descendants(of: .id("shop")).sorted() == [.id("ops"), .id("login"), .id("reader")].sorted())
        directory.apply(try directory.removingKey(.id("shop"), by: .root))
        #expect(directory.keys.keys.sorted() == [.id("admin"), .id("other")].sorted())
        #expect(directory.users["bob"]?.key == nil)
    }

    @Test("Only an administrator sees all keys")
    func list() throws {
        #expect(try directory.allKeys(for: .root).count == 6)
        for name in ["shop", "ops", "reader", "login"] {
            #expect(throws: GafferError.self) { try directory.allKeys(for: try principal(name)) }
        }
    }

    @Test("Keys that hang in the air or below themselves are no directory")
    func unsound() throws {
        #expect(AuthDirectory(keys: [try .test("a", .none, parent: "b")], users: []) == nil)
        let circle = [try KeyRecord.test("a", .none, parent: "b"), try .test("b", .none, parent: "a")]
        #expect(AuthDirectory(keys: circle, users: []) == nil)
        #expect(AuthDirectory(keys: [try .test("a", .none, parent: "a")], users: []) == nil)
    }

    @Test("There is an end to keys")
    func bound() throws {
        var directory = AuthDirectory()
        let key = try KeyRecord.test("a", .none)
        var change = AuthChange()
        for number in 0..<AuthDirectory.maximumKeys {
            var key = key
            key.id = "\(number)"
            change.keys.append(key)
        }
        directory.apply(change)
        let error = #expect(throws: GafferError.self) {
            try directory.newKey(KeyRequest(permissions: .none), id: "x", digest: key.digest, by: .root, now: 0)
        }
        #expect(error?.code == .conflict)
    }
}
