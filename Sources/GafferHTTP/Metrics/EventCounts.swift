internal import GafferModel

/// How many events there were, and how the processes of each job ended.
///
/// Jobs come and go: what is counted of one goes with it, so that the counts do not grow with all jobs that ever were.
struct EventCounts: Sendable {
    /// How a process ended, as two labels say it.
    enum Ending: Sendable, Hashable, Comparable {
        case code(Int32)
        case signal(Int32)
        case unknown
    }

    /// By short name.
    private(set) var types: [String: UInt64] = [:]
    /// How many events are known to have been, and not of which type.
    private(set) var missed: UInt64 = 0
    /// Of the jobs that are loaded.
    private(set) var exits: [JobName: [Ending: UInt64]] = [:]
    /// From a job's start to its first process, of the jobs that are loaded.
    private(set) var starts: [JobName: DurationCounts] = [:]
    /// From when a process was told to leave to its end, of the jobs that are loaded.
    private(set) var stops: [JobName: DurationCounts] = [:]
    /// When jobs without a process yet were started, in seconds since 1970.
    private var starting: [JobName: Double] = [:]
    /// When processes that have not left yet were told to, in seconds since 1970, by their pids.
    private var stopping: [Int: Double] = [:]

    mutating func note(_ event: Event, isLoaded: (JobName) -> Bool) {
        types[event.kind.word, default: 0] += 1
        switch event.kind {
        case .load:
            exits[event.job] = [:]
        case .unload:
            forget(event.job)
        case .start, .restart:
            starting[event.job] = event.time
        case .stop:
            starting[event.job] = nil
        case .spawn:
            guard let began = starting.removeValue(forKey: event.job) else { return }
            starts[event.job, default: DurationCounts()].add(event.time - began)
        case .stopProcess(let pid, _), .reap(let pid, _):
            if stopping[pid] == nil { stopping[pid] = event.time }
        case .exit(let pid, _, let status, _):
            let told = stopping.removeValue(forKey: pid)
            // The processes of a job that was unloaded end after it.
            guard exits[event.job] != nil || isLoaded(event.job) else { return }
            exits[event.job, default: [:]][Ending(status), default: 0] += 1
            if let told { stops[event.job, default: DurationCounts()].add(event.time - told) }
        case .update, .reload, .spawnError, .adopt, .kill, .signal, .backoff, .flap, .finish, .stray:
            break
        }
    }

    private mutating func forget(_ job: JobName) {
        exits[job] = nil
        starts[job] = nil
        stops[job] = nil
        starting[job] = nil
    }

    /// There were events that were not told, among which a job may have gone.
    mutating func miss(_ count: UInt64, isLoaded: (JobName) -> Bool) {
        missed += count
        let known = Set(exits.keys).union(starts.keys).union(stops.keys).union(starting.keys)
        for job in known where !isLoaded(job) { forget(job) }
        // The ends of these may be among what was missed.
        stopping = [:]
    }
}

extension EventCounts.Ending {
    init(_ status: ExitStatus) {
        switch status {
        case .code(let code): self = .code(code)
        case .signal(let signal): self = .signal(signal.rawValue)
        case .outOfMemory: self = .signal(Signal.kill.rawValue)
        case .unknown: self = .unknown
        }
    }

    /// As a label has it; empty where a signal ended the process.
    var code: String {
        switch self {
        case .code(let code): String(code)
        case .signal: ""
        case .unknown: "unknown"
        }
    }

    /// As a label has it, as `SIGTERM`; empty where the process exited by itself.
    var signal: String {
        switch self {
        case .signal(let number): Signal(rawValue: number).name
        case .code, .unknown: ""
        }
    }
}
