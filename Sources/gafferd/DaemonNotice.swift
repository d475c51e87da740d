internal import GafferHTTP
internal import GafferModel
internal import GafferSystemd
internal import Glibc
internal import Logging

/// What gafferd does that an administrator may look for in its log.
enum DaemonNotice: Sendable {
    /// The endpoints listen, and the jobs were started.
    case ready(socket: String, jobs: Int, processes: Int)
    /// A signal asked for the end.
    case stopping(signal: String)
    case stopped
    case reloaded(added: Int, changed: Int, removed: Int, unchanged: Int)
    /// Nothing was changed; the reasons name file, line, key and value.
    case refused([String])
    /// A job runs without a limit that it asks for; the notice is a sentence.
    case limitsUnavailable(JobName, String)
    /// Somebody changed something through the API, or tried to.
    case changed(AuditRecord)
}

extension DaemonNotice {
    /// What a line of the log says.
    var logEntry: LogEntry {
        switch self {
        case .ready(let socket, let jobs, let processes):
            LogEntry(
                level: .notice,
                message: "ready",
                metadata: [
                    "socket": "\(socket)", "os_pid": "\(getpid())", "jobs": "\(jobs)", "processes": "\(processes)",
                ]
            )
        case .stopping(let signal):
            LogEntry(level: .notice, message: "stopping", metadata: ["signal": "\(signal)"])
        case .stopped:
            LogEntry(level: .notice, message: "stopped")
        case .reloaded(let added, let changed, let removed, let unchanged):
            LogEntry(
                level: .notice,
                message: "reloaded",
                metadata: [
                    "added": "\(added)", "changed": "\(changed)", "removed": "\(removed)", "unchanged": "\(unchanged)",
                ]
            )
        case .refused(let reasons):
            LogEntry(
                level: .error,
                message: "the configuration is wrong; nothing was changed: \(reasons.joined(separator: " "))"
            )
        case .limitsUnavailable(let job, let notice):
            LogEntry(
                level: .warning,
                message: "\(notice)",
                metadata: ["session": "\(job.session)", "job": "\(job.job)"]
            )
        case .changed(let record):
            LogEntry(
                level: .info,
                message: "\(record.action)",
                metadata: ["actor": "\(record.actor)", "status": "\(record.status)"]
            )
        }
    }

    /// What a record of the journal says.
    var journalEvent: JournalEvent {
        switch self {
        case .ready(_, let jobs, let processes): .ready(jobs: jobs, processes: processes)
        case .stopping(let signal): .stopping(reason: signal)
        case .stopped: .stopped()
        case .reloaded(let added, let changed, let removed, let unchanged):
            .reloaded(added: added, changed: changed, removed: removed, unchanged: unchanged)
        case .refused(let reasons): .configurationRefused(reasons)
        case .limitsUnavailable(let job, let notice): .limitsUnavailable(job, notice)
        case .changed(let record): .changed(actor: record.actor, action: record.action, status: record.status)
        }
    }
}
