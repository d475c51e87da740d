internal import Synchronization

/// Gives gaffer's own numbers, and knows which job has which process.
final class PIDDirectory: Sendable {
    private struct Ended {
        weak var job: JobActor?
    }

    private struct Content {
        var last = 0
        var jobs: [Int: JobActor] = [:]
        /// The ended processes whose output their jobs still keep, which bounds it.
        var ended: [Int: Ended] = [:]
    }

    private let content = Mutex(Content())
    private let removed: @Sendable (Int) -> Void

    /// - Parameter removed: is told of each process that is one no more.
    init(removed: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.removed = removed
    }

    /// A number that was never given before.
    func allocate() -> Int {
        content.withLock { content in
            content.last += 1
            return content.last
        }
    }

    func insert(_ pid: Int, _ job: JobActor) {
        content.withLock { $0.jobs[pid] = job }
    }

    func remove(_ pid: Int) {
        content.withLock { $0.jobs[pid] = nil }
        removed(pid)
    }

    func job(of pid: Int) -> JobActor? {
        content.withLock { $0.jobs[pid] }
    }

    /// A job keeps the output of other ended processes than before.
    func keep(ended kept: [Int], of job: JobActor, insteadOf dropped: [Int]) {
        guard !kept.isEmpty || !dropped.isEmpty else { return }
        content.withLock { content in
            for pid in kept { content.ended[pid] = Ended(job: job) }
            for pid in dropped { content.ended[pid] = nil }
        }
    }

    /// The job of an ended process whose output is kept is gone.
    func forget(ended pids: [Int]) {
        guard !pids.isEmpty else { return }
        content.withLock { content in
            for pid in pids { content.ended[pid] = nil }
        }
    }

    /// The job that keeps the output of an ended process.
    func job(ofEnded pid: Int) -> JobActor? {
        content.withLock { $0.ended[pid]?.job }
    }

    /// How many ended processes are remembered.
    var endedCount: Int { content.withLock { $0.ended.count } }

    /// All numbers in use, in order.
    var all: [Int] {
        content.withLock { $0.jobs.keys.sorted() }
    }
}
