import Glibc
import Testing

@testable import GafferSystem

@Suite("Who a process runs as")
struct CredentialsTests {
    typealias Credentials = SpawnRequest.Credentials

    private static let accounts = FakeAccounts(
        users: [.init(name: "web", uid: 1000, gid: 1001, home: "/srv")],
        groups: [.init(name: "mail", gid: 8)],
        memberships: ["web": [44, 45]]
    )

    @Test(
        "follows from user and group",
        arguments: [
            (nil, nil, nil),
            (.name("web"), nil, Credentials(uid: 1000, gid: 1001, groups: [1001, 44, 45])),
            (.number(1000), nil, Credentials(uid: 1000, gid: 1001, groups: [1001, 44, 45])),
            (.name("web"), .name("mail"), Credentials(uid: 1000, gid: 8, groups: [8, 44, 45])),
            (.name("web"), .number(77), Credentials(uid: 1000, gid: 77, groups: [77, 44, 45])),
            (.number(5000), nil, Credentials(uid: 5000, gid: 5000, groups: [])),
            (.number(5000), .name("mail"), Credentials(uid: 5000, gid: 8, groups: [])),
            (nil, .name("mail"), Credentials(uid: 333, gid: 8, groups: [])),
        ] as [(AccountReference?, AccountReference?, Credentials?)]
    )
    func table(user: AccountReference?, group: AccountReference?, expected: Credentials?) throws {
        #expect(try Self.accounts.credentials(user: user, group: group, ownUID: 333) == expected)
    }

    @Test("is refused where a name is unknown")
    func unknown() {
        #expect(throws: AccountFailure.unknownUser("nobody-there")) {
            try Self.accounts.credentials(user: .name("nobody-there"), group: nil, ownUID: 0)
        }
        #expect(throws: AccountFailure.unknownGroup("none")) {
            try Self.accounts.credentials(user: .name("web"), group: .name("none"), ownUID: 0)
        }
        #expect(AccountFailure.unknownUser("x").message == #"there is no user "x""#)
    }

    @Test("is refused where nobody can tell, rather than taken for unknown")
    func failing() {
        let failure = SystemError(errno: EIO, call: "getpwuid_r", what: "5")
        #expect(throws: AccountFailure.database(failure)) {
            try FakeAccounts(failure: failure).credentials(user: .number(5), group: nil, ownUID: 0)
        }
    }
}

@Suite("The accounts of the machine")
struct SystemAccountsTests {
    private let accounts = SystemAccounts()

    @Test("hold root, by name and by number")
    func root() throws {
        let root = try #require(try accounts.user(named: "root"))
        #expect(root.uid == 0)
        #expect(root.gid == 0)
        #expect(root.home.hasPrefix("/"))
        #expect(try accounts.user(number: 0)?.name == "root")
        #expect(try accounts.group(named: "root")?.gid == 0)
        #expect(try accounts.group(number: 0)?.name == "root")
        #expect(try accounts.groups(of: root, primary: 0).contains(0))
    }

    @Test("hold no such name", arguments: ["no-such-account", "", "root\0x", "ro:ot", "0"])
    func unknown(name: String) throws {
        #expect(try accounts.user(named: name) == nil)
        #expect(try accounts.group(named: name) == nil)
    }

    @Test("hold no such number")
    func unknownNumber() throws {
        #expect(try accounts.user(number: 3_999_999_999) == nil)
        #expect(try accounts.group(number: 3_999_999_999) == nil)
    }

    @Test("give the primary group that is asked for, though it is not the user's own")
    func primary() throws {
        let nobody = UserAccount(name: "nobody", uid: 65534, gid: 65534, home: "/")
        #expect(try accounts.groups(of: nobody, primary: 4242).contains(4242))
    }
}
