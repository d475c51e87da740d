import GafferModel
import GafferSystem
import Testing

@testable import GafferAuth

@Suite("What peers may do")
struct PeerRuleTests {
    private static let web = Permissions.to("shop", .read)
    private static let ops = Permissions(mayCreateKeys: true, scopes: [.manage: [.session("shop")]])
    private static let rule = PeerRule(
        owner: 500,
        users: [1000: web, 1001: .none, 0: .none, 500: .none],
        groups: [20: PeerRule.member, 30: ops]
    )

    @Test(
        "A row of the table",
        arguments: [
            (0, 0, [], Permissions.admin), (500, 500, [], .admin), (1000, 20, [30], web), (1001, 20, [30], .none),
            (2000, 20, [], PeerRule.member), (2000, 1, [20], PeerRule.member), (2000, 1, [31], .none),
            (2000, 2, [], .none),
            (
                2000, 20, [30],
                Permissions(mayCreateKeys: true, scopes: [.operate: [.everything], .manage: [.session("shop")]])
            ),
        ] as [(UInt32, UInt32, [UInt32], Permissions)]
    )
    func row(uid: UInt32, gid: UInt32, groups: [UInt32], permissions: Permissions) {
        let peer = Peer(uid: uid, gid: gid, pid: 1, groups: groups)
        #expect(Self.rule.permissions(of: peer) == permissions)
    }

    @Test("Members of the group gaffer operate and read everything, and change nothing")
    func member() {
        let member = PeerRule.member
        #expect(member.allow(.operate, .everything))
        #expect(member.allow(.read, .everything))
        #expect(!member.allow(.manage, .everything))
        #expect(!member.allow(.write, .everything))
        #expect(!member.meet(.createKey))
    }

    @Test("Names become numbers, and a grant takes the place of what the group gaffer has")
    func names() throws {
        let rule = try PeerRule(
            owner: 0,
            group: 20,
            grants: [
                PeerGrant(.user(.name("web")), Self.web), PeerGrant(.user(.id(77)), Self.ops),
                PeerGrant(.group(.name("gaffer")), Self.web), PeerGrant(.group(.id(30)), Self.ops),
            ],
            accounts: Accounts()
        )
        #expect(
            rule == PeerRule(owner: 0, users: [1000: Self.web, 77: Self.ops], groups: [20: Self.web, 30: Self.ops])
        )
        #expect(try PeerRule(owner: 1, group: nil, grants: [], accounts: Accounts()) == PeerRule(owner: 1))
        let standard = PeerRule(owner: 1, groups: [20: PeerRule.member])
        #expect(try PeerRule(owner: 1, group: 20, grants: [], accounts: Accounts()) == standard)
    }

    @Test(
        "Who is not there, and who is named twice, is an error that names it",
        arguments: [
            ([PeerGrant(.user(.name("nobody-here")), web)], "nobody-here"),
            ([PeerGrant(.group(.name("web")), web)], "group \"web\""),
            ([PeerGrant(.user(.name("web")), web), PeerGrant(.user(.id(1000)), ops)], "user 1000"),
            ([PeerGrant(.group(.id(20)), web), PeerGrant(.group(.name("gaffer")), ops)], "group 20"),
        ]
    )
    func wrong(grants: [PeerGrant], word: String) {
        let error = #expect(throws: GafferError.self) {
            try PeerRule(owner: 0, group: 20, grants: grants, accounts: Accounts())
        }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
}

/// A machine with a user `web`, 1000, and a group `gaffer`, 20.
private struct Accounts: AccountDatabase {
    func user(named name: String) throws(SystemError) -> UserAccount? {
        name == "web" ? UserAccount(name: name, uid: 1000, gid: 1000, home: "/") : nil
    }
    func user(number uid: UInt32) throws(SystemError) -> UserAccount? { nil }
    func group(named name: String) throws(SystemError) -> GroupAccount? {
        name == "gaffer" ? GroupAccount(name: name, gid: 20) : nil
    }
    func group(number gid: UInt32) throws(SystemError) -> GroupAccount? { nil }
    func groups(of user: UserAccount, primary gid: UInt32) throws(SystemError) -> [UInt32] { [gid] }
}
