package import GafferModel

/// The closed set of things that the API serves; nothing is ever looked up by a name from outside.
///
/// | path | route |
/// |---|---|
/// | `/` | ``welcome`` |
/// | `/ping`, `/version`, `/sessions`, `/jobs`, `/pids`, `/state`, `/reload` | the case of that name |
/// | `/jobs/<session>` | ``session(_:)`` |
/// | `/jobs/<session>/<job>` and one of `state`, `numprocesses`, `pids`, `stats`, `signal`, `commit`, `tail` below | ``job(_:_:)`` |
/// | `/sessions/<session>/state`, `/sessions/<session>/signal` | ``sessionState(_:)``, ``sessionSignal(_:)`` |
/// | `/<pid>`, `/<pid>/stats`, `/<pid>/signal` | ``process(_:_:)`` |
package enum Route: Sendable, Hashable {
    /// What can be asked of one job.
    package enum JobPart: String, Sendable, CaseIterable {
        /// Its information and configuration: no segment of its own.
        case whole = ""
        /// Whether it runs, and starting and stopping it.
        case state
        /// How many processes it has.
        case numprocesses
        /// gaffer's numbers of its processes.
        case pids
        /// What its processes use.
        case stats
        /// Signals to its processes.
        case signal
        /// One-off processes.
        case commit
        /// The end of its output.
        case tail
    }

    /// What can be asked of one process.
    package enum ProcessPart: String, Sendable, CaseIterable {
        /// Its information: no segment of its own.
        case whole = ""
        /// What it uses.
        case stats
        /// Signals to it.
        case signal
    }

    /// The greeting.
    case welcome
    /// Whether the daemon answers.
    case ping
    /// The daemon's version.
    case version
    /// The names of all sessions.
    case sessions
    /// The names of all jobs.
    case jobs
    /// The jobs of a session, and loading one.
    case session(String)
    /// One job.
    case job(JobName, JobPart)
    /// Starting and stopping all jobs of a session.
    case sessionState(String)
    /// A signal to all processes of a session.
    case sessionSignal(String)
    /// Starting and stopping everything.
    case state
    /// Reading the configuration anew.
    case reload
    /// gaffer's numbers of all processes.
    case pids
    /// One process.
    case process(Int, ProcessPart)

    /// The route of a path, or nil where there is none.
    ///
    /// - Throws: `bad_request` where a segment can't name a session or a job, `bad_value` where it should be a pid.
    package static func matching(_ segments: [String]) throws(GafferError) -> Route? {
        guard let first = segments.first else { return .welcome }
        switch (first, segments.count) {
        case ("ping", 1): return .ping
        case ("version", 1): return .version
        case ("sessions", 1): return .sessions
        case ("jobs", 1): return .jobs
        case ("state", 1): return .state
        case ("reload", 1): return .reload
        case ("pids", 1): return .pids
        case ("jobs", 2...4): return try matchingJobs(segments)
        case ("sessions", 3): return try matchingSession(segments[1], segments[2])
        case (_, 1...2): return try matchingProcess(segments)
        default: return nil
        }
    }

    private static func matchingJobs(_ segments: [String]) throws(GafferError) -> Route? {
        // A trailing slash is another path, and no route.
        guard !segments[1].isEmpty, segments.last != "" else { return nil }
        guard segments.count > 2 else { return .session(try sessionName(segments[1])) }
        guard let part = segments.count == 3 ? .whole : JobPart(rawValue: segments[3]) else { return nil }
        return .job(try JobName(session: segments[1], job: segments[2]), part)
    }

    private static func matchingSession(_ name: String, _ part: String) throws(GafferError) -> Route? {
        switch part {
        case "state": return .sessionState(try sessionName(name))
        case "signal": return .sessionSignal(try sessionName(name))
        default: return nil
        }
    }

    private static func matchingProcess(_ segments: [String]) throws(GafferError) -> Route? {
        let text = segments[0]
        let isAlone = segments.count == 1
        guard let part = isAlone ? .whole : ProcessPart(rawValue: segments[1]), isAlone || part != .whole else {
            return nil
        }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let pid = Int(text) {
            return .process(pid, part)
        }
        // `/abc` is merely unknown, but `/1x` and `/abc/stats` are meant for a process.
        let startsLikeNumber = text.utf8.first.map { "0123456789+-^".utf8.contains($0) } ?? false
        guard startsLikeNumber || !isAlone else { return nil }
        throw GafferError(.badValue, "\(JSON.string(text)) is no pid: give a number, as /pids lists them.")
    }

    private static func sessionName(_ text: String) throws(GafferError) -> String {
        guard JobName.isValid(text) else {
            throw GafferError(
                .badRequest,
                "\(JSON.string(text)) can't name a session: use letters, digits, _ and -, with at least one letter, "
                    + "\(JobName.maximumLength) characters at most."
            )
        }
        return text
    }
}
