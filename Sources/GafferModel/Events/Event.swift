/// Something that happened to a job or a process.
///
/// ``names`` are the spellings under which it is published: the short one (`spawn`), and those with the job or the
/// process in them (`job.shop.web.spawn`, `proc.7.spawn`).
public struct Event: Sendable, Hashable {
    /// What happened.
    public enum Kind: Sendable, Hashable {
        /// A job was loaded.
        case load
        /// A job was unloaded.
        case unload
        /// A job's configuration or number of processes was changed.
        case update
        /// A job was started.
        case start
        /// A job was stopped.
        case stop
        /// A job's processes are replaced after they end.
        case restart
        /// A job's processes are replaced before they end.
        case reload
        /// A process was started.
        case spawn(pid: Int, osPid: Int32, isCommit: Bool, isDetached: Bool)
        /// A process could not be started; the reason names the step and the errno.
        case spawnError(pid: Int, reason: String)
        /// A process was adopted that an earlier gafferd had left running.
        case adopt(pid: Int, osPid: Int32)
        /// A process was told to leave.
        case stopProcess(pid: Int, osPid: Int32)
        /// A process is told to leave since fewer are wanted.
        case reap(pid: Int, osPid: Int32)
        /// A process did not leave in time and is killed.
        case kill(pid: Int, osPid: Int32)
        /// A signal was sent on request.
        case signal(pid: Int, osPid: Int32, signal: Signal)
        /// A process ended.
        case exit(pid: Int, osPid: Int32, status: ExitStatus, isCommit: Bool)
        /// A process that died waits for its restart, in seconds.
        case backoff(delay: Double)
        /// A job died too often; it is tried again in so many seconds, or never where that is nil.
        case flap(retryIn: Double?)
        /// All processes of a job ended and none is to be started again.
        case finish
        /// Processes without a main process, found and told to leave.
        case stray(osPids: [Int32])
    }

    /// Its number, counted from 1 in a daemon's life, without a gap.
    public var sequence: UInt64
    /// When, in seconds since 1970.
    public var time: Double
    /// The job that it concerns.
    public var job: JobName
    /// What happened.
    public var kind: Kind

    /// Makes an event.
    public init(sequence: UInt64, time: Double, job: JobName, kind: Kind) {
        self.sequence = sequence
        self.time = time
        self.job = job
        self.kind = kind
    }
}

extension Event.Kind {
    /// The event's short name, as `spawn`.
    public var word: String {
        switch self {
        case .load: "load"
        case .unload: "unload"
        case .update: "update"
        case .start: "start"
        case .stop: "stop"
        case .restart: "restart"
        case .reload: "reload"
        case .spawn: "spawn"
        case .spawnError: "spawn_error"
        case .adopt: "adopt"
        case .stopProcess: "stop_process"
        case .reap: "reap"
        case .kill, .signal: "kill"
        case .exit: "exit"
        case .backoff: "backoff"
        case .flap: "flap"
        case .finish: "finish"
        case .stray: "stray"
        }
    }

    /// gaffer's own number of the process that it concerns, where there is one.
    public var pid: Int? {
        switch self {
        case .spawn(let pid, _, _, _), .spawnError(let pid, _), .adopt(let pid, _), .stopProcess(let pid, _),
            .reap(let pid, _), .kill(let pid, _), .signal(let pid, _, _), .exit(let pid, _, _, _):
            pid
        case .load, .unload, .update, .start, .stop, .restart, .reload, .backoff, .flap, .finish, .stray:
            nil
        }
    }

    /// The kernel's number of the process that it concerns, where there is one.
    public var osPid: Int32? {
        switch self {
        case .spawn(_, let osPid, _, _), .adopt(_, let osPid), .stopProcess(_, let osPid), .reap(_, let osPid),
            .kill(_, let osPid), .signal(_, let osPid, _), .exit(_, let osPid, _, _):
            osPid
        case .load, .unload, .update, .start, .stop, .restart, .reload, .spawnError, .backoff, .flap, .finish, .stray:
            nil
        }
    }
}
