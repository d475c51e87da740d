import GafferModel
import GafferSystem
import Testing

@testable import GafferAuth

@Suite("What may be done with users")
struct UserRuleTests {
    /// The administrator `root` with the key `admin`; `bob` with `shop`, below which is `ops`; `eve` without a key;
    /// `max` with `all`, which is stronger than `users`, the key of the one who may make users.
    private let directory: AuthDirectory

    init() throws {
        directory = try #require(
            AuthDirectory(
                keys: [
                    try .test("admin", .admin), try .test("shop", .to("shop", .manage)),
                    try .test("ops", .to("shop", .operate), parent: "shop"), try .test("other", .to("other", .read)),
                    try .test("login", .to("shop", .manage), parent: "shop", user: "bob", isLogin: true),
                    try .test("users", .to("shop", .manage, users: true)),
                    try .test("below", .to("shop", .read), parent: "users"),
                    try .test("all", Permissions(scopes: [.read: [.everything]])),
                ],
                users: [
                    .test("root", .administrator, key: "admin"), .test("bob", key: "shop"), .test("eve"),
                    .test("max", key: "all"),
                ]
            )
        )
    }

    private func principal(_ name: String) throws -> Principal {
        if name == "root peer" { return .root }
        let key = try #require(directory.keys[.id(name)])
        return Principal(.key(id: key.id), key.permissions)
    }

    private func request(
        _ name: String? = nil,
        _ kind: UserRecord.Kind = .application,
        key: String? = nil
    ) throws -> UserRequest {
        UserRequest(name: name, password: try Password("p"), kind: kind, key: key.map { .id($0) })
    }

    @Test(
        "Making one needs create_user, and admin for an administrator",
        arguments: [
            ("root peer", "new", UserRecord.Kind.administrator, "admin", nil), ("admin", "new", .application, nil, nil),
            ("admin", "new", .application, "other", nil), ("users", "new", .application, nil, nil),
            ("users", "new", .application, "users", nil), ("users", "new", .application, "below", nil),
            ("users", "new", .application, "ops", .forbidden), ("users", "new", .application, "nobody", .forbidden),
            ("users", "new", .administrator, nil, .forbidden), ("shop", "new", .application, nil, .forbidden),
            ("admin", "bob", .application, nil, .conflict), ("admin", "a b", .application, nil, .badRequest),
            ("admin", "new", .application, "login", .badRequest), ("admin", "new", .application, "nobody", .badRequest),
        ] as [(String, String, UserRecord.Kind, String?, GafferError.Code?)]
    )
    func make(who: String, name: String, kind: UserRecord.Kind, key: String?, code: GafferError.Code?) throws {
        let (principal, request) = (try principal(who), try request(name, kind, key: key))
        do throws(GafferError) {
            let change = try directory.newUser(request, passwordHash: "h", by: principal, now: 3)
            #expect(change.users.map(\.name) == [name])
            #expect(change.users.first?.key == key.map { .id($0) })
            #expect(change.users.first?.kind == kind)
            #expect(code == nil)
        } catch {
            #expect(error.code == code, "\(error)")
        }
    }

    @Test(
        "Who may see and who may change one",
        arguments: [
            // who, user, to see it, to change it
            ("root peer", "root", nil, nil), ("admin", "root", nil, nil), ("admin", "nobody", .notFound, .notFound),
            ("shop", "bob", nil, nil), ("login", "bob", nil, nil), ("ops", "bob", .forbidden, .forbidden),
            ("shop", "eve", .forbidden, .forbidden), ("shop", "nobody", .forbidden, .forbidden),
            ("users", "bob", nil, nil), ("users", "eve", nil, nil), ("users", "nobody", .notFound, .notFound),
            ("users", "root", .forbidden, .forbidden),
            // Whoever may set the password could log in as somebody stronger.
            ("users", "max", nil, .forbidden), ("all", "max", nil, nil),
        ] as [(String, String, GafferError.Code?, GafferError.Code?)]
    )
    func change(who: String, name: String, seeing: GafferError.Code?, changing: GafferError.Code?) throws {
        let (principal, request) = (try principal(who), try request())
        func outcome(_ body: () throws -> Void) -> GafferError.Code? {
            do {
                try body()
                return nil
            } catch {
                return (error as? GafferError)?.code
            }
        }
        #expect(outcome { _ = try directory.user(name, for: principal) } == seeing)
        let changes: [() throws -> AuthChange] = [
            { try directory.replacingUser(name, request, passwordHash: "h", by: principal) },
            { try directory.settingPassword(of: name, passwordHash: "h", by: principal) },
            { try directory.settingKey(of: name, nil, by: principal) },
            { try directory.removingUser(name, by: principal) },
        ]
        for change in changes { #expect(outcome { _ = try change() } == changing) }
    }

    @Test(
        "A user's key is the requester's own, or below it, or any for an administrator",
        arguments: [
            ("shop", "bob", "shop", nil), ("shop", "bob", "ops", nil), ("login", "bob", "ops", nil),
            ("shop", "bob", "admin", .forbidden), ("shop", "bob", "other", .forbidden),
            ("login", "bob", "admin", .forbidden), ("shop", "bob", "nobody", .forbidden),
            ("shop", "bob", "login", .badRequest), ("users", "bob", "shop", nil), ("users", "bob", "ops", .forbidden),
            ("users", "eve", "below", nil), ("admin", "bob", "other", nil), ("admin", "bob", "nobody", .badRequest),
            ("root peer", "eve", "admin", nil),
        ] as [(String, String, String, GafferError.Code?)]
    )
    func setKey(who: String, name: String, key: String, code: GafferError.Code?) throws {
        let (principal, request) = (try principal(who), try request(key: key))
        do throws(GafferError) {
            let change = try directory.settingKey(of: name, .id(key), by: principal)
            #expect(change.users.first?.key == .id(key))
            let other = try directory.replacingUser(name, request, passwordHash: "h", by: principal)
            #expect(other.users.first?.key == .id(key))
            #expect(code == nil)
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(throws: error) {
                try directory.replacingUser(name, request, passwordHash: "h", by: principal)
            }
        }
    }

    @Test("Nobody makes itself an administrator, and who is one may stay it")
    func kind() throws {
        let request = try request(nil, .administrator)
        #expect(throws: GafferError.self) {
            try directory.replacingUser("bob", request, passwordHash: "h", by: try principal("shop"))
        }
        let stays = try directory.replacingUser("root", request, passwordHash: "h", by: try principal("admin"))
        #expect(stays.users.first?.kind == .administrator)
        let made = try directory.replacingUser("bob", request, passwordHash: "h", by: .root)
        #expect(made.users.first?.kind == .administrator)
        let renamed = try self.request("other")
        #expect(throws: GafferError.self) {
            try directory.replacingUser("bob", renamed, passwordHash: "h", by: .root)
        }
    }

    @Test("What a login was worth ends with what it was based on")
    func logins() throws {
        let login = String.id("login")
        let shop = try principal("shop")
        #expect(try directory.settingKey(of: "bob", .id("ops"), by: shop).removedKeys == [login])
        #expect(try directory.replacingUser("bob", request(), passwordHash: "h", by: shop).removedKeys == [login])
        #expect(try directory.settingPassword(of: "bob", passwordHash: "h", by: shop).removedKeys == [login])
        let own = try principal("login")
        #expect(try directory.settingPassword(of: "bob", passwordHash: "h", by: own).removedKeys == [])
        #expect(try directory.removingUser("bob", by: .root).removedKeys == [login])
    }

    @Test("A user that goes leaves its key, and what it made belongs to nobody")
    func remove() throws {
        var directory = directory
        directory.apply(AuthChange(keys: [try .test("made", .none, parent: "shop", user: "bob")]))
        directory.apply(try directory.removingUser("bob", by: .root))
        #expect(directory.users["bob"] == nil)
        #expect(directory.keys[.id("shop")] != nil)
        #expect(directory.keys[.id("login")] == nil)
        #expect(directory.keys[.id("made")]?.user == nil)
    }

    @Test("Only an administrator sees all users")
    func list() throws {
        #expect(try directory.allUsers(for: .root).map(\.name) == ["bob", "eve", "max", "root"])
        #expect(throws: GafferError.self) { try directory.allUsers(for: try principal("users")) }
    }

    @Test(
        "Names",
        arguments: [
            ("bob", true), ("b.o_b+c@d-e", true), ("1", true), (String(repeating: "a", count: 64), true), ("", false),
            (String(repeating: "a", count: 65), false), ("a:b", false), ("a b", false), ("a/b", false), (".a", false),
            ("-a", false), ("é", false), ("a\n", false),
        ]
    )
    func names(name: String, isValid: Bool) {
        #expect(UserRecord.isValid(name: name) == isValid)
    }
}
