package import GafferModel

extension Route {
    /// The route of a path, or nil where there is none.
    ///
    /// - Throws: `bad_request` where a segment can't name a session or a job, `bad_value` where it should be a pid.
    package static func matching(_ segments: [String]) throws(GafferError) -> Route? {
        guard let first = segments.first else { return .welcome }
        switch (first, segments.count) {
        case ("ping", 1): return .ping
        case ("version", 1): return .version
        case ("healthz", 1): return .healthz
        case ("readyz", 1): return .readyz
        case ("metrics", 1): return .metrics
        case ("openapi.json", 1): return .description
        case ("sessions", 1): return .sessions
        case ("jobs", 1): return .jobs
        case ("state", 1): return .state
        case ("reload", 1): return .reload
        case ("pids", 1): return .pids
        case ("events", 1): return .events
        case ("jobs", 2...4): return try matchingJobs(segments)
        case ("sessions", 2...3): return try matchingSession(segments)
        case ("streams", 2...3): return try matchingStream(segments)
        case ("wstreams", 2): return .webStream(try pid(segments[1]))
        case ("watch", 1...4): return segments.last == "" ? nil : .watch(Array(segments.dropFirst()))
        case ("channel", _): return .channel(Array(segments.dropFirst()))
        case ("auth", 1), ("keys", 1...2), ("users", 1...3): return matchingAccount(segments)
        case ("processes", _), ("groups", _), ("status", _), ("stats", _):
            return try LegacyRoute.matching(segments).map(Route.legacy)
        case (_, 1...3): return try matchingProcess(segments)
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

    private static func matchingSession(_ segments: [String]) throws(GafferError) -> Route? {
        guard !segments[1].isEmpty else { return nil }
        guard segments.count == 3 else { return .sessionWhole(try sessionName(segments[1])) }
        switch segments[2] {
        case "state": return .sessionState(try sessionName(segments[1]))
        case "signal": return .sessionSignal(try sessionName(segments[1]))
        default: return nil
        }
    }

    private static func matchingStream(_ segments: [String]) throws(GafferError) -> Route? {
        // Many clients take a last `.` away before they send a path.
        guard segments.count == 3, !segments[2].isEmpty else {
            return segments[1].isEmpty ? nil : .stream(pid: try pid(segments[1]), label: ".")
        }
        return .stream(pid: try pid(segments[1]), label: segments[2])
    }

    private static func matchingAccount(_ segments: [String]) -> Route? {
        guard segments.last != "" else { return nil }
        switch (segments[0], segments.count) {
        case ("auth", _): return .account(.login)
        case ("keys", 1): return .account(.keys)
        case ("keys", _): return .account(.key(segments[1]))
        case ("users", 1): return .account(.users)
        case ("users", 2): return .account(.user(segments[1]))
        default:
            switch segments[2] {
            case "password": return .account(.password(segments[1]))
            case "key": return .account(.userKey(segments[1]))
            default: return nil
            }
        }
    }

    private static func matchingProcess(_ segments: [String]) throws(GafferError) -> Route? {
        let text = segments[0]
        let isAlone = segments.count == 1
        if segments.count > 1, segments[1] == "channel" {
            guard segments.last != "" else { return nil }
            return .ioChannel(pid: try pid(text), stream: segments.count == 3 ? segments[2] : nil)
        }
        guard segments.count < 3, let part = isAlone ? .whole : ProcessPart(rawValue: segments[1]),
            isAlone || part != .whole
        else { return nil }
        if let pid = number(text) { return .process(pid, part) }
        // `/abc` is merely unknown, but `/1x` and `/abc/stats` are meant for a process.
        let startsLikeNumber = text.utf8.first.map { "0123456789+-^".utf8.contains($0) } ?? false
        guard startsLikeNumber || !isAlone else { return nil }
        throw noPid(text)
    }

    static func pid(_ text: String) throws(GafferError) -> Int {
        guard let pid = number(text) else { throw noPid(text) }
        return pid
    }

    /// Digits only; nil where there are others, or too many.
    static func number(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func noPid(_ text: String) -> GafferError {
        GafferError(.badValue, "\(JSON.string(text)) is no pid: give a number, as /pids lists them.")
    }

    static func sessionName(_ text: String) throws(GafferError) -> String {
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
