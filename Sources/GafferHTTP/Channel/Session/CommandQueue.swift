/// Which commands wait until those before them are carried out; a bounded number.
struct CommandQueue {
    private var waiting: [(call: CommandCall, size: Int)] = []
    private var bytes = 0
    private let limits: ChannelLimits

    init(limits: ChannelLimits) {
        self.limits = limits
    }

    /// Takes a command; false: too many wait.
    mutating func append(_ call: CommandCall, size: Int) -> Bool {
        guard waiting.isEmpty || waiting.count < limits.waitingCommands && bytes + size <= limits.waitingBytes else {
            return false
        }
        waiting.append((call, size))
        bytes += size
        return true
    }

    /// The one that is next.
    mutating func next() -> CommandCall? {
        guard !waiting.isEmpty else { return nil }
        let (call, size) = waiting.removeFirst()
        bytes -= size
        return call
    }
}
