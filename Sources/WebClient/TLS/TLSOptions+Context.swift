internal import Glibc
internal import NIOSSL

extension TLSOptions {
    /// What all sessions of these options share.
    ///
    /// - Throws: ``WebError`` that names the file that can't be used.
    func context() throws(WebError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        if let authorityFile {
            configuration.trustRoots = .certificates(try certificates(in: authorityFile))
        }
        if let certificateFile {
            configuration.certificateChain = try certificates(in: certificateFile).map { .certificate($0) }
            configuration.privateKey = .privateKey(try key(in: keyFile ?? certificateFile))
        } else if let keyFile {
            throw WebError(.badCertificate, "\(quoted(keyFile)) is a key without a certificate: give both.")
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            guard let certificateFile else {
                throw WebError(.badCertificate, "TLS can't be prepared: \(TLSFault.words(of: error)).")
            }
            throw WebError(
                .badCertificate,
                "The certificate \(quoted(certificateFile)) can't be used: \(TLSFault.words(of: error))."
            )
        }
    }

    private func certificates(in path: String) throws(WebError) -> [NIOSSLCertificate] {
        try checkReadable(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw WebError(.badCertificate, "\(quoted(path)) has no certificate in PEM.")
        }
        return certificates
    }

    private func key(in path: String) throws(WebError) -> NIOSSLPrivateKey {
        try checkReadable(path)
        guard let key = try? NIOSSLPrivateKey(file: path, format: .pem) else {
            throw WebError(.badCertificate, "\(quoted(path)) has no key in PEM that stands there without a passphrase.")
        }
        return key
    }

    private func checkReadable(_ path: String) throws(WebError) {
        guard access(path, R_OK) == 0 else {
            let code = errno
            throw WebError(.badCertificate, "\(quoted(path)) can't be read: \(Socket.describe(code)).", errno: code)
        }
    }
}
