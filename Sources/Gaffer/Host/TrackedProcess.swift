internal import GafferModel
internal import GafferSystem
internal import Glibc

/// One process that ``ProcessKeeper`` watches, with what it knows of its tree.
///
/// Confined to the supervision loop.
final class TrackedProcess {
    /// How far the end of its tree is.
    enum Stage {
        /// Nobody wants it to end.
        case running
        /// It was told to leave.
        case stopping
        /// It is being killed.
        case killing
    }

    /// Another process of its tree.
    struct Member {
        let pidfd: Int32
        let token: SupervisionLoop.Token?
    }

    /// A watch of its cgroup; the file is closed with it.
    struct CgroupWatch {
        let file: CgroupEvents
        let token: SupervisionLoop.Token
    }

    let pid: Int
    let name: JobName
    let osPid: Int32
    let startTime: UInt64
    let stopSignal: Signal
    let gracefulTimeout: Duration
    let report: @Sendable (ProcessReport) -> Void
    let process: LaunchedProcess?
    let pidfd: Int32

    /// Where its processes are; nil: they are looked for in /proc.
    var cgroup: ProcessCgroup?
    var cgroupWatch: CgroupWatch?
    var token: SupervisionLoop.Token?
    var stage = Stage.running
    var isEnded = false
    /// By os pid; each pidfd is ours.
    var members: [Int32: Member] = [:]
    /// How often what seemed gone turned out not to be.
    var rounds = 0
    var graceTimer: SupervisionLoop.Token?
    /// When what is left of it is killed.
    var stopDeadline: Duration?

    init(order: LaunchOrder, process: LaunchedProcess, pidfd: Int32, startTime: UInt64) {
        pid = order.pid
        name = order.name
        osPid = process.osPid
        self.startTime = startTime
        stopSignal = order.config.stopSignal
        gracefulTimeout = order.gracefulTimeout
        report = order.report
        self.process = process
        self.pidfd = pidfd
        cgroup = process.cgroup
    }

    init(adopted process: AdoptedProcess, pidfd: Int32, cgroup: ProcessCgroup?) {
        pid = process.pid
        name = process.name
        osPid = process.osPid
        startTime = process.startTime
        stopSignal = process.config.stopSignal
        gracefulTimeout = process.config.gracefulTimeout
        report = process.report
        self.process = nil
        self.pidfd = pidfd
        self.cgroup = cgroup
    }
}

/// Signals that reach only the process that is meant.
enum ProcessProof {
    /// Opens a pidfd, and proves by the start time that the number still means the same process; nil: it is gone.
    static func open(_ osPid: Int32, startedAt startTime: UInt64) -> Int32? {
        guard let pidfd = try? PidDescriptor.open(osPid) else { return nil }
        guard let entry = ProcessTable.readOne(osPid), entry.startTime == startTime, !entry.isZombie else {
            close(pidfd)
            return nil
        }
        return pidfd
    }

    /// False where it has ended, or may not be signalled.
    static func send(_ signal: Signal, to pidfd: Int32) -> Bool {
        PidDescriptor.send(signal.rawValue, to: pidfd)
    }
}
