internal import GafferModel

extension LegacyRoute {
    /// The route of a path, or nil where there is none.
    ///
    /// - Throws: `bad_request` where a segment can't name a job or a session, `bad_signal`.
    static func matching(_ segments: [String]) throws(GafferError) -> LegacyRoute? {
        // A trailing slash is another path, and no route.
        guard segments.last != "" else { return nil }
        switch (segments[0], segments.count) {
        case ("processes", 1): return .processes
        case ("processes", 2): return try target(segments[1], job: LegacyRoute.job, process: LegacyRoute.process)
        case ("processes", 3...4): return try matchingAction(segments)
        case ("status", 2): return .status(try JobName(parsing: segments[1]))
        case ("stats", 1): return .stats
        case ("stats", 2): return .statsOfJob(try JobName(parsing: segments[1]))
        case ("stats", 3): return .statsOfProcess(try JobName(parsing: segments[1]), try Route.pid(segments[2]))
        case ("groups", 1): return .groups
        case ("groups", 2): return .group(try Route.sessionName(segments[1]))
        case ("groups", 3):
            guard let command = Command(rawValue: segments[2]) else { return nil }
            return .groupCommand(try Route.sessionName(segments[1]), command)
        default: return nil
        }
    }

    private static func matchingAction(_ segments: [String]) throws(GafferError) -> LegacyRoute? {
        let name = segments[1]
        switch (segments[2], segments.count) {
        case ("_signal", 4):
            let signal = try Signal(parsing: segments[3])
            return try target(name) {
                .signalJob($0, signal)
            } process: {
                .signalProcess($0, signal)
            }
        case ("_pids", 3):
            return try target(name, job: LegacyRoute.pids, process: { _ in nil })
        case ("_add", _):
            guard let count = try count(segments) else { return nil }
            return try target(name) {
                .scale($0, by: count)
            } process: { _ in
                nil
            }
        case ("_sub", _):
            guard let count = try count(segments) else { return nil }
            return try target(name) {
                .scale($0, by: -count)
            } process: { _ in
                nil
            }
        case (let word, 3):
            guard let command = Command(rawValue: word) else { return nil }
            return try target(name) {
                .command($0, command)
            } process: {
                command == .stop ? .stopProcess($0) : nil
            }
        default: return nil
        }
    }

    private static func count(_ segments: [String]) throws(GafferError) -> Int? {
        guard segments.count == 4 else { return 1 }
        guard let count = Route.number(segments[3]), count <= ScaleOperation.maximum else {
            throw GafferError(
                .badRequest,
                "\(JSON.string(segments[3])) is no number of processes: give 0 to \(ScaleOperation.maximum)."
            )
        }
        return count
    }

    private static func target(
        _ text: String,
        job: (JobName) -> LegacyRoute?,
        process: (Int) -> LegacyRoute?
    ) throws(GafferError) -> LegacyRoute? {
        if let pid = Route.number(text) { return process(pid) }
        return job(try JobName(parsing: text))
    }
}
