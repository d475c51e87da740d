internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// Looks at what processes use, on a thread of its own: /proc is read by blocking calls, and names are looked up.
final class StatsSampler: Sendable {
    private let worker: WorkerThread
    /// Opened at the first look; nil where /proc can't be opened.
    private let reader = Mutex<StatsReader?>(nil)

    init(worker: WorkerThread) {
        self.worker = worker
    }

    /// What processes use; those that are gone are left out.
    func sample(_ processes: [(pid: Int, osPid: Int32)]) async -> [ProcessStats] {
        guard !processes.isEmpty else { return [] }
        return await worker.result { [self] in
            let usages = look(at: processes.map(\.osPid))
            return processes.compactMap { process in
                usages[process.osPid].map { ProcessStats(usage: $0, pid: process.pid) }
            }
        }
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
