internal import GafferModel
internal import GafferSystem

extension ProcessKeeper {
    /// Stops processes that a daemon before this one started and that outlived it, each proven to be the same.
    ///
    /// - Parameter done: is called when the last one is gone.
    package func endSurvivors(
        _ records: [ProcessRecord],
        allocatePID: () -> Int,
        done: @escaping @Sendable ([ProcessRecord]) -> Void
    ) {
        let remaining = Remaining()
        var alive: [ProcessRecord] = []
        for record in records {
            let pid = allocatePID()
            var config = JobConfig(cmd: "")
            config.stopSignal = record.stopSignal
            config.gracefulTimeout = record.gracefulTimeout
            let process = AdoptedProcess(
                pid: pid,
                osPid: record.osPid,
                startTime: record.startTime,
                name: record.name,
                instance: record.instance,
                config: config,
                time: record.time,
                report: { [self] report in
                    switch report {
                    case .exited(_, let hasRemnant):
                        if !hasRemnant { remaining.pids.remove(pid) }
                    case .remnantEnded:
                        remaining.pids.remove(pid)
                    case .launched, .failed, .cancelled, .remnantFound:
                        break
                    }
                    guard remaining.pids.isEmpty, let done = remaining.done else { return }
                    remaining.done = nil
                    loop.perform { done(remaining.records) }
                }
            )
            guard adopt(process) else { continue }
            remaining.pids.insert(pid)
            alive.append(record)
            _ = schedule(after: record.gracefulTimeout) { [self] in kill([pid]) }
        }
        guard !alive.isEmpty else { return done([]) }
        remaining.records = alive
        remaining.done = done
        // After the watches that the adoptions have queued.
        let pids = Array(remaining.pids)
        loop.perform { [self] in
            for pid in pids {
                guard let tracked = processes[pid] else { continue }
                stop([pid], with: tracked.stopSignal)
            }
        }
    }
}

/// Who is still waited for.
private final class Remaining: @unchecked Sendable {
    // @unchecked: confined to the supervision loop.
    var pids: Set<Int> = []
    var records: [ProcessRecord] = []
    var done: (@Sendable ([ProcessRecord]) -> Void)?
}
