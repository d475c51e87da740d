package import GafferModel
package import GafferSystem

extension ManagerActor: ProcessFeeds {
    package nonisolated func job(of pid: Int) throws(GafferError) -> JobName {
        try actor(of: pid).name
    }

    package nonisolated func streams(of pid: Int) throws(GafferError) -> [OutputStream] {
        try actor(of: pid).board.withContent { $0.processes[pid]?.output }?.streams ?? []
    }

    package nonisolated func untilStarted(_ pid: Int) async {
        guard let job = try? actor(of: pid) else { return }
        try? await job.attempts().settled()
    }

    package nonisolated func write(
        _ bytes: [UInt8],
        to label: String,
        of pid: Int,
        within timeout: Duration
    ) async throws(GafferError) {
        throw GafferError(.forbidden, "Process \(pid): \(label) can't be written to.")
    }

    package nonisolated func closeInput(_ label: String, of pid: Int) async throws(GafferError) {
        throw GafferError(.forbidden, "Process \(pid): \(label) can't be written to.")
    }

    package nonisolated func stats(of target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]> {
        AsyncStream { $0.finish() }
    }
}
