import GafferModel
import Testing

@Suite("Which permissions are within others")
struct PermissionsOrderTests {
    private static let read = Permissions(scopes: [.read: [.session("shop")]])

    @Test(
        "A row of the table",
        arguments: [
            (Permissions.none, Permissions.none, nil),
            (.none, .admin, nil), (.admin, .admin, nil), (read, .admin, nil),
            (.admin, Permissions(mayCreateKeys: true, mayCreateUsers: true, scopes: [.manage: [.everything]]), "admin"),
            (Permissions(mayCreateKeys: true), .none, "create_key"),
            (Permissions(mayCreateUsers: true), Permissions(mayCreateKeys: true), "create_user"),
            (read, .none, "read shop"), (read, read, nil),
            (read, Permissions(scopes: [.read: [.everything]]), nil),
            (Permissions(scopes: [.read: [.everything]]), read, "read *"),
            // manage gives all others; write and operate give read, and not each other.
            (read, Permissions(scopes: [.manage: [.session("shop")]]), nil),
            (read, Permissions(scopes: [.write: [.session("shop")]]), nil),
            (read, Permissions(scopes: [.operate: [.session("shop")]]), nil),
            (Permissions(scopes: [.write: [.session("shop")]]), read, "write shop"),
            (Permissions(scopes: [.write: [.everything]]), Permissions(scopes: [.operate: [.everything]]), "write *"),
            (Permissions(scopes: [.operate: [.everything]]), Permissions(scopes: [.write: [.everything]]), "operate *"),
            (
                Permissions(scopes: [.manage: [.session("a")]]), Permissions(scopes: [.write: [.session("a")]]),
                "manage a"
            ),
            // A session covers its jobs, a job not its session.
            (Permissions(scopes: [.read: [.job(name("shop", "web"))]]), read, nil),
            (read, Permissions(scopes: [.read: [.job(name("shop", "web"))]]), "read shop"),
            (Permissions(scopes: [.read: [.job(name("other", "web"))]]), read, "read other.web"),
        ] as [(Permissions, Permissions, String?)]
    )
    func row(one: Permissions, other: Permissions, beyond: String?) {
        #expect(one.firstBeyond(other) == beyond)
        #expect(one.isWithin(other) == (beyond == nil))
    }

    @Test("Whatever permissions allow, those that they are within allow too", arguments: 0..<20 as Range<UInt64>)
    func monotone(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sets = (0..<40).map { _ in Permissions.random(using: &generator) }
        var count = 0
        for one in sets {
            for other in sets {
                let allows = Requirement.samples.allSatisfy { !one.meet($0) || other.meet($0) }
                // The samples have every scope that the sets have, so that it holds the other way round too.
                #expect(one.isWithin(other) == allows, "\(one.json) and \(other.json)")
                count += allows ? 1 : 0
            }
        }
        #expect(count > 40)
    }

    @Test("What was added is allowed, and nothing else")
    func union() {
        var permissions = Self.read
        permissions.formUnion(
            Permissions(mayCreateKeys: true, scopes: [.read: [.session("a")], .write: [.everything]])
        )
        let expected = Permissions(
            mayCreateKeys: true,
            scopes: [.read: [.session("shop"), .session("a")], .write: [.everything]]
        )
        #expect(permissions == expected)
    }
}

extension Requirement {
    fileprivate static let scopes: [Scope] = [
        .everything, .session("a"), .session("b"), .job(name("a", "x")), .job(name("a", "y")), .job(name("b", "x")),
    ]
    fileprivate static let samples: [Requirement] =
        [.createKey, .createUser, .admin] + Right.allCases.flatMap { right in scopes.map { .right(right, $0) } }
}

extension Permissions {
    fileprivate static func random(using generator: inout SeededGenerator) -> Permissions {
        var permissions = Permissions(
            isAdmin: Int.random(in: 0..<12, using: &generator) == 0,
            mayCreateKeys: Bool.random(using: &generator),
            mayCreateUsers: Int.random(in: 0..<4, using: &generator) == 0
        )
        for right in Right.allCases {
            let scopes = Requirement.scopes.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
            if !scopes.isEmpty { permissions.scopes[right] = Set(scopes) }
        }
        return permissions
    }
}
