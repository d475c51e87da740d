package import Gaffer
internal import Synchronization

/// Keeps wishes in memory.
package final class RecordingWishStore: WishStore {
    private let content = Mutex<[Wishes]>([])

    package init() {}

    /// What was kept, the newest last.
    package var saved: [Wishes] {
        content.withLock { $0 }
    }

    package func save(_ wishes: Wishes, done: @escaping @Sendable () -> Void) {
        content.withLock { $0.append(wishes) }
        done()
    }
}
