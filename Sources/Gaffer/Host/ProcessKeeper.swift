package import GafferModel
package import GafferSystem
internal import Glibc

/// The real ``ProcessHost``: starts processes on a thread of their own, learns their ends from pidfds, and stops trees.
///
/// Confined to the supervision loop. What a tree is: the processes in its cgroup, where it has one of its own. Where it
/// has none: the descendants of its main process; processes of its session or group; orphans that this process inherited
/// (it is a subreaper) with the main process's `GAFFER_PID` in their environment. These are found by one look at /proc a
/// stop. Each is held by a pidfd, so that no signal ever reaches a stranger. What left its cgroup by itself is found by
/// a look at /proc a moment after its main process's end.
package final class ProcessKeeper: ProcessHost, @unchecked Sendable {
    // @unchecked: confined to the supervision loop; `queue` and `launcher` are Sendable themselves.

    /// How long after an end the rest of a tree that hides from its group is looked for; ends in between share a look.
    static let sweepDelay: Duration = .milliseconds(200)

    let loop: SupervisionLoop
    let launcher: ProcessLauncher
    let ledger: ProcessLedger?
    let adoptsOrphans: Bool
    let log: @Sendable (String) -> Void
    let cgroups: JobCgroups?
    /// Where cgroups are removed.
    let cleaner: WorkerThread?
    private let queue = LaunchQueue()

    var processes: [Int: TrackedProcess] = [:]
    /// What is to be done with trees at the end of this turn of the loop.
    var orders: [(order: TreeOrder, trees: [TrackedProcess])] = []
    /// Launches that were ordered and have not been reported yet.
    var pendingLaunches = 0
    /// Processes whose end was reported, and of which some things have to be given back.
    private var ended: [TrackedProcess] = []
    /// Processes that ended a moment ago, for the next sweep.
    var recentlyEnded: [TrackedProcess] = []
    var sweep: SupervisionLoop.Token?
    var cgroupSweep: SupervisionLoop.Token?
    private var timers: [UInt64: SupervisionLoop.Token] = [:]
    private var lastTimer: UInt64 = 0

    /// Makes a keeper.
    ///
    /// - Parameters:
    ///   - ledger: where processes are written down for the next daemon.
    ///   - adoptsOrphans: whether this process is a subreaper, so that what its children leave behind is its own.
    ///   - cgroups: where processes have cgroups of their own.
    ///   - cleaner: removes these.
    ///   - log: takes a warning that no event tells.
    package init(
        loop: SupervisionLoop,
        launcher: ProcessLauncher,
        ledger: ProcessLedger?,
        adoptsOrphans: Bool,
        cgroups: JobCgroups? = nil,
        cleaner: WorkerThread? = nil,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.loop = loop
        self.launcher = launcher
        self.ledger = ledger
        self.adoptsOrphans = adoptsOrphans
        self.cgroups = cgroups
        self.cleaner = cleaner
        self.log = log
    }

    package var now: Duration { monotonicNow() }
    package var time: Double { wallNow() }

    // MARK: Starting

    package func launch(_ order: LaunchOrder) {
        pendingLaunches += 1
        queue.insert(order.pid)
        launcher.launch(order, unlessTakenFrom: queue) { [self] outcome in
            loop.perform { self.launched(order, outcome) }
        }
    }

    package func cancelLaunch(_ pid: Int) {
        // Taken in time, the launcher finds it gone and reports a cancellation in its turn.
        _ = queue.take(pid)
    }

    private func launched(_ order: LaunchOrder, _ outcome: LaunchOutcome) {
        pendingLaunches -= 1
        switch outcome {
        case .cancelled:
            order.report(.cancelled)
        case .failed(let reason, let isShortage):
            order.report(.failed(reason: reason, isShortage: isShortage))
        case .launched(let process, let pidfd, let startTime):
            let tracked = TrackedProcess(order: order, process: process, pidfd: pidfd, startTime: startTime)
            processes[order.pid] = tracked
            ledger?.add(
                ProcessRecord(
                    name: order.name,
                    pid: order.pid,
                    osPid: process.osPid,
                    startTime: startTime,
                    instance: order.instance,
                    isDetached: order.config.detach,
                    stopSignal: order.config.stopSignal,
                    gracefulTimeout: order.gracefulTimeout,
                    time: time
                )
            )
            order.report(.launched(process))
            watch(tracked)
        }
    }

    package func adopt(_ process: AdoptedProcess) -> Bool {
        let pidfd = ProcessProof.open(process.osPid, startedAt: process.startTime)
        guard let pidfd else { return false }
        let tracked = TrackedProcess(adopted: process, pidfd: pidfd, cgroup: cgroups?.leaf(of: process.osPid))
        processes[process.pid] = tracked
        ledger?.add(
            ProcessRecord(
                name: process.name,
                pid: process.pid,
                osPid: process.osPid,
                startTime: process.startTime,
                instance: process.instance,
                isDetached: process.config.detach,
                stopSignal: process.config.stopSignal,
                gracefulTimeout: process.config.gracefulTimeout,
                time: process.time
            )
        )
        // The report must not come before the caller has taken the adoption in.
        let pid = process.pid
        loop.perform { [self] in
            if let tracked = processes[pid] { watch(tracked) }
        }
        return true
    }

    private func watch(_ tracked: TrackedProcess) {
        do {
            tracked.token = try loop.watch(tracked.pidfd) { [weak self, weak tracked] in
                guard let self, let tracked else { return }
                self.ended(tracked)
            }
        } catch {
            // No memory for an epoll entry. What is never seen to end must not go on.
            log("\(tracked.name) pid \(tracked.pid): its end can't be watched, so that it is killed: \(error)")
            _ = ProcessProof.send(.kill, to: tracked.pidfd)
            _ = loop.schedule(after: Self.sweepDelay) { [weak self, weak tracked] in
                guard let self, let tracked, !tracked.isEnded else { return }
                self.watch(tracked)
            }
        }
    }

    // MARK: Ending

    private func ended(_ tracked: TrackedProcess) {
        var status: ExitStatus
        do {
            guard let exit = try ChildExit.reap(pidfd: tracked.pidfd) else { return }
            switch exit.outcome {
            case .code(let code): status = .code(code)
            case .signal(let signal, _): status = .signal(Signal(rawValue: signal))
            }
        } catch {
            // ECHILD: an adopted process is nobody's child here.
            status = .unknown
        }
        tracked.isEnded = true
        if status == .signal(.kill), diedOfMemory(tracked) { status = .outOfMemory }
        let isPopulated = isPopulated(tracked) ?? (adoptsOrphans && Glibc.kill(-tracked.osPid, 0) == 0)
        let hasRemnant = isPopulated || !tracked.members.isEmpty
        if let token = tracked.token { loop.unwatch(token) }
        tracked.report(.exited(status, hasRemnant: hasRemnant))
        tracked.process?.output.failWrites()
        if hasRemnant {
            if tracked.stage == .running {
                order(.stop(tracked.stopSignal), for: [tracked])
            } else {
                lookAgain(at: tracked)
            }
        } else {
            processes[tracked.pid] = nil
            if adoptsOrphans { recentlyEnded.append(tracked) }
        }
        cleanUpLater(after: tracked)
    }

    /// What nobody waits for has a moment's time: a replacement is to have the processor first.
    private func cleanUpLater(after tracked: TrackedProcess) {
        ended.append(tracked)
        guard ended.count == 1 else { return }
        _ = loop.schedule(after: .milliseconds(1)) { [self] in
            for tracked in ended {
                close(tracked.pidfd)
                ledger?.remove(tracked.pid)
                tracked.process?.output.mainProcessEnded()
                if processes[tracked.pid] !== tracked { releaseCgroup(of: tracked) }
            }
            ended.removeAll(keepingCapacity: ended.count < 1000)
            scheduleSweep()
        }
    }

    // MARK: Signals

    package func signal(_ pids: [Int], _ signal: Signal) {
        for pid in pids {
            guard let tracked = processes[pid], !tracked.isEnded else { continue }
            _ = ProcessProof.send(signal, to: tracked.pidfd)
        }
    }

    // MARK: Timers

    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> HostTimer {
        lastTimer += 1
        let number = lastTimer
        timers[number] = loop.schedule(after: delay) { [weak self] in
            self?.timers[number] = nil
            body()
        }
        return HostTimer(number: number)
    }

    package func cancel(_ timer: HostTimer) {
        guard let token = timers.removeValue(forKey: timer.number) else { return }
        loop.cancel(token)
    }

    package func jittered(_ delay: Duration) -> Duration {
        delay * Double.random(in: 0.9...1.1)
    }
}
