/// How the server of an `https` endpoint is trusted, and how the client shows who it is.
package struct TLSOptions: Sendable, Hashable {
    /// A file with the certificates of the authorities that are trusted, in PEM; nil: those of the system.
    package var authorityFile: String?
    /// A file with the client's certificate and those between it and its authority, in PEM; nil: it shows none.
    package var certificateFile: String?
    /// A file with the key of the client's certificate, in PEM; nil: it stands in the file of the certificate.
    package var keyFile: String?

    /// Makes options.
    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
