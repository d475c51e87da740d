internal import GafferModel
package import WebClient

/// Why gafferd did not do what was asked: its own error answer, or why there was none.
package struct ClientError: Error, Sendable, Hashable {
    /// The kind of an error, for the exit code of a program.
    package enum Kind: Sendable, Hashable {
        /// What was given can't be asked for, as an endpoint that is none.
        case invalid
        /// Nobody answers at the endpoint.
        case unreachable
        /// What answers is no gafferd, or a broken one.
        case malformed
        /// The caller may not do this.
        case refused
        /// There is no such job, session or process.
        case notFound
        /// A job of that name exists already.
        case conflict
        /// It is not done in the time that was given.
        case timedOut
        /// It was refused or failed for another reason.
        case failed
    }

    /// What kind of error it is.
    package let kind: Kind
    /// The HTTP status of the answer; nil: there was none.
    package let status: Int?
    /// The word for the error, as `not_found`.
    package let reason: String
    /// A sentence for people.
    package let message: String
    /// Further messages where several things are wrong at once, as the errors of a configuration.
    package let details: [String]

    /// Makes an error.
    package init(
        _ kind: Kind,
        status: Int? = nil,
        reason: String,
        message: String,
        details: [String] = []
    ) {
        self.kind = kind
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details
    }

    /// Takes over why there was no answer, and says what to do about it.
    package init(_ error: WebError) {
        if let response = error.response {
            self.init(response)
            return
        }
        let (kind, reason, hint): (Kind, String, String) =
            switch error.code {
            case .badEndpoint: (.invalid, "bad_endpoint", "")
            case .badCertificate: (.invalid, "bad_certificate", "")
            case .untrusted: (.unreachable, "untrusted", "")
            case .noSuchSocket, .refused, .unreachable: (.unreachable, "unreachable", " Is gafferd running?")
            case .denied:
                (
                    .refused, "denied",
                    " Only root, gafferd's own user and the group gaffer may: try sudo, or join the group."
                )
            case .timedOut: (.timedOut, "timed_out", " Is gafferd overloaded or stopped?")
            case .closed: (.unreachable, "closed", " Did gafferd stop just now?")
            default: (.malformed, "malformed", " Is that a gafferd?")
            }
        self.init(kind, reason: reason, message: error.message + hint)
    }

    /// Reads an error answer; one without a known body is told by its status.
    package init(_ response: WebResponse) {
        let body = try? JSON(parsing: response.body)
        let word = body?["reason"]?.stringValue ?? body?["error"]?.stringValue
        let reason = word ?? (response.head.reason.isEmpty ? "status \(response.status)" : response.head.reason)
        let kind: Kind =
            switch response.status {
            case 401, 403: .refused
            case 404: .notFound
            case 409: .conflict
            case 504: .timedOut
            default: .failed
            }
        self.init(
            kind,
            status: response.status,
            reason: reason,
            message: body?["message"]?.stringValue ?? "gafferd refused it with status \(response.status): \(reason).",
            details: body?["errors"]?.arrayValue?.map { $0.stringValue ?? $0["message"]?.stringValue ?? $0.text } ?? []
        )
    }

    /// An answer that is not what the route promises.
    package static func unexpected(_ what: String) -> ClientError {
        ClientError(
            .malformed,
            reason: "malformed",
            message: "The answer of gafferd can't be read: \(what). Is it of another version?"
        )
    }
}

extension ClientError: CustomStringConvertible {
    /// The message, and below it the details, a line each.
    package var description: String { ([message] + details).joined(separator: "\n") }
}
