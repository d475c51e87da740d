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

    private let worker: WorkerThread
    private let cgroups: JobCgroups?
    /// Opened at the first look; nil where /proc can't be opened.
    private let reader = Mutex<StatsReader?>(nil)

    init(worker: WorkerThread, cgroups: JobCgroups? = nil) {
        self.worker = worker
        self.cgroups = cgroups
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
