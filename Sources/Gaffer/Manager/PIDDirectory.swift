internal import Synchronization

/// Gives gaffer's own numbers, and knows which job has which process.
final class PIDDirectory: Sendable {
    private struct Content {
        var last = 0
        var jobs: [Int: JobActor] = [:]
    }

    private let content = Mutex(Content())

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
    }

    func job(of pid: Int) -> JobActor? {
        content.withLock { $0.jobs[pid] }
    }

    /// All numbers in use, in order.
    var all: [Int] {
        content.withLock { $0.jobs.keys.sorted() }
    }
}
