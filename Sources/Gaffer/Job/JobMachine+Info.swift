package import GafferModel

extension JobMachine {
    /// What the job is doing, in one word.
    package var state: JobInfo.State {
        let supervised = processes.count { !$0.isCommit }
        switch wish {
        case .idle:
            return .idle
        case .stopped, .unloaded, .released:
            return supervised > 0 || !remnants.isEmpty ? .stopping : .stopped
        case .running:
            switch suspension {
            case .flapping: return .flapping
            case .gaveUp: return .failed
            case nil: break
            }
            if !waiting.isEmpty { return .backoff }
            let running = processes.count { !$0.isCommit && !$0.isLeaving && $0.state == .running }
            if finished > 0, running == 0, supervised == 0 { return .finished }
            return running + finished >= number ? .running : .starting
        }
    }

    /// What is known of the job.
    ///
    /// - Parameter now: on the clock of the events.
    package func info(at now: Duration) -> JobInfo {
        let due = waiting.values.min() ?? retryAt
        return JobInfo(
            name: name,
            state: state,
            wanted: wanted,
            instances: instances(isCommit: false) + instances(isCommit: true),
            config: config,
            restarts: restarts,
            lastExit: lastExit,
            lastError: lastError,
            retryIn: due.map { max(0, ($0 - now) / .seconds(1)) }
        )
    }

    private func instances(isCommit: Bool) -> [JobInfo.Instance] {
        processes.lazy.filter { $0.isCommit == isCommit }.map {
            JobInfo.Instance(
                pid: $0.pid,
                osPid: $0.osPid,
                instance: $0.instance,
                state: $0.state,
                isCommit: isCommit,
                createTime: $0.createTime
            )
        }
    }
}
