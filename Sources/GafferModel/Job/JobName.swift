/// The full name of a job: its session and its own name, written `session.job`.
///
/// Sessions and jobs are named by `[A-Za-z0-9_-]+` with at least one letter, up to 100 characters;
/// so a name never collides with a pid in a route and is safe in a path, an environment variable and a log line.
public struct JobName: Sendable, Hashable {
    /// The session of a job that names none.
    public static let defaultSession = "default"
    /// The longest session or job name, in characters.
    public static let maximumLength = 100

    /// The session's name.
    public let session: String
    /// The job's own name, without its session.
    public let job: String

    /// Makes a name of parts that are already known to be valid.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badRequest`` where a part is not a name.
    public init(session: String = JobName.defaultSession, job: String) throws(GafferError) {
        guard JobName.isValid(session) else { throw .badName(session, what: "session") }
        guard JobName.isValid(job) else { throw .badName(job, what: "job") }
        self.session = session
        self.job = job
    }

    /// Reads `job`, `session.job`, `session/job` or `session:job`.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badRequest`` where a part is not a name.
    public init(parsing text: String) throws(GafferError) {
        if let separator = text.firstIndex(where: { $0 == "." || $0 == "/" || $0 == ":" }) {
            try self.init(session: String(text[..<separator]), job: String(text[text.index(after: separator)...]))
        } else {
            try self.init(job: text)
        }
    }

    /// Whether `text` may name a session or a job.
    public static func isValid(_ text: some StringProtocol) -> Bool {
        var hasLetter = false
        var length = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): hasLetter = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): break
            default: return false
            }
            length += 1
        }
        return hasLetter && length <= maximumLength
    }
}

extension JobName: CustomStringConvertible {
    /// `session.job`.
    public var description: String { "\(session).\(job)" }
}

extension JobName: Comparable {
    /// Sorts by session, then by job.
    public static func < (left: JobName, right: JobName) -> Bool {
        (left.session, left.job) < (right.session, right.job)
    }
}
