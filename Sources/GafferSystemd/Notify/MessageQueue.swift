/// Messages that wait to be sent: at most one of each kind, so that a systemd that does not read costs no memory.
package struct MessageQueue: Sendable {
    private var messages: [ServiceMessage] = []

    package init() {}

    package var isEmpty: Bool { messages.isEmpty }

    /// Queues messages in their order; those they replace are taken out.
    package mutating func add(_ new: [ServiceMessage]) {
        for message in new {
            messages.removeAll { message.replaces($0) }
            messages.append(message)
        }
    }

    /// The text of one notification with all that waits; nil: nothing does.
    ///
    /// A reload that was over before it was told is told as two notifications, since one can't say both.
    package mutating func takeNext() -> String? {
        guard !messages.isEmpty else { return nil }
        let states = messages.indices.filter { messages[$0].isState }
        let end = states.count > 1 ? states[1] : messages.count
        let batch = messages.prefix(end)
        messages.removeFirst(batch.count)
        return batch.map(\.assignment).joined(separator: "\n")
    }
}

extension ServiceMessage {
    /// Whether it says where the service is in its life, of which there is one at a time.
    fileprivate var isState: Bool {
        switch self {
        case .ready, .reloading, .stopping: true
        case .status, .watchdog, .extendTimeout, .errno: false
        }
    }
}
