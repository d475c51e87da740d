internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// Makes the messages of each topic once, for all sessions that subscribe to it, while there is one.
final class TopicHub: Sendable {
    /// Takes messages that are made.
    typealias Emit = @Sendable (EncodedEvents) -> Void
    /// Makes messages until there are no more, or its task is cancelled.
    typealias Pump = @Sendable (_ emit: Emit) async -> Void

    private struct Entry {
        let number: Int
        let broadcast: Broadcast<EncodedEvents>
        var task: Task<Void, Never>?
        var readers = 1
        /// How many messages were made.
        var made: UInt64 = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: how much is kept of each topic for those who are slow, in bytes.
    init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// How many topics somebody subscribes to.
    var topics: Int { state.withLock { $0.entries.count } }

    /// The messages of a topic from now on.
    ///
    /// - Parameter start: begins to collect what they are made of, so that nothing is missed from its return on; called
    ///   where nobody subscribes to the topic yet.
    func reader(of key: String, start: () throws(GafferError) -> Pump) throws(GafferError) -> Reader {
        let result: Result<Reader, GafferError> = state.withLock { state in
            if let entry = state.entries[key] {
                state.entries[key]?.readers += 1
                return .success(Reader(self, key, entry.number, entry.broadcast.reader(), made: entry.made))
            }
            let pump: Pump
            do throws(GafferError) {
                pump = try start()
            } catch {
                return .failure(error)
            }
            state.lastNumber += 1
            let number = state.lastNumber
            let broadcast = Broadcast<EncodedEvents>(limit: limit)
            // No session owns it: it serves all that subscribe, and ends with the last of them.
            let task = Task(executorPreference: ThreadExecutor.shared) { [self] in
                await pump { emit($0, of: key, number) }
                ended(key, number)
                broadcast.finish()
            }
            state.entries[key] = Entry(number: number, broadcast: broadcast, task: task)
            return .success(Reader(self, key, number, broadcast.reader(), made: 0))
        }
        return try result.get()
    }

    private func emit(_ events: EncodedEvents, of key: String, _ number: Int) {
        let broadcast = state.withLock { state -> Broadcast<EncodedEvents>? in
            guard let entry = state.entries[key], entry.number == number else { return nil }
            var events = events
            events.before = entry.made
            state.entries[key]?.made += events.count
            // Under the lock, so that who comes now knows how many were made before what it gets.
            entry.broadcast.append(events, cost: events.cost, wakes: false)
            return entry.broadcast
        }
        broadcast?.wake()
    }

    /// Nothing more comes; who subscribes from now on begins anew.
    private func ended(_ key: String, _ number: Int) {
        state.withLock { state in
            if state.entries[key]?.number == number { state.entries[key] = nil }
        }
    }

    private func left(_ key: String, _ number: Int) {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard let entry = state.entries[key], entry.number == number else { return nil }
            guard entry.readers == 1 else {
                state.entries[key]?.readers -= 1
                return nil
            }
            state.entries[key] = nil
            return entry.task
        }
        task?.cancel()
    }

    /// The place of one session in the messages of a topic.
    final class Reader: Sendable {
        /// How many messages were made before its first.
        let made: UInt64
        private let hub: TopicHub
        private let key: String
        private let number: Int
        private let reader: Broadcast<EncodedEvents>.Reader
        private let hasLeft = Mutex(false)

        fileprivate init(
            _ hub: TopicHub,
            _ key: String,
            _ number: Int,
            _ reader: Broadcast<EncodedEvents>.Reader,
            made: UInt64
        ) {
            self.hub = hub
            self.key = key
            self.number = number
            self.reader = reader
            self.made = made
        }

        deinit { cancel() }

        /// What is there, as soon as there is something; nil at the end.
        func next() async -> Broadcast<EncodedEvents>.Batch? {
            await reader.next()
        }

        /// Wants no more.
        func cancel() {
            let isFirst = hasLeft.withLock { hasLeft in
                defer { hasLeft = true }
                return !hasLeft
            }
            guard isFirst else { return }
            reader.cancel()
            hub.left(key, number)
        }
    }
}
