internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// Looks at what processes use, on a thread of its own: /proc is read by blocking calls, and names are looked up.
final class StatsSampler: Sendable {
    /// A process to look at.
    struct Subject: Sendable {
        var pid: Int
        var osPid: Int32
        /// Its own, where it has one.
        var cgroup: CgroupDirectory?
    }

    private struct Watcher {
        let subjects: @Sendable () -> [Subject]?
        let continuation: AsyncStream<[ProcessStats]>.Continuation
        var cpu = WatchedCPU()
    }

    private struct Watching {
        var watches = StatsWatches()
        var watchers: [Int: Watcher] = [:]
        var lastWatcher = 0
        /// Names the timer that may look; others come too late.
        var timer: UInt64 = 0
        /// A look is under way; the next is planned after it.
        var isLooking = false
        var isFinished = false
    }

    private let worker: WorkerThread
    private let cgroups: JobCgroups?
    private let time: any Timekeeper
    /// Opened at the first look; nil where /proc can't be opened.
    private let reader = Mutex<StatsReader?>(nil)
    private let watched = Mutex<WatchedUsage?>(nil)
    private let watching = Mutex(Watching())

    init(worker: WorkerThread, cgroups: JobCgroups? = nil, time: any Timekeeper = TimerThread.shared) {
        self.worker = worker
        self.cgroups = cgroups
        self.time = time
    }

    /// What processes use; those that are gone are left out.
    func sample(_ processes: [Subject]) async -> [ProcessStats] {
        guard !processes.isEmpty else { return [] }
        return await worker.result { [self] in
            let usages = look(at: processes.map(\.osPid))
            return processes.compactMap { process in
                usages[process.osPid].map { usage in
                    var stats = ProcessStats(usage: usage, pid: process.pid)
                    stats.cgroup = process.cgroup.map { CgroupUsage($0.counts()) }
                    return stats
                }
            }
        }
    }

    /// What the processes of a job use together, as its cgroup counts it; nil where it has none.
    func usage(of job: JobName) async -> CgroupUsage? {
        guard let directory = cgroups?.directory(ofJob: job.description) else { return nil }
        return await worker.result { directory.exists ? CgroupUsage(directory.counts()) : nil }
    }

    private func look(at osPids: [Int32]) -> [Int32: ProcessUsage] {
        reader.withLock { reader in
            do {
                if reader == nil { reader = try StatsReader() }
                return try reader?.look(at: osPids) ?? [:]
            } catch {
                return [:]
            }
        }
    }

    // MARK: Watching

    /// Looks at processes again and again, as long as the sequence is read; a slow reader gets the newest look.
    ///
    /// - Parameter subjects: whom to look at each time; nil ends the sequence. Called on the worker.
    func watch(
        _ target: StatsTarget,
        every interval: Duration,
        subjects: @escaping @Sendable () -> [Subject]?
    ) -> AsyncStream<[ProcessStats]> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [ProcessStats].self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let (number, next) = watching.withLock { watching -> (Int, (timer: UInt64, delay: Duration)?) in
            guard !watching.isFinished else { return (0, nil) }
            watching.lastWatcher += 1
            watching.watchers[watching.lastWatcher] = Watcher(subjects: subjects, continuation: continuation)
            watching.watches.add(watching.lastWatcher, target, every: interval)
            return (watching.lastWatcher, plan(&watching))
        }
        guard number > 0 else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.unwatch(number) }
        arm(next)
        return stream
    }

    /// Who watches a process or job that is gone learns it now and not at the next look.
    func ended(_ target: StatsTarget) {
        arm(watching.withLock { watching in watching.watches.hurry(target) ? plan(&watching) : nil })
    }

    /// Ends every sequence, and those to come at once.
    func finish() {
        let watchers = watching.withLock { watching in
            watching.isFinished = true
            return watching.watchers
        }
        for watcher in watchers.values { watcher.continuation.finish() }
    }

    /// How many watch.
    var watcherCount: Int { watching.withLock { $0.watchers.count } }

    private func unwatch(_ number: Int) {
        let isLast = watching.withLock { watching in
            watching.watchers[number] = nil
            watching.watches.remove(number)
            guard watching.watches.isEmpty else { return false }
            watching.timer += 1
            return true
        }
        guard isLast else { return }
        worker.perform { [self] in
            if watcherCount == 0 { watched.withLock { $0?.forget() } }
        }
    }

    /// The next look, which takes the place of the one that was planned; nil where there is none or one is under way.
    private func plan(_ watching: inout Watching) -> (timer: UInt64, delay: Duration)? {
        guard !watching.isLooking, let delay = watching.watches.delay(at: time.now) else { return nil }
        watching.timer += 1
        return (watching.timer, delay)
    }

    private func arm(_ plan: (timer: UInt64, delay: Duration)?) {
        guard let (timer, delay) = plan else { return }
        let body: @Sendable () -> Void = { [weak self] in self?.due(timer) }
        if delay > .zero { time.schedule(after: delay, body) } else { time.perform(body) }
    }

    private func due(_ timer: UInt64) {
        let (due, next) = watching.withLock { watching -> ([Int], (timer: UInt64, delay: Duration)?) in
            guard timer == watching.timer, !watching.isLooking else { return ([], nil) }
            let due = watching.watches.takeDue(at: time.now)
            // A timer that came too early, by the rounding of the clock.
            guard !due.isEmpty else { return ([], plan(&watching)) }
            watching.isLooking = true
            return (due, nil)
        }
        guard !due.isEmpty else { return arm(next) }
        worker.perform { [self] in
            look(for: due)
            arm(
                watching.withLock { watching in
                    watching.isLooking = false
                    return plan(&watching)
                }
            )
        }
    }

    /// One look for all that are due.
    private func look(for numbers: [Int]) {
        let watchers = watching.withLock { watching in
            numbers.compactMap { number in watching.watchers[number].map { (number, $0) } }
        }
        let subjects = watchers.map { $0.1.subjects() }
        let osPids = Set(subjects.lazy.compactMap { $0 }.joined().map(\.osPid))
        let now = Machine.sinceBoot
        let found = watched.withLock { watched -> [Int32: WatchedUsage.Sample] in
            if watched == nil { watched = try? WatchedUsage() }
            return watched?.look(at: osPids, now: now) ?? [:]
        }
        for ((number, watcher), subjects) in zip(watchers, subjects) {
            guard let subjects else {
                watcher.continuation.finish()
                continue
            }
            let alive = subjects.filter { found[$0.osPid] != nil }
            var samples = alive.compactMap { found[$0.osPid] }
            var cpu = watcher.cpu
            cpu.fill(&samples, at: now)
            watching.withLock { $0.watchers[number]?.cpu = cpu }
            watcher.continuation.yield(zip(alive, samples).map { ProcessStats(usage: $1.usage, pid: $0.pid) })
        }
    }
}

extension CgroupUsage {
    fileprivate init(_ counts: CgroupCounts) {
        self.init()
        memoryCurrent = counts.memoryCurrent
        memoryPeak = counts.memoryPeak
        cpuUsage = counts.cpuUsage.map { Double($0) / 1e6 }
        cpuThrottled = counts.cpuThrottled.map { Double($0) / 1e6 }
        tasks = counts.tasks.map { Int(clamping: $0) }
        oomKills = counts.oomKills.map { Int(clamping: $0) }
    }
}

extension ProcessStats {
    fileprivate init(usage: ProcessUsage, pid: Int?) {
        self.init(
            pid: pid,
            osPid: usage.osPid,
            residentBytes: usage.residentBytes,
            virtualBytes: usage.virtualBytes,
            cpuPercent: usage.cpuPercent,
            memoryPercent: usage.memoryPercent,
            cpuSeconds: usage.cpuSeconds,
            username: usage.username,
            nice: usage.nice,
            cmdline: usage.commandLine,
            children: usage.children.map { ProcessStats(usage: $0, pid: nil) }
        )
    }
}
