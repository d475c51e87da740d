package import GafferModel

/// What is kept of a user.
package struct UserRecord: Sendable, Equatable {
    /// What a user is.
    package enum Kind: Int, Sendable {
        /// An administrator, `user_type` 0.
        case administrator = 0
        /// Whatever its key allows, `user_type` 1.
        case application = 1
    }

    /// Who it is.
    package var name: String
    /// The password as crypt(5) writes it; it never leaves the store.
    package var passwordHash: String
    /// What it is.
    package var kind: Kind
    /// The id of its key.
    package var key: String?
    /// What else was given with it.
    package var extra: [JSON.Member]
    /// When it was made, in seconds since 1970.
    package var created: Double

    /// What the API tells of it: never the password, in whatever form.
    package var json: JSON {
        .object(
            [
                JSON.Member("username", .string(name)),
                JSON.Member("user_type", .integer(Int64(kind.rawValue))),
                JSON.Member("key", key.map { .string($0) } ?? .null),
            ] + extra
        )
    }

    /// The longest name, in bytes.
    package static let maximumName = 64

    /// Whether a text may name a user: letters, digits and `._@+-`, beginning with a letter or a digit.
    ///
    /// So a name is safe in a path, in a header (Basic ends it at a colon) and in a log.
    package static func isValid(name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= maximumName, isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || "._@+-".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// - Throws: ``GafferError`` (`bad_request`) where it may not name one.
    static func check(name: String) throws(GafferError) {
        guard isValid(name: name) else {
            throw GafferError(
                .badRequest,
                "\(name.cited) can't name a user: use letters, digits and ._@+-, beginning with a letter or a digit, "
                    + "\(maximumName) characters at most."
            )
        }
    }
}

extension UserRecord: CustomStringConvertible, CustomReflectable {
    /// The name.
    package var description: String { name }
    /// Without the password's hash, for `dump` and what prints a value that holds one.
    package var customMirror: Mirror { Mirror(self, children: ["name": name, "key": key as Any]) }
}
