internal import GafferModel

/// What can be subscribed to, `SOURCE[:target]`; the source in any case, the target as it is.
///
/// | topic | needs | delivers |
/// |---|---|---|
/// | `EVENTS` | manage everything | all events |
/// | `EVENTS:<pattern>` | manage everything | the events whose name is the pattern or begins with it, component by component |
/// | `JOB:<session.job>` | manage the job | the events `job.<session.job>.*` |
/// | `PROCESS:<pid>` | manage its job | the events `proc.<pid>.*`, until the process ends |
/// | `STATS:<pid>`, `STATS:<session.job>` | read the job | what it uses, time and again |
/// | `STREAM:<pid>`, `STREAM:<pid>.<label>` | read its job | what it writes to its first output, or to the one named |
enum Topic: Sendable, Hashable {
    /// Events by a pattern; `.` is all of them.
    case events(String)
    /// The events of a job.
    case job(JobName)
    /// The events of a process.
    case process(Int)
    /// What a job's processes use, also those that it gets later.
    case jobStats(JobName)
    /// What a process uses.
    case processStats(Int)
    /// An output of a process; nil: its first.
    case stream(Int, String?)

    /// The longest topic, in bytes: it is sent back with everything that it delivers.
    static let maximumLength = 512

    /// Reads a topic; nil: there is no such one.
    init?(parsing text: String) {
        guard text.utf8.count <= Topic.maximumLength else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts.count > 1 ? parts[1] : nil
        switch (parts[0].uppercased(), target) {
        case ("EVENTS", nil): self = .events(".")
        case ("EVENTS", let pattern?):
            guard !pattern.isEmpty else { return nil }
            self = .events(String(pattern))
        case ("JOB", let target?):
            guard let job = try? JobName(parsing: String(target)) else { return nil }
            self = .job(job)
        case ("PROCESS", let target?):
            guard let pid = Topic.pid(target) else { return nil }
            self = .process(pid)
        case ("STATS", let target?):
            if let pid = Topic.pid(target) {
                self = .processStats(pid)
            } else if let job = try? JobName(parsing: String(target)) {
                self = .jobStats(job)
            } else {
                return nil
            }
        case ("STREAM", let target?):
            let parts = target.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let pid = Topic.pid(parts[0]) else { return nil }
            guard parts.count > 1 else {
                self = .stream(pid, nil)
                return
            }
            guard !parts[1].isEmpty else { return nil }
            self = .stream(pid, String(parts[1]))
        default: return nil
        }
    }

    /// gaffer's number of a process: digits, nothing else.
    private static func pid(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }

    /// The process that it is about, whose job decides who may have it.
    var pid: Int? {
        switch self {
        case .process(let pid), .processStats(let pid), .stream(let pid, _): pid
        case .events, .job, .jobStats: nil
        }
    }

    /// What a subscriber needs; `job` is that of ``pid``, where it has one.
    ///
    /// A process that nobody knows may be told to be unknown to whoever may see anything at all.
    func requirement(job: JobName?) -> Requirement {
        let owner = job.map(Scope.job)
        switch self {
        case .events: return .right(.manage, .everything)
        case .job(let job): return .right(.manage, .job(job))
        case .process: return owner.map { .right(.manage, $0) } ?? .anyRight
        case .jobStats(let job): return .right(.read, .job(job))
        case .processStats, .stream: return owner.map { .right(.read, $0) } ?? .anyRight
        }
    }
}
