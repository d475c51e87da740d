package import GafferModel

/// Decides what happens to the processes of one job; does none of it itself.
///
/// ``JobActor`` feeds commands and events in and performs the actions that come out. No clock, no syscall, no random
/// and no `await` in here, so every transition is a unit test.
///
/// Wanted and actual are two values. What is wanted is the wish (`idle`, `running`, `stopped`, `unloaded`, `released`)
/// with the number of processes; what is actual are the processes, each `starting`, `running` or `stopping`. A process
/// that is stopped but not *leaving* keeps its slot: its exit is followed by a replacement if the job runs. A leaving
/// one (scaled down, replaced in a reload) has given its slot up.
///
/// Every command has a defined result in every state of a job:
///
/// | command | idle | running, starting, backoff | flapping, failed, finished | stopping | stopped |
/// |---|---|---|---|---|---|
/// | start | starts the configured number | starts what is missing at once | starts the wanted number anew; failures are forgotten | each process is replaced as it ends | starts the configured number, or the one set by a scale since the stop |
/// | stop | stops one-offs | stops all, one-offs too | stops what is left | stays so | stops one-offs started since |
/// | restart | like start | stops all, each is replaced as it ends; what waits starts at once | like start | like start | like start |
/// | reload | like start | number as configured; a replacement each, then the old one stops | like start, number as configured | number forgotten, nothing started | number forgotten, nothing started |
/// | scale | starts that many | more are started, or the oldest are stopped | only the number changes; a finished job starts what was added | only the number changes | only the number changes |
/// | commit | starts a one-off | starts a one-off | starts a one-off | starts a one-off | starts a one-off |
/// | update, `start` true | starts | processes replaced as they end | starts anew | each process is replaced as it ends | starts |
/// | update, `start` false | stays idle | stops all | stops what is left | stays so | stops one-offs |
/// | stop of a process | a one-off ends | the process ends and is replaced | the process ends | nothing more | a one-off ends |
/// | unload | is gone | stops all, then is gone | stops what is left, then is gone | is gone when they are | is gone |
///
/// A job that was unloaded, or released by a manager that stops, takes no command any more.
///
/// A signal goes to whatever is alive, in every state.
package struct JobMachine: Sendable {
    /// What the caller must do, in order.
    package enum Action: Equatable, Sendable {
        /// Start a process; ends in ``spawned(_:osPid:at:time:)``, ``spawnFailed(_:reason:isShortage:at:)`` or
        /// ``launchCancelled(_:at:)``.
        case launch(pid: Int, instance: Int, isCommit: Bool, env: [String: String])
        /// Don't start it if that has not happened yet.
        case cancelLaunch(pid: Int)
        /// Send the stop signal, and SIGCONT, to the trees of these processes.
        case stop(pids: [Int])
        /// Send SIGKILL to the trees of these processes.
        case kill(pids: [Int])
        case arm(Timer, Duration)
        case disarm(Timer)
        case publish(Event.Kind)
    }

    package enum Timer: Hashable, Sendable {
        /// A process that was told to leave has had its time.
        case grace(pid: Int)
        /// The wait of a slot is over.
        case respawn(instance: Int)
        /// The time of a flapping job is over.
        case retry
    }

    enum Wish: Equatable, Sendable {
        /// Loaded without being started. May go to any other.
        case idle
        /// Processes are kept alive.
        case running
        /// Stopped on request.
        case stopped
        /// On its way out of the manager; final.
        case unloaded
        /// The manager stops; final.
        case released
    }

    enum Suspension: Equatable, Sendable {
        /// Stopped until the retry timer fires.
        case flapping
        /// Stopped until somebody starts it.
        case gaveUp
    }

    struct Process: Sendable, Equatable {
        let pid: Int
        var osPid: Int32 = 0
        let instance: Int
        let isCommit: Bool
        var state: ProcessInfo.State = .starting
        /// The slot is given up; no replacement.
        var isLeaving = false
        /// Its end was asked for, so that it is no failure.
        var isStopAsked = false
        /// The process that leaves once this one is there.
        var replaces: Int?
        var startedAt: Duration = .zero
        var createTime: Double = 0
        var gracefulTimeout: Duration?
        var isKilled = false
    }

    package internal(set) var config: JobConfig
    let name: JobName
    let allocatePID: @Sendable () -> Int

    var wish = Wish.idle
    /// How many processes are wanted while the wish is `running`.
    var number: Int
    /// The manager stops and leaves the processes alone, which are detached.
    var isLeftRunning = false
    /// The number was set by a scale while the job was stopped, and the next start takes it.
    var isNumberScaled = false
    var suspension: Suspension?
    /// In the order of their start, which is the order of their pids.
    var processes: [Process] = []
    /// Slots that wait for their restart, with the time it is due.
    var waiting: [Int: Duration] = [:]
    /// Slots whose process ended and is not to be started again.
    var finished = 0
    var backoffs: [Int: Backoff] = [:]
    /// How often in a row a slot could not be started.
    var failedStartBackoffs: [Int: Backoff] = [:]
    var flapping = FlappingDetector()
    /// Ended processes of whose trees something is left.
    var remnants: Set<Int> = []
    var retryAt: Duration?

    var restarts = 0
    /// How often a process that is kept alive could not be started.
    var failedStarts = 0
    /// Why the latest one-offs that were not started were not, by pid, for whoever waits for them.
    var unstartedCommits: [Int: String] = [:]
    var lastExit: JobInfo.LastExit?
    var lastError: String?

    /// Makes a job that is loaded and idle.
    ///
    /// - Parameter allocatePID: gives a number that was never given before, larger than all before it.
    package init(name: JobName, config: JobConfig, allocatePID: @escaping @Sendable () -> Int) {
        self.name = name
        self.config = config
        self.number = config.numprocesses
        self.allocatePID = allocatePID
    }

    /// How many processes are wanted now.
    package var wanted: Int {
        switch wish {
        case .running: number
        case .stopped: isNumberScaled ? number : 0
        case .idle, .unloaded, .released: 0
        }
    }

    /// Whether the job is on its way out and nothing is left of it.
    package var isGone: Bool {
        switch wish {
        case .unloaded, .released: processes.isEmpty && remnants.isEmpty
        case .idle, .running, .stopped: false
        }
    }

    func index(of pid: Int) -> Int? {
        var low = 0
        var high = processes.count
        while low < high {
            let middle = (low + high) / 2
            if processes[middle].pid < pid { low = middle + 1 } else { high = middle }
        }
        return low < processes.count && processes[low].pid == pid ? low : nil
    }

    /// How long a process may take to leave: a one-off's own time, or the job's.
    func gracefulTimeout(of pid: Int) -> Duration {
        index(of: pid).flatMap { processes[$0].gracefulTimeout } ?? config.gracefulTimeout
    }

    /// Slots that have a process, or will have one without anybody's doing.
    ///
    /// A process and its replacement of a reload share a slot.
    var occupied: Int {
        let slots = processes.count { !$0.isCommit && !$0.isLeaving && !isReplacing($0) }
        return slots + waiting.count + finished
    }

    /// Whether the process that this one replaces still has the slot.
    private func isReplacing(_ process: Process) -> Bool {
        guard let old = process.replaces, let index = index(of: old) else { return false }
        return !processes[index].isLeaving
    }
}

// MARK: - Slots

extension JobMachine {
    /// Starts what is missing.
    mutating func fill() -> [Action] {
        guard wish == .running, suspension == nil else { return [] }
        let missing = number - occupied
        guard missing > 0 else { return [] }
        var used = Set(processes.map(\.instance))
        used.formUnion(waiting.keys)
        var instance = 1
        return (0..<missing).map { _ in
            while used.contains(instance) { instance += 1 }
            used.insert(instance)
            return launch(instance: instance)
        }
    }

    /// Gives up the slots that are too many.
    ///
    /// Finished and waiting ones go first, then those that stop anyway, then the oldest. A process goes together with
    /// the one that was to replace it.
    mutating func trim() -> [Action] {
        var excess = occupied - number
        guard excess > 0 else { return [] }
        var actions: [Action] = []
        let endedSlots = min(excess, finished)
        finished -= endedSlots
        excess -= endedSlots
        for instance in waiting.keys.sorted(by: >).prefix(excess) {
            waiting[instance] = nil
            actions.append(.disarm(.respawn(instance: instance)))
            excess -= 1
        }
        let holders = processes.indices.filter { isSlot($0) && !isReplacing(processes[$0]) }
        let oldest =
            (holders.filter { processes[$0].isStopAsked } + holders.filter { !processes[$0].isStopAsked })
            .prefix(excess)
        let pids = Set(oldest.map { processes[$0].pid })
        let replacements = processes.indices.filter { processes[$0].replaces.map(pids.contains) ?? false }
        actions += stopProcesses(at: oldest + replacements, isLeaving: true)
        return actions
    }

    func isSlot(_ index: Int) -> Bool {
        !processes[index].isCommit && !processes[index].isLeaving
    }

    mutating func launch(
        instance: Int,
        isCommit: Bool = false,
        env: [String: String] = [:],
        replaces: Int? = nil,
        gracefulTimeout: Duration? = nil
    ) -> Action {
        let pid = allocatePID()
        var process = Process(pid: pid, instance: instance, isCommit: isCommit)
        process.replaces = replaces
        process.gracefulTimeout = gracefulTimeout
        processes.append(process)
        return .launch(pid: pid, instance: instance, isCommit: isCommit, env: env)
    }

    /// Tells processes to leave; those that are still being started are told once they are there.
    mutating func stopProcesses(at indices: [Int], isLeaving: Bool) -> [Action] {
        var cancelled: [Action] = []
        var events: [Action] = []
        var timers: [Action] = []
        var pids: [Int] = []
        for index in indices {
            processes[index].isLeaving = processes[index].isLeaving || isLeaving
            processes[index].isStopAsked = true
            let process = processes[index]
            switch process.state {
            case .starting:
                cancelled.append(.cancelLaunch(pid: process.pid))
            case .running:
                processes[index].state = .stopping
                pids.append(process.pid)
                events.append(
                    .publish(
                        isLeaving
                            ? .reap(pid: process.pid, osPid: process.osPid)
                            : .stopProcess(pid: process.pid, osPid: process.osPid)
                    )
                )
                timers.append(.arm(.grace(pid: process.pid), gracefulTimeout(of: process.pid)))
            case .stopping:
                break
            }
        }
        return cancelled + events + (pids.isEmpty ? [] : [.stop(pids: pids)]) + timers
    }

    /// Ends every wait of a slot; the slots become missing.
    mutating func endWaits() -> [Action] {
        let actions = waiting.keys.sorted().map { Action.disarm(.respawn(instance: $0)) }
        waiting.removeAll()
        return actions
    }

    /// Forgets that the job died too often.
    mutating func forgiveFailures() -> [Action] {
        var actions = endWaits()
        if retryAt != nil {
            retryAt = nil
            actions.append(.disarm(.retry))
        }
        suspension = nil
        finished = 0
        backoffs.removeAll()
        failedStartBackoffs.removeAll()
        flapping = FlappingDetector()
        return actions
    }
}
