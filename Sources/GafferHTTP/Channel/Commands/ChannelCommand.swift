internal import GafferModel

/// What can be asked for by `CMD`; a closed set, nothing is ever called by a name from outside.
///
/// | name | args, kwargs | needs |
/// |---|---|---|
/// | `sessions` | | any right; what is told is what may be read |
/// | `jobs` | [session] | any right; likewise |
/// | `pids` | | any right; likewise |
/// | `pids` | job | read the job |
/// | `load` | config; `sessionid`, `start` = true, `env` | manage the session |
/// | `update` | config; `sessionid`, `start` = false, `env` | manage the job |
/// | `unload` | job; `sessionid` | manage the job |
/// | `commit` | job [, graceful_timeout [, env]] | manage the job |
/// | `reload` | job; `sessionid` | operate the job |
/// | `start_job`, `stop_job`, `stopall` | job | operate the job |
/// | `scale` | job, n | operate the job |
/// | `killall` | job, signal | operate the job |
/// | `info`, `stats` | job | read the job |
/// | `process_info`, `process_stats` | pid | read its job |
/// | `stop_process` | pid | operate its job |
/// | `kill` | pid, signal | operate its job |
/// | `send` | pid, text or [texts] [, stream] | write to its job |
enum ChannelCommand: Sendable, Hashable {
    case sessions
    case jobs(session: String?)
    /// Of all jobs, or of one, with its name as it was given.
    case pids(JobName?, given: String)
    case load(JobName, JobConfig)
    case update(JobName, JobConfig)
    case unload(JobName)
    case commit(JobName, env: [String: String], gracefulTimeout: Duration?)
    case reload(JobName)
    case start(JobName)
    case stop(JobName)
    /// Stops the processes of a job, which gets others for them: `stop_process` for each.
    case stopAll(JobName)
    case scale(JobName, ScaleOperation)
    case signalJob(JobName, Signal)
    case info(JobName)
    case stats(JobName)
    case processInfo(Int)
    case processStats(Int)
    case stopProcess(Int)
    case signalProcess(Int, Signal)
    /// Bytes to stdin, or to a custom stream.
    case send(Int, [UInt8], stream: String)

    /// The names of the protocol.
    enum Name: String, Sendable, CaseIterable {
        case sessions, jobs, pids, load, update, unload, commit, reload
        case startJob = "start_job"
        case stopJob = "stop_job"
        case stopAll = "stopall"
        case scale
        case killAll = "killall"
        case info, stats
        case processInfo = "process_info"
        case processStats = "process_stats"
        case stopProcess = "stop_process"
        case kill, send
    }

    /// The process that it is about, whose job decides who may do it.
    var pid: Int? {
        switch self {
        case .processInfo(let pid), .processStats(let pid), .stopProcess(let pid), .signalProcess(let pid, _),
            .send(let pid, _, _):
            pid
        case .sessions, .jobs, .pids, .load, .update, .unload, .commit, .reload, .start, .stop, .stopAll, .scale,
            .signalJob, .info, .stats:
            nil
        }
    }

    /// What who calls it needs; `job` is that of ``pid``, where it has one.
    ///
    /// A process that nobody knows may be told to be unknown to whoever may see anything at all.
    func requirement(job owner: JobName?) -> Requirement {
        func ownersRight(_ right: Right) -> Requirement { owner.map { .right(right, .job($0)) } ?? .anyRight }
        switch self {
        case .sessions, .jobs, .pids(nil, _): return .anyRight
        case .load(let job, _): return .right(.manage, .session(job.session))
        case .update(let job, _), .unload(let job), .commit(let job, _, _): return .right(.manage, .job(job))
        case .reload(let job), .start(let job), .stop(let job), .stopAll(let job), .scale(let job, _),
            .signalJob(let job, _):
            return .right(.operate, .job(job))
        case .pids(let job?, _), .info(let job), .stats(let job): return .right(.read, .job(job))
        case .processInfo, .processStats: return ownersRight(.read)
        case .stopProcess, .signalProcess: return ownersRight(.operate)
        case .send: return ownersRight(.write)
        }
    }

    /// What is written down of a command that changes something: what it does, and to whom.
    ///
    /// Input for a process changes nothing that gaffer knows of, and may come by the thousand.
    var change: (what: Name, target: String)? {
        switch self {
        case .sessions, .jobs, .pids, .info, .stats, .processInfo, .processStats, .send: nil
        case .load(let job, _): (.load, job.description)
        case .update(let job, _): (.update, job.description)
        case .unload(let job): (.unload, job.description)
        case .commit(let job, _, _): (.commit, job.description)
        case .reload(let job): (.reload, job.description)
        case .start(let job): (.startJob, job.description)
        case .stop(let job): (.stopJob, job.description)
        case .stopAll(let job): (.stopAll, job.description)
        case .scale(let job, _): (.scale, job.description)
        case .signalJob(let job, _): (.killAll, job.description)
        case .stopProcess(let pid): (.stopProcess, String(pid))
        case .signalProcess(let pid, _): (.kill, String(pid))
        }
    }
}
