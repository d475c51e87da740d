internal import Synchronization

/// Which processes are waiting to be started, so that a stop can take them back in time.
final class LaunchQueue: Sendable {
    private let waiting = Mutex<Set<Int>>([])

    func insert(_ pid: Int) {
        waiting.withLock { _ = $0.insert(pid) }
    }

    /// Takes it out; true: it was still waiting, and is now the caller's.
    func take(_ pid: Int) -> Bool {
        waiting.withLock { $0.remove(pid) != nil }
    }
}
