internal import Synchronization

/// Counts the bytes of several streams, which may come on several threads.
package final class ByteCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    /// How many bytes came so far.
    package var total: UInt64 { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) {
        count.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }
}
