/// Why the file of users and keys can't be used, in a sentence that names it.
package struct AuthStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of it.
    package enum Kind: Sendable, Hashable {
        /// Others could read or change it.
        case unsafe
        /// It is not what gafferd writes.
        case damaged
        /// A later version of gafferd made it.
        case tooNew
        /// It can't be read or written.
        case unavailable
    }

    /// The kind of it.
    package let kind: Kind
    /// A sentence.
    package let description: String

    init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        description = "The users and keys in \(path) can't be used: \(reason)."
    }
}
