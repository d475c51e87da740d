public import GafferModel
internal import GafferSystem

/// Coordinates sessions and jobs: loads, finds and unloads them, and keeps what was wanted of them.
///
/// It runs on the supervision loop beside the jobs. Every change goes through it in order; reading is answered from
/// what the jobs last published, without a hop.
public actor ManagerActor {
    nonisolated let directory = JobDirectory()
    nonisolated let pids: PIDDirectory
    /// What happens to jobs and processes.
    public nonisolated let events: EventBus
    nonisolated let stats: StatsSampler
    nonisolated let totals: OutputTotals
    nonisolated let host: any ProcessHost
    /// Where everything here runs.
    nonisolated let loop: SupervisionLoop
    private let store: (any WishStore)?
    private let check: @Sendable (JobConfig, JobName) throws(GafferError) -> Void

    var wishes: Wishes
    /// Jobs that were unloaded and whose processes are still leaving.
    private var leaving: [(job: JobActor, change: Change)] = []
    private var isShuttingDown = false
    private var isHurrying = false
    private var keepsDetached = true

    /// The supervision loop, which the jobs run on as well.
    nonisolated public var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    init(
        executor loop: SupervisionLoop,
        host: any ProcessHost,
        stats: StatsSampler,
        totals: OutputTotals = OutputTotals(),
        events: EventBus = EventBus(),
        wishes: Wishes = Wishes(),
        store: (any WishStore)?,
        check: @escaping @Sendable (JobConfig, JobName) throws(GafferError) -> Void
    ) {
        self.loop = loop
        self.host = host
        self.stats = stats
        self.totals = totals
        pids = PIDDirectory { stats.ended(.process($0)) }
        self.events = events
        self.wishes = wishes
        self.store = store
        self.check = check
    }

    // MARK: Loading

    func makeJob(_ config: JobConfig, as name: JobName) -> JobActor {
        let job = JobActor(
            name: name,
            config: config,
            executor: loop,
            host: host,
            pids: pids,
            publish: { [events, host] job, kind in events.publish(kind, of: job, time: host.time) }
        )
        directory.insert(job)
        publish(.load, of: name)
        return job
    }

    /// Loads a job, and starts it unless its configuration says `start: false`.
    ///
    /// - Throws: `conflict` where the name is taken, `bad_value` where a value can't be used, `shutting_down`.
    public func load(_ config: JobConfig, as name: JobName) async throws(GafferError) -> Change {
        try refuseWhileShuttingDown()
        try check(config, name)
        if (try? directory.job(name)) != nil {
            throw GafferError(.conflict, "The job \(name) is already loaded; unload or update it.")
        }
        if leaving.contains(where: { $0.job.name == name }) {
            throw GafferError(.conflict, "The job \(name) is being unloaded and its processes have not left yet.")
        }
        let job = makeJob(config, as: name)
        wishes.loaded(name, config)
        let change = await config.start ? job.start() : Change { _ throws(GafferError) in }
        await save()
        return change
    }

    /// Replaces a job's configuration and relaunches its processes; with `start: false` they are only stopped.
    ///
    /// - Throws: `not_found`, `bad_value`, `shutting_down`.
    public func update(_ config: JobConfig, of name: JobName) async throws(GafferError) -> Change {
        try refuseWhileShuttingDown()
        let job = try directory.job(name)
        try check(config, name)
        wishes.updated(name, config)
        let change = await job.update(config, relaunch: true)
        await save()
        return change
    }

    /// Stops a job and forgets it.
    ///
    /// - Throws: `not_found`, `shutting_down`.
    public func unload(_ name: JobName) async throws(GafferError) -> Change {
        try refuseWhileShuttingDown()
        let job = try directory.job(name)
        wishes.unloaded(name)
        let change = await remove(job)
        await save()
        return change
    }

    func remove(_ job: JobActor) async -> Change {
        directory.remove(job.name)
        stats.ended(.job(job.name))
        let change = await job.unload()
        leaving.append((job, change))
        // Unstructured: nobody waits for an unloaded job, and it ends with its processes.
        Task {
            try? await change.settled()
            leaving.removeAll { $0.job === job }
            pids.forget(ended: job.board.endedPIDs)
            guard (try? directory.job(job.name)) == nil else { return }
            host.forget(job.name)
            totals.forget(job.name)
        }
        return change
    }

    /// Returns when no process of an unloaded job of that name is left.
    func waitUntilGone(_ name: JobName) async {
        while let former = leaving.first(where: { $0.job.name == name }) {
            try? await former.change.settled()
            leaving.removeAll { $0.job === former.job }
        }
    }

    // MARK: Commands

    /// Starts, stops, restarts or reloads a job, a session or everything.
    ///
    /// - Throws: `not_found`, `shutting_down`.
    public func command(_ command: JobCommand, on target: Target) async throws(GafferError) -> Change {
        try refuseWhileShuttingDown()
        let jobs = try directory.jobs(of: target)
        var changes: [Change] = []
        for job in command == .stop ? jobs.reversed() : jobs {
            switch command {
            case .start:
                wishes.started(job.name)
                changes.append(await job.start())
            case .stop:
                wishes.stopped(job.name)
                changes.append(await job.stop())
            case .restart:
                wishes.started(job.name)
                changes.append(await job.restart())
            case .reload:
                wishes.reloaded(job.name)
                changes.append(await job.reload())
            }
        }
        await save()
        return Change(all: changes)
    }

    /// Changes the number of processes, and tells the new one.
    ///
    /// - Throws: `not_found`, `bad_value`, `shutting_down`.
    public func scale(
        _ name: JobName,
        _ operation: ScaleOperation
    ) async throws(GafferError) -> (wanted: Int, change: Change) {
        try refuseWhileShuttingDown()
        let job = try directory.job(name)
        let result = try await job.scale(operation)
        wishes.scaled(name, to: result.wanted)
        await save()
        return result
    }

    /// Starts a one-off, with variables that win over the job's; its number is given at once.
    ///
    /// - Throws: `not_found`, `shutting_down`.
    public func commit(
        _ name: JobName,
        env: [String: String] = [:],
        gracefulTimeout: Duration? = nil
    ) async throws(GafferError) -> (pid: Int, change: Change) {
        try refuseWhileShuttingDown()
        return try await directory.job(name).commit(env: env, gracefulTimeout: gracefulTimeout)
    }

    /// Sends a signal to every process of a job, a session or everything.
    ///
    /// - Throws: `not_found`.
    public func signal(_ signal: Signal, to target: Target) async throws(GafferError) {
        for job in try directory.jobs(of: target) { await job.signal(signal) }
    }

    /// Sends a signal to one process.
    ///
    /// - Throws: `not_found`.
    public func signal(_ signal: Signal, to pid: Int) async throws(GafferError) {
        await (try actor(of: pid)).signal(signal, only: pid)
    }

    /// Stops one process, gracefully; a supervised one is replaced.
    ///
    /// - Throws: `not_found`, `shutting_down`.
    public func stopProcess(_ pid: Int) async throws(GafferError) -> Change {
        try refuseWhileShuttingDown()
        return await (try actor(of: pid)).stopProcess(pid)
    }

    nonisolated func actor(of pid: Int) throws(GafferError) -> JobActor {
        guard let job = pids.job(of: pid) else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return job
    }

    /// Returns once the supervision loop has got to it: a proof that it is alive.
    package func roundTrip() {}

    // MARK: Shutting down

    /// Stops all jobs, those with the largest priority first, and returns when nothing is left.
    ///
    /// No new work is taken from then on.
    ///
    /// - Parameters:
    ///   - keepsDetached: whether detached processes stay.
    ///   - progress: is told whom it waits for, before each wait.
    public func shutDown(
        keepsDetached: Bool = true,
        progress: @Sendable ([JobName]) -> Void = { _ in }
    ) async {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        self.keepsDetached = keepsDetached
        let jobs = directory.all.inStartOrder
        var groups: [[JobActor]] = []
        var lastPriority: Int?
        for job in jobs.reversed() {
            let priority = job.board.withMachine { $0.config.priority ?? .max }
            if priority == lastPriority { groups[groups.count - 1].append(job) } else { groups.append([job]) }
            lastPriority = priority
        }
        groups.append(leaving.map(\.job))
        for group in groups {
            var changes: [Change] = []
            for job in group { changes.append(await job.release(keepsDetached: keepsDetached)) }
            if isHurrying { await killAll() }
            progress(group.map(\.name))
            // Unstructured: whoever is cancelled while shutting down still leaves nothing running.
            let all = Change(all: changes)
            await Task(executorPreference: ThreadExecutor.shared) { try? await all.settled() }.value
        }
        await save()
        events.finish()
        stats.finish()
    }

    /// Kills whatever is still there: somebody does not want to wait any longer.
    public func hurry() async {
        isHurrying = true
        await killAll()
    }

    private func killAll() async {
        for job in directory.all + leaving.map(\.job) { await job.killAll(keepsDetached: keepsDetached) }
    }

    func refuseWhileShuttingDown() throws(GafferError) {
        guard !isShuttingDown else {
            throw GafferError(.shuttingDown, "gafferd is stopping and takes no new work.")
        }
    }

    func save() async {
        guard let store else { return }
        await withCheckedContinuation { continuation in
            store.save(wishes) { continuation.resume() }
        }
    }

    func publish(_ kind: Event.Kind, of job: JobName) {
        events.publish(kind, of: job, time: host.time)
    }
}

extension Change {
    /// Done when all of them are; the time that is given is for all together.
    init(all changes: [Change]) {
        self.init { timeout throws(GafferError) in
            let start = monotonicNow()
            for change in changes {
                try await change.settled(within: timeout.map { max(.zero, $0 - (monotonicNow() - start)) })
            }
        }
    }
}
