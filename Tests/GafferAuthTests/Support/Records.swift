import GafferModel
import Testing

@testable import GafferAuth

extension String {
    /// The id of the key that a test calls so: the digits of its bytes.
    static func id(_ name: String) -> String {
        String((Hexadecimal.text(of: Array(name.utf8)) + "000000000000").prefix(12))
    }
}

extension Substring {
    /// A test's name of a key as a message has it; other words as they are.
    var replacingNames: String {
        switch self {
        case "other", "login": .id(String(self))
        default: String(self)
        }
    }
}

extension KeyRecord {
    static func test(
        _ name: String,
        _ permissions: Permissions,
        parent: String? = nil,
        user: String? = nil,
        isLogin: Bool = false,
        created: Double = 0
    ) throws -> KeyRecord {
        KeyRecord(
            id: .id(name),
            digest: SHA256.digest(of: name.utf8),
            label: name,
            permissions: permissions,
            parent: parent.map { .id($0) },
            created: created,
            user: user,
            isLogin: isLogin
        )
    }
}

extension UserRecord {
    static func test(_ name: String, _ kind: Kind = .application, key: String? = nil) -> UserRecord {
        UserRecord(
            name: name,
            passwordHash: "hash of \(name)",
            kind: kind,
            key: key.map { .id($0) },
            extra: [],
            created: 0
        )
    }
}
