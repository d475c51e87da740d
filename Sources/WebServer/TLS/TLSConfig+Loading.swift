internal import GafferSystem
internal import Glibc
internal import NIOSSL

extension TLSConfig {
    /// A file that is larger is no certificate.
    private static let largestFile = 1 << 20

    /// Reads the files and makes sure that they can be used together; changes nothing.
    ///
    /// - Throws: ``TLSError``, which names the file and what is wrong with it.
    package func check() async throws(TLSError) {
        _ = try await load()
    }

    /// Reads the files, on a thread of its own: a file system may take its time.
    func load() async throws(TLSError) -> NIOSSLContext {
        let result = await withCheckedContinuation { continuation in
            startThread(named: "gaffer-tls") {
                continuation.resume(returning: Result { () throws(TLSError) in try loadNow() })
            }
        }
        return try result.get()
    }

    private func loadNow() throws(TLSError) -> NIOSSLContext {
        let chain = try TLSConfig.certificates(certfile)
        let key = try privateKey()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if verify != .none {
            guard let cacert else {
                throw TLSError(nil, "cacert is missing, which verify = \(verify.rawValue) needs")
            }
            configuration.trustRoots = .certificates(try TLSConfig.certificates(cacert))
            configuration.certificateVerification =
                verify == .required ? .noHostnameVerification : .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            // All parts could be read, so that it is how they go together.
            throw TLSError(keyfile, "it is not the key of the certificate in \(certfile)")
        }
    }

    private func privateKey() throws(TLSError) -> NIOSSLPrivateKey {
        let bytes = try TLSConfig.read(keyfile)
        do {
            // A passphrase is never known here; without this OpenSSL would ask for one on the terminal.
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { use in use("".utf8) }
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            let reason =
                text.contains("ENCRYPTED") ? "the private key has a passphrase" : "there is no private key in it"
            throw TLSError(keyfile, reason)
        }
    }

    private static func certificates(_ path: String) throws(TLSError) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            if !certificates.isEmpty { return certificates }
        } catch {
            // Told below: BoringSSL has no words for it that say more.
        }
        throw TLSError(path, "there is no certificate in it")
    }

    private static func read(_ path: String) throws(TLSError) -> [UInt8] {
        // Without O_NONBLOCK a pipe of that name would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw TLSError(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError(path, "it is no file")
        }
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        var count = 0
        while count < bytes.count {
            let result = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw TLSError(path, String(cString: strerror(errno))) }
            guard result > 0 else { break }
            count += result
        }
        guard count <= largestFile else { throw TLSError(path, "it is larger than \(largestFile) bytes") }
        return Array(bytes.prefix(count))
    }
}

extension NIOSSLCertificate {
    /// Whom it is for, as `CN=alice,O=Example`; attributes of other kinds are left out.
    var subject: String {
        subjectName.compactMap { part in
            let kind: String
            switch part.type {
            case .commonName: kind = "CN"
            case .organization: kind = "O"
            case .organizationalUnit: kind = "OU"
            case .country: kind = "C"
            case .state: kind = "ST"
            case .city: kind = "L"
            case .emailAddress: kind = "emailAddress"
            case .userId: kind = "UID"
            default: return nil
            }
            return "\(kind)=\(NIOSSLCertificate.escaped(part.value))"
        }.joined(separator: ",")
    }

    /// So that no value can look like another attribute.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            if ",+\"\\<>;=".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
        }
        return text
    }
}
