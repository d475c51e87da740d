import GafferConfig
import GafferModel
import Testing

@Suite("The section auth")
struct AuthSectionTests {
    @Test(
        "A grant is read",
        arguments: [
            ("admin", Permissions.admin), ("none", .none), ("create_key", Permissions(mayCreateKeys: true)),
            ("create_key,create_user", Permissions(mayCreateKeys: true, mayCreateUsers: true)),
            ("read *", Permissions(scopes: [.read: [.everything]])),
            ("write shop", Permissions(scopes: [.write: [.session("shop")]])),
            (
                "manage shop mail, read *, create_key,operate a b c",
                Permissions(
                    mayCreateKeys: true,
                    scopes: [
                        .manage: [.session("shop"), .session("mail")], .read: [.everything],
                        .operate: [.session("a"), .session("b"), .session("c")],
                    ]
                )
            ),
            ("read a, read b", Permissions(scopes: [.read: [.session("a"), .session("b")]])),
        ]
    )
    func grants(value: String, permissions: Permissions) throws {
        let config = try Reading.load("[auth]\nuser.web = \(value)")
        #expect(config.auth.grants == [PeerGrant(.user(.name("web")), permissions)])
        #expect(config.warnings == [])
    }

    @Test("A job is a scope, and a value may go on in further lines")
    func job() throws {
        let config = try Reading.load("[auth]\nuser.web = read shop.web\n  operate shop.web")
        let web = Scope.job(try JobName(session: "shop", job: "web"))
        #expect(config.auth.grants.map(\.permissions.scopes) == [[.read: [web], .operate: [web]]])
    }

    @Test(
        "Users and groups are named, or numbered",
        arguments: [
            ("user.web", PeerGrant.Subject.user(.name("web"))), ("USER.web", .user(.name("web"))),
            ("group.www", .group(.name("www"))), ("user.1000", .user(.id(1000))), ("group.0", .group(.id(0))),
            ("user. web", .user(.name("web"))),
        ]
    )
    func subjects(key: String, subject: PeerGrant.Subject) throws {
        #expect(try Reading.load("[auth]\n\(key) = read *").auth.grants.map(\.subject) == [subject])
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            ("user.web = red *", "did you mean read?"), ("user.web = reed *", "did you mean read?"),
            ("user.web = admn", "did you mean admin?"), ("user.web = everything", "is expected"),
            ("user.web = read", "of what?"), ("user.web =", "is expected"), ("user.web = read *,", "is expected"),
            ("user.web = read a b.c.d", "\"b.c.d\""), ("user.web = admin *", "no scope"),
            ("user.web = none, read *", "alone"), ("user.web = read *, none", "alone"),
            ("user.Web = read *", "no such user"), ("user.nobody-here = read *", "no such user"),
            ("group.web = read *", "no such group"), ("user. = read *", "name or a number"),
            ("user.4294967295 = read *", "too large"), ("user.99999999999 = read *", "too large"),
            ("usr.web = read *", "did you mean user.web?"), ("colour = blue", "no such key"),
            ("what.web = read *", "no such key"), ("auth_backnd = x", "did you mean auth_backend?"),
        ]
    )
    func wrong(line: String, words: String) throws {
        let errors = Reading.errors("[auth]\n\(line)")
        let error = try #require(errors.first)
        #expect(errors.count == 1)
        #expect(error.line == 2)
        #expect(error.section == "auth")
        #expect(error.key?.isEmpty == false)
        #expect(error.message.contains(words), "\(error)")
    }

    @Test("A key stands once, and names are told apart by their case")
    func duplicates() {
        #expect(Reading.errors("[auth]\nuser.web = none\nuser.web = admin").map(\.line) == [3])
        #expect(Reading.errors("[auth]\nuser.web = none\nuser.WEB = none").map(\.message) == ["there is no such user."])
    }

    @Test(
        "What the original had is taken, with a warning that says that it is not needed",
        arguments: ["auth_backend", "keys_backend", "auth_dbname", "keys_dbname"]
    )
    func former(key: String) throws {
        let config = try Reading.load("[auth]\n\(key) = default\nuser.web = read *")
        #expect(config.warnings.count == 1)
        #expect(config.warnings.first?.contains(key) == true)
        #expect(config.warnings.first?.contains("\(Reading.path):2") == true)
        #expect(config.auth.grants.count == 1)
    }

    @Test("Without the section nothing is granted")
    func absent() throws {
        #expect(try Reading.load("[gaffer]").auth == AuthConfig())
        #expect(try Reading.load("[auth]").auth == AuthConfig())
    }
}
