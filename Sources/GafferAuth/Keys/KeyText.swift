internal import GafferSystem

/// A key as its owner has it: `gk_<id>_<secret>`, 12 and 64 hexadecimal digits.
///
/// The id is public: it names the key in listings, logs and paths. The secret is shown once, when the key is made; what
/// is kept is its digest. Printed by accident, a key shows its id alone.
package struct KeyText: Sendable {
    /// What every key begins with, so that one that was published by mistake can be found.
    static let prefix = "gk_"
    private static let idLength = 12
    private static let secretLength = 64

    /// The public part.
    package let id: String
    private let secret: String

    /// A new key.
    ///
    /// - Throws: ``SystemError`` where the kernel has no random bytes.
    static func make() throws(SystemError) -> KeyText {
        KeyText(
            id: Hexadecimal.text(of: try RandomBytes.make(idLength / 2)),
            secret: Hexadecimal.text(of: try RandomBytes.make(secretLength / 2))
        )
    }

    private init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Reads a whole key; nil where the text can't be one.
    package init?(parsing text: String) {
        let bytes = text.utf8
        guard bytes.count == Self.prefix.utf8.count + Self.idLength + 1 + Self.secretLength, text.hasPrefix(Self.prefix)
        else { return nil }
        let rest = bytes.dropFirst(Self.prefix.utf8.count)
        let id = rest.prefix(Self.idLength)
        let secret = rest.suffix(Self.secretLength)
        guard rest.dropFirst(Self.idLength).first == UInt8(ascii: "_"), Self.isHexadecimal(id),
            Self.isHexadecimal(secret)
        else { return nil }
        self.init(id: String(decoding: id, as: UTF8.self), secret: String(decoding: secret, as: UTF8.self))
    }

    /// The whole key.
    ///
    /// It belongs into the one answer to whoever asked for it, and nowhere else.
    package var revealed: String { "\(Self.prefix)\(id)_\(secret)" }

    /// What is kept of the secret.
    var digest: Digest { SHA256.digest(of: secret.utf8) }

    /// The id of what names a key in a path: the id itself, or a whole key, of which the secret is not looked at; nil
    /// where it can be neither.
    package static func id(naming reference: String) -> String? {
        if reference.utf8.count == idLength, isHexadecimal(reference.utf8) { return reference }
        return KeyText(parsing: reference)?.id
    }

    private static func isHexadecimal(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}

extension KeyText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `gk_<id>_…`.
    package var description: String { "\(Self.prefix)\(id)_…" }
    /// `gk_<id>_…`.
    package var debugDescription: String { description }
    /// Without the secret, for `dump` and what prints a value that holds one.
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
