internal import CGafferSystem
internal import GafferSystem

/// Bytes that wait, in a ring of fixed size that takes only as much memory as was touched since it was empty last.
///
/// Bytes have offsets that only grow. Who adds and who removes hold the queue's lock; who reads need not, since what
/// is between ``head`` and ``tail`` does not change.
final class JournalRing: @unchecked Sendable {
    // @unchecked: see above; nothing hands the memory out but `views`, whose caller reads what is his.

    /// The most bytes, whole pages.
    let capacity: Int
    private var memory: UnsafeMutableRawPointer?
    /// The offset of the first byte that is kept.
    private(set) var head = 0
    /// The offset behind the last byte.
    private(set) var tail = 0
    /// How far the memory was touched since it was given back last.
    private var touched = 0

    /// So much is kept when the ring is empty.
    private static let kept = 64 << 10

    init(capacity: Int) {
        self.capacity = (max(1, capacity) + 4095) / 4096 * 4096
    }

    deinit {
        if let memory { gaffer_unreserve_memory(memory, capacity) }
    }

    var count: Int { tail - head }

    /// Adds a copy of the bytes; false where there is no room, or no memory.
    func append(_ bytes: ByteView) -> Bool {
        guard bytes.count <= capacity - count else { return false }
        if memory == nil { memory = gaffer_reserve_memory(capacity) }
        guard let memory else { return false }
        if let source = bytes.buffer.baseAddress {
            let position = tail % capacity
            let first = min(bytes.count, capacity - position)
            (memory + position).copyMemory(from: source, byteCount: first)
            if first < bytes.count { memory.copyMemory(from: source + first, byteCount: bytes.count - first) }
            touched = first < bytes.count ? capacity : max(touched, position + bytes.count)
        }
        tail += bytes.count
        return true
    }

    /// The bytes of a range, in one view or two.
    func views(at offset: Int, count: Int) -> (ByteView, ByteView) {
        let position = offset % capacity
        let first = min(count, capacity - position)
        let base = UnsafeRawPointer(memory)
        return (
            ByteView(UnsafeRawBufferPointer(start: base.map { $0 + position }, count: first)),
            ByteView(UnsafeRawBufferPointer(start: base, count: count - first))
        )
    }

    /// Removes the first bytes.
    func remove(_ count: Int) {
        head += count
        guard head == tail else { return }
        // From the beginning again, so that a ring in which little waits touches little.
        head = 0
        tail = 0
        guard touched > JournalRing.kept * 4, let memory else { return }
        gaffer_give_memory_back(memory + JournalRing.kept, capacity - JournalRing.kept)
        touched = JournalRing.kept
    }
}
