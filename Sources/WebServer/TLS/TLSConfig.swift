/// How connections of an endpoint are encrypted: TLS 1.2 or newer.
package struct TLSConfig: Sendable, Hashable {
    /// Whether clients have to prove who they are.
    package enum Verification: String, Sendable, CaseIterable {
        /// They are not asked.
        case none
        /// They may; a certificate that is not of ``TLSConfig/cacert`` is refused nevertheless.
        case optional
        /// They have to.
        case required
    }

    /// The path of the server's certificate and of those between it and a known authority, as PEM.
    package var certfile: String
    /// The path of its private key, as PEM, without a passphrase.
    package var keyfile: String
    /// The path of the authorities that sign the clients' certificates, as PEM.
    package var cacert: String?
    /// Whether clients have to prove who they are.
    package var verify: Verification

    /// Makes a configuration; its files are read when it is used.
    package init(certfile: String, keyfile: String, cacert: String? = nil, verify: Verification = .none) {
        self.certfile = certfile
        self.keyfile = keyfile
        self.cacert = cacert
        self.verify = verify
    }
}

/// Why connections can't be encrypted.
package struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that is at fault; nil: the configuration is.
    package let file: String?
    /// What is wrong with it.
    package let reason: String

    init(_ file: String?, _ reason: String) {
        self.file = file
        self.reason = reason
    }

    /// A sentence that says it all.
    package var description: String {
        file.map { "TLS can't use \($0): \(reason)." } ?? "TLS can't be used: \(reason)."
    }
}
