/// What a right is about.
public enum Scope: Sendable, Hashable {
    /// All jobs of all sessions, `*`.
    case everything
    /// All jobs of a session.
    case session(String)
    /// One job.
    case job(JobName)

    /// Reads `*`, `<session>` or `<session>.<job>`.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) where it is none of these; a slash or a colon is not taken for the
    ///   point, since two spellings of one scope would not be one.
    public init(parsing text: String) throws(GafferError) {
        if text == "*" {
            self = .everything
        } else if let point = text.firstIndex(of: ".") {
            let session = String(text[..<point])
            let job = String(text[text.index(after: point)...])
            guard JobName.isValid(session), JobName.isValid(job) else { throw Scope.refusal(of: text) }
            self = .job(try JobName(session: session, job: job))
        } else {
            guard JobName.isValid(text) else { throw Scope.refusal(of: text) }
            self = .session(text)
        }
    }

    private static func refusal(of text: String) -> GafferError {
        GafferError(
            .badRequest,
            "\(text.cited) is no scope: give *, a session or session.job; names are made of letters, digits, _ and -, "
                + "with at least one letter, \(JobName.maximumLength) characters at most."
        )
    }
}

extension Scope: CustomStringConvertible {
    /// `*`, `session` or `session.job`.
    public var description: String {
        switch self {
        case .everything: "*"
        case .session(let name): name
        case .job(let name): name.description
        }
    }
}
