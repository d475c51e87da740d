/// Decides, looking now and then at the output thread's operation counter, whether that thread is stuck in a write.
///
/// The counter is odd during an operation on a file and even between two of them; so one that stays the same and is odd
/// is one operation that takes long.
struct StallDetector: Sendable {
    enum Verdict: Equatable {
        /// All is well; look again.
        case watch
        /// No output since the last look: looking can stop until there is some.
        case rest
        /// The operation has taken for at least ``ticksToStall`` looks.
        case stalled
    }

    /// Looks at one and the same operation until it counts as stuck, after the first.
    static let ticksToStall = 2

    private var last: UInt64 = 0
    private var unchanged = 0

    mutating func looked(at operation: UInt64) -> Verdict {
        guard operation == last else {
            last = operation
            unchanged = 0
            return .watch
        }
        unchanged += 1
        if operation % 2 == 1 { return unchanged >= StallDetector.ticksToStall ? .stalled : .watch }
        return .rest
    }
}
