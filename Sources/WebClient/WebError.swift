/// Why a request got no answer.
///
/// The message is a sentence that names the endpoint; what to do about it is told by who knows what listens there.
package struct WebError: Error, Sendable, Hashable {
    /// The kind of an error.
    package struct Code: Sendable, Hashable {
        private enum Kind {
            case badEndpoint, noSuchSocket, refused, denied, unreachable, timedOut, closed, malformed,
                tooLarge,
                untrusted, badCertificate, rejected
        }

        private let kind: Kind

        /// The text names no endpoint.
        package static let badEndpoint = Code(kind: .badEndpoint)
        /// There is no socket at that path.
        package static let noSuchSocket = Code(kind: .noSuchSocket)
        /// Nobody listens there.
        package static let refused = Code(kind: .refused)
        /// The file system's rights forbid it.
        package static let denied = Code(kind: .denied)
        /// The host is unknown, or there is no way to it.
        package static let unreachable = Code(kind: .unreachable)
        /// It took longer than was allowed.
        package static let timedOut = Code(kind: .timedOut)
        /// The connection ended before the answer did.
        package static let closed = Code(kind: .closed)
        /// The answer is no HTTP.
        package static let malformed = Code(kind: .malformed)
        /// The answer is larger than allowed.
        package static let tooLarge = Code(kind: .tooLarge)
        /// TLS fails: a certificate is not trusted, or there is no TLS to be had.
        package static let untrusted = Code(kind: .untrusted)
        /// A certificate or a key of our own can't be used.
        package static let badCertificate = Code(kind: .badCertificate)
        /// The server does not switch to a WebSocket; it has answered instead.
        package static let rejected = Code(kind: .rejected)
    }

    /// What kind of error it is.
    package let code: Code
    /// A sentence for people.
    package let message: String
    /// The errno of the system call that failed; nil where none did.
    package let errno: Int32?
    /// What the server answered instead of a WebSocket; nil where it is about anything else.
    package let response: WebResponse?

    /// Makes an error.
    package init(_ code: Code, _ message: String, errno: Int32? = nil, response: WebResponse? = nil) {
        self.response = response
        self.code = code
        self.message = message
        self.errno = errno
    }
}

extension WebError: CustomStringConvertible {
    /// The message.
    package var description: String { message }
}
