/// Why a request to gaffer was not carried out.
///
/// A message is a sentence that names the thing; the code decides the HTTP status and the exit code of a CLI.
public struct GafferError: Error, Sendable, Hashable {
    /// The kind of an error; open, so that a later version may add one.
    public struct Code: Sendable, Hashable {
        /// The word that stands in an error body, as `not_found`.
        public let word: String
        /// The HTTP status that goes with it.
        public let status: Int

        private init(_ word: String, _ status: Int) {
            self.word = word
            self.status = status
        }

        /// The body, a parameter or a name can't be read (400).
        public static let badRequest = Code("bad_request", 400)
        /// A value is of the wrong type or out of its range (400).
        public static let badValue = Code("bad_value", 400)
        /// There is no such signal (400).
        public static let badSignal = Code("bad_signal", 400)
        /// Nobody said who asks, or with a key or a password that is not valid (401).
        public static let unauthorized = Code("unauthorized", 401)
        /// The peer may not do this (403).
        public static let forbidden = Code("forbidden", 403)
        /// There is no such job, session or process (404).
        public static let notFound = Code("not_found", 404)
        /// A job of this name is already loaded (409).
        public static let conflict = Code("conflict", 409)
        /// The body is too large (413).
        public static let tooLarge = Code("too_large", 413)
        /// Too much was asked at once, or too often with wrong keys or passwords (429).
        public static let tooManyRequests = Code("too_many_requests", 429)
        /// The operation was begun and failed, as a process that could not be started (500).
        public static let failed = Code("failed", 500)
        /// Too much waits already; it may be tried again later (503).
        public static let busy = Code("busy", 503)
        /// gafferd is stopping and takes no new work (503).
        public static let shuttingDown = Code("shutting_down", 503)
        /// The operation was begun but is not done in the time that was given (504).
        public static let timedOut = Code("timed_out", 504)
    }

    /// What kind of error it is.
    public let code: Code
    /// A sentence for people: what failed, on what, what to do.
    public let message: String
    /// Further messages where several things are wrong at once, as the errors of a configuration.
    public let details: [String]

    /// Makes an error.
    public init(_ code: Code, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// A session or job that may not be named so.
    static func badName(_ name: String, what: String) -> GafferError {
        GafferError(
            .badRequest,
            "\(name.cited) can't name a \(what): use letters, digits, _ and -, with at least one letter, "
                + "\(JobName.maximumLength) characters at most."
        )
    }
}

extension GafferError: CustomStringConvertible {
    /// The message, and below it the details, a line each.
    public var description: String { ([message] + details).joined(separator: "\n") }
}
