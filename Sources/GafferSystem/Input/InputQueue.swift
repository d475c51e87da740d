internal import DequeModule

/// What waits to be written to one stream of a process: bounded, in order, each write with its own deadline.
///
/// A write that is not taken in time leaves what was taken where it is; the rest of it is dropped, and the next write
/// goes on.
struct InputQueue {
    /// A write that is over before all of it was taken.
    struct Unfinished: Equatable {
        let number: UInt64
        /// How many of its bytes were taken.
        let taken: Int
    }

    private struct Write {
        let number: UInt64
        let bytes: [UInt8]
        let deadline: Duration
        var taken = 0
    }

    /// How many bytes may wait.
    let limit: Int
    /// How many bytes wait.
    private(set) var waitingBytes = 0
    private var writes = Deque<Write>()

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { writes.isEmpty }

    /// Adds a write of at least one byte; false: too much waits.
    mutating func add(_ number: UInt64, _ bytes: [UInt8], deadline: Duration) -> Bool {
        guard bytes.count <= limit - waitingBytes else { return false }
        writes.append(Write(number: number, bytes: bytes, deadline: deadline))
        waitingBytes += bytes.count
        return true
    }

    /// What is to be written next.
    var next: ArraySlice<UInt8> {
        writes.first.map { $0.bytes[$0.taken...] } ?? []
    }

    /// So many bytes of ``next`` were taken; the number of the write that is done by that.
    mutating func took(_ count: Int) -> UInt64? {
        guard !writes.isEmpty else { return nil }
        waitingBytes -= count
        writes[0].taken += count
        guard writes[0].taken == writes[0].bytes.count else { return nil }
        return writes.removeFirst().number
    }

    /// Drops what has waited for too long.
    mutating func expire(at now: Duration) -> [Unfinished] {
        remove { $0.deadline <= now }
    }

    /// Drops everything.
    mutating func removeAll() -> [Unfinished] {
        remove { _ in true }
    }

    /// When the next write has waited for too long.
    var nextDeadline: Duration? {
        writes.lazy.map(\.deadline).min()
    }

    private mutating func remove(where isOver: (Write) -> Bool) -> [Unfinished] {
        var unfinished: [Unfinished] = []
        var kept = Deque<Write>()
        for write in writes {
            guard isOver(write) else {
                kept.append(write)
                continue
            }
            unfinished.append(Unfinished(number: write.number, taken: write.taken))
            waitingBytes -= write.bytes.count - write.taken
        }
        writes = kept
        return unfinished
    }
}
