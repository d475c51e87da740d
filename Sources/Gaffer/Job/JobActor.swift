package import GafferModel
internal import GafferSystem

/// Owns the processes of one job: does what ``JobMachine`` decides, and tells it what came of it.
///
/// It runs on the supervision loop, so that a death that the loop reports is decided on without a change of thread.
package actor JobActor {
    package nonisolated let name: JobName
    nonisolated let board: JobBoard
    private nonisolated let executor: any SerialExecutor
    private let host: any ProcessHost
    private let pids: PIDDirectory
    private let publish: @Sendable (JobName, Event.Kind) -> Void

    private var timers: [JobMachine.Timer: HostTimer] = [:]
    private var waiters: [Int: Waiter] = [:]
    private var lastWaiter = 0

    private struct Waiter {
        let goal: Goal
        let continuation: CheckedContinuation<Result<Void, GafferError>, Never>
        var timer: HostTimer?
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(
        name: JobName,
        config: JobConfig,
        executor: any SerialExecutor,
        host: any ProcessHost,
        pids: PIDDirectory,
        publish: @escaping @Sendable (JobName, Event.Kind) -> Void
    ) {
        self.name = name
        self.executor = executor
        self.host = host
        self.pids = pids
        self.publish = publish
        board = JobBoard(
            machine: JobMachine(name: name, config: config, allocatePID: { pids.allocate() }),
            now: { host.now }
        )
    }

    // MARK: Commands

    func start() -> Change { change(isSteady: true) { $0.start() } }
    func stop() -> Change { change(isSteady: false) { $0.stop() } }
    func restart() -> Change { change(isSteady: true) { $0.restart() } }
    func reload() -> Change { change(isSteady: true) { $0.reload() } }
    func unload() -> Change { change(isSteady: false) { $0.unload() } }
    func killAll(keepsDetached: Bool) { run { $0.killAll(keepsDetached: keepsDetached) } }
    func release(keepsDetached: Bool) -> Change {
        change(isSteady: false) { $0.release(keepsDetached: keepsDetached) }
    }

    func stopProcess(_ pid: Int) -> Change {
        run { $0.stopProcess(pid) }
        return change(board.withMachine { $0.goal(endOf: pid) })
    }

    func update(_ config: JobConfig, relaunch: Bool) -> Change {
        let before = board.withMachine { $0.config.cgroupLimits }
        if config.cgroupLimits != before { host.limit(name, to: config) }
        return change(isSteady: true) { $0.update(config, relaunch: relaunch) }
    }

    func scale(_ operation: ScaleOperation) throws(GafferError) -> (wanted: Int, change: Change) {
        let failedStarts = board.withMachine { $0.failedStarts }
        let result = board.withMachine { machine in
            Result { () throws(GafferError) in try machine.scale(operation) }
        }
        perform(try result.get())
        return (board.withMachine { $0.wanted }, change(isSteady: true, failedStarts: failedStarts))
    }

    /// Sets the number that a stored wish asks for, before the job is started.
    func restore(number: Int) {
        board.withMachine { machine in
            machine.number = number
            machine.isNumberScaled = true
        }
    }

    /// Makes a loaded job a stopped one, as a stored wish asks for, without telling anybody.
    func restoreStopped() {
        board.withMachine { $0.wish = .stopped }
    }

    func commit(
        env: [String: String],
        gracefulTimeout: Duration?
    ) throws(GafferError) -> (pid: Int, change: Change) {
        let result = board.withContent { content in
            Result { () throws(GafferError) in
                let commit = try content.machine.commit(env: env, gracefulTimeout: gracefulTimeout)
                content.commitEnv[commit.pid] = env
                return commit
            }
        }
        let (pid, actions) = try result.get()
        perform(actions)
        return (pid, change(board.withMachine { $0.goal(startOf: pid) }))
    }

    func signal(_ signal: Signal, only pid: Int? = nil) {
        let alive = board.withMachine { machine in
            machine.processes.filter { $0.state != .starting && (pid == nil || $0.pid == pid) }
        }
        host.signal(alive.map(\.pid), signal)
        for process in alive {
            publish(name, .signal(pid: process.pid, osPid: process.osPid, signal: signal))
        }
    }

    /// Takes over a process that an earlier gafferd left running; false where it has ended since.
    func adopt(osPid: Int32, startTime: UInt64, instance: Int, time: Double) -> Bool {
        let now = host.now
        let (pid, actions) = board.withMachine { machine in
            machine.adopted(osPid: osPid, instance: instance, at: now, time: time)
        }
        let process = AdoptedProcess(
            pid: pid,
            osPid: osPid,
            startTime: startTime,
            name: name,
            instance: instance,
            config: board.withMachine { $0.config },
            time: time,
            report: report(for: pid)
        )
        pids.insert(pid, self)
        guard host.adopt(process) else {
            board.withMachine { machine in machine.processes.removeAll { $0.pid == pid } }
            pids.remove(pid)
            return false
        }
        perform(actions)
        return true
    }

    /// Done when every process that is being started now is there, or could not be started.
    func attempts() -> Change { change(board.withMachine { $0.goalOfAttempts() }) }

    private func change(isSteady: Bool, _ command: (inout JobMachine) -> [JobMachine.Action]) -> Change {
        let failedStarts = board.withMachine { $0.failedStarts }
        run(command)
        return change(isSteady: isSteady, failedStarts: failedStarts)
    }

    private func change(isSteady: Bool, failedStarts: Int) -> Change {
        change(board.withMachine { $0.goal(isSteady: isSteady, failedStartsBefore: failedStarts) })
    }

    private func change(_ goal: Goal) -> Change {
        Change { timeout throws(GafferError) in try await self.wait(for: goal, timeout: timeout) }
    }

    // MARK: Doing

    private func run(_ event: (inout JobMachine) -> [JobMachine.Action]) {
        perform(board.withMachine(event))
    }

    private func perform(_ actions: [JobMachine.Action]) {
        // Telling wakes others, who would take the processor from the process that is to be started.
        for action in actions where !action.isPublishing { perform(action) }
        for action in actions where action.isPublishing { perform(action) }
        settleWaiters()
    }

    private func perform(_ action: JobMachine.Action) {
        switch action {
        case .launch(let pid, let instance, let isCommit, let env):
            let (config, gracefulTimeout) = board.withMachine { machine in
                (machine.config, machine.gracefulTimeout(of: pid))
            }
            pids.insert(pid, self)
            host.launch(
                LaunchOrder(
                    pid: pid,
                    name: name,
                    config: config,
                    instance: instance,
                    isCommit: isCommit,
                    env: env,
                    gracefulTimeout: gracefulTimeout,
                    report: report(for: pid)
                )
            )
        case .cancelLaunch(let pid):
            host.cancelLaunch(pid)
        case .stop(let pids):
            host.stop(pids, with: board.withMachine { $0.config.stopSignal })
        case .kill(let pids):
            host.kill(pids)
        case .arm(let timer, let delay):
            if let old = timers.removeValue(forKey: timer) { host.cancel(old) }
            let wait: Duration =
                switch timer {
                case .respawn: host.jittered(delay)
                case .grace, .retry: delay
                }
            timers[timer] = host.schedule(after: wait) { [weak self] in
                self?.assumeIsolated { $0.fired(timer) }
            }
        case .disarm(let timer):
            if let old = timers.removeValue(forKey: timer) { host.cancel(old) }
        case .publish(let kind):
            publish(name, kind)
        }
    }

    private func fired(_ timer: JobMachine.Timer) {
        timers[timer] = nil
        run { $0.timerFired(timer) }
    }

    private nonisolated func report(for pid: Int) -> @Sendable (ProcessReport) -> Void {
        { [self] report in
            assumeIsolated { $0.take(report, of: pid) }
        }
    }

    private func take(_ report: ProcessReport, of pid: Int) {
        let now = host.now
        let time = host.time
        var kept = KeptOutputs()
        let actions: [JobMachine.Action] = board.withContent { content in
            switch report {
            case .launched(let process):
                content.processes[pid] = process
                return content.machine.spawned(pid, osPid: process.osPid, at: now, time: time)
            case .failed(let reason, let isShortage):
                kept = content.forget(pid)
                return content.machine.spawnFailed(pid, reason: reason, isShortage: isShortage, at: now)
            case .cancelled:
                kept = content.forget(pid)
                return content.machine.launchCancelled(pid)
            case .exited(let status, let hasRemnant):
                kept = content.forget(pid)
                return content.machine.exited(pid, status: status, hasRemnant: hasRemnant, at: now, time: time)
            case .remnantFound(let osPids):
                return content.machine.remnantFound(pid) + [.publish(.stray(osPids: osPids))]
            case .remnantEnded:
                return content.machine.remnantEnded(pid)
            }
        }
        switch report {
        case .failed, .cancelled, .exited:
            pids.remove(pid)
            pids.keep(ended: kept.added, of: self, insteadOf: kept.dropped)
        case .launched, .remnantFound, .remnantEnded: break
        }
        perform(actions)
    }

    // MARK: Waiting

    private func wait(for goal: Goal, timeout: Duration?) async throws(GafferError) {
        lastWaiter += 1
        let number = lastWaiter
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters[number] = Waiter(goal: goal, continuation: continuation, timer: nil)
                if Task.isCancelled {
                    abandonWait(number)
                } else if let timeout {
                    waiters[number]?.timer = host.schedule(after: timeout) { [weak self] in
                        self?.assumeIsolated { $0.timedOut(number) }
                    }
                }
                settleWaiters()
            }
        } onCancel: {
            // Unstructured: a handler of cancellation can't wait for the actor.
            Task(executorPreference: ThreadExecutor.shared) { await self.abandonWait(number) }
        }
        try result.get()
    }

    /// Nobody wants to know any more.
    private func abandonWait(_ number: Int) {
        settle(number, with: .failure(GafferError(.timedOut, "\(name): nobody waits any longer.")))
    }

    private func settleWaiters() {
        guard !waiters.isEmpty else { return }
        for (number, waiter) in waiters {
            switch board.withMachine({ $0.progress(of: waiter.goal) }) {
            case .pending: continue
            case .done: settle(number, with: .success(()))
            case .failed(let reason): settle(number, with: .failure(GafferError(.failed, reason)))
            }
        }
    }

    private func timedOut(_ number: Int) {
        guard let waiter = waiters[number] else { return }
        switch board.withMachine({ $0.progress(of: waiter.goal) }) {
        case .done: settle(number, with: .success(()))
        case .pending(let reason): settle(number, with: .failure(GafferError(.timedOut, reason)))
        case .failed(let reason): settle(number, with: .failure(GafferError(.failed, reason)))
        }
    }

    private func settle(_ number: Int, with result: Result<Void, GafferError>) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        if let timer = waiter.timer { host.cancel(timer) }
        waiter.continuation.resume(returning: result)
    }
}

extension JobBoard.Content {
    /// Keeps what a process wrote for whoever wants to know why it ended, and forgets the rest of it.
    fileprivate mutating func forget(_ pid: Int) -> KeptOutputs {
        var kept = KeptOutputs()
        commitEnv[pid] = nil
        guard let process = processes.removeValue(forKey: pid) else { return kept }
        guard let index = machine.index(of: pid) else { return kept }
        let instance = machine.processes[index].instance
        if !machine.processes[index].isCommit || ended[instance] == nil {
            if let former = ended.updateValue((pid, process.output), forKey: instance) {
                kept.dropped.append(former.pid)
            }
            kept.added.append(pid)
        }
        // A job that was scaled down does not keep what its former instances wrote for ever.
        if ended.count > max(machine.number, 1) {
            for instance in ended.keys.sorted(by: >).prefix(ended.count - max(machine.number, 1)) {
                if let former = ended.removeValue(forKey: instance) { kept.dropped.append(former.pid) }
            }
        }
        return kept
    }
}

/// What changed in the ended processes whose output is kept; who is dropped wins.
private struct KeptOutputs {
    var added: [Int] = []
    var dropped: [Int] = []
}

extension JobMachine.Action {
    fileprivate var isPublishing: Bool {
        if case .publish = self { true } else { false }
    }
}
