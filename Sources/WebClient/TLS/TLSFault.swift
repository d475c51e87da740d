internal import Glibc
internal import NIOSSL

/// Why TLS fails, in words for people.
struct TLSFault: Hashable {
    /// A few words without a full stop.
    let reason: String

    /// Takes words.
    init(reason: String) {
        self.reason = reason
    }

    /// Finds words for an error of the library, which knows only that a certificate was refused, not why.
    ///
    /// - Parameter certificate: the server's, as far as it came.
    init(_ error: any Error, certificate: NIOSSLCertificate?) {
        let text = "\(error)"
        if error is NIOSSLExtraError {
            reason = "its certificate is for another name" + TLSFault.names(of: certificate)
        } else if text.contains("CERTIFICATE_VERIFY_FAILED") {
            reason = TLSFault.refusal(of: certificate)
        } else if text.contains("ALERT_CERTIFICATE_REQUIRED") || text.contains("ALERT_HANDSHAKE_FAILURE") {
            reason = "it wants a certificate of the client"
        } else if ["ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_"].contains(where: text.contains) {
            reason = "it refuses the certificate of the client"
        } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            reason = "what listens there does not speak TLS"
        } else if text.contains("eofDuringHandshake") || text.contains("EOF during handshake") {
            reason = "it was closed during the greeting"
        } else if text.contains("uncleanShutdown") {
            reason = "it ended without a goodbye"
        } else {
            reason = TLSFault.words(of: error)
        }
    }

    /// The library's own words, in one line that is safe on a terminal.
    static func words(of error: any Error) -> String {
        String(quoted("\(error)").dropFirst().dropLast())
    }

    private static func refusal(of certificate: NIOSSLCertificate?) -> String {
        guard let certificate else { return "its certificate is refused" }
        let now = time(nil)
        if certificate.notValidAfter < now {
            return "its certificate has expired on \(date(certificate.notValidAfter))"
        }
        if certificate.notValidBefore > now {
            return "its certificate is valid only from \(date(certificate.notValidBefore)) on"
        }
        return "its certificate is signed by nobody who is trusted here"
    }

    private static func names(of certificate: NIOSSLCertificate?) -> String {
        guard let certificate else { return "" }
        var names: [String] = []
        for name in certificate._subjectAlternativeNames() where name.nameType == .dnsName {
            names.append(String(decoding: name.contents, as: UTF8.self))
        }
        guard !names.isEmpty, names.count <= 8 else { return "" }
        return ": " + String(quoted(names.joined(separator: ", ")).dropFirst().dropLast())
    }

    private static func date(_ time: time_t) -> String {
        var time = time
        var fields = tm()
        gmtime_r(&time, &fields)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))"
    }
}
