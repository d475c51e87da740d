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

    mutating func note(_ event: Event, isLoaded: (JobName) -> Bool) {
        types[event.kind.word, default: 0] += 1
        switch event.kind {
        case .load:
            exits[event.job] = [:]
        case .unload:
            exits[event.job] = nil
        case .exit(_, _, let status, _):
            // The processes of a job that was unloaded end after it.
            guard exits[event.job] != nil || isLoaded(event.job) else { return }
            exits[event.job, default: [:]][Ending(status), default: 0] += 1
        case .update, .start, .stop, .restart, .reload, .spawn, .spawnError, .adopt, .stopProcess, .reap, .kill,
            .signal,
            .backoff, .flap, .finish, .stray:
            break
        }
    }

    /// There were events that were not told, among which a job may have gone.
    mutating func miss(_ count: UInt64, isLoaded: (JobName) -> Bool) {
        missed += count
        exits = exits.filter { isLoaded($0.key) }
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
