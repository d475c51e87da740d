public import GafferModel
internal import Synchronization

/// Hands every event to whoever listens, each at its own pace, and keeps the last ones for those who come later.
///
/// Nobody is waited for: a listener that falls behind by more than is kept loses the oldest events, and learns how many.
public final class EventBus: Sendable {
    /// How many of the last events are kept.
    public static let standardHistory = 10_000
    /// The most events in one ``EventBatch``.
    static let batchLimit = 1_000

    /// Names the daemon's life that the numbers belong to: eight hexadecimal digits, others in each life.
    ///
    /// Who comes back with a number of an earlier life is not to be taken for one who has read that far.
    public let life: String

    private let log: Broadcast<Event>
    /// Something was published and is not yet handed out.
    private let isPending = Mutex(false)
    private let later: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

    /// Makes a bus that nothing was published on.
    ///
    /// - Parameters:
    ///   - history: how many of the last events are kept.
    ///   - life: names the daemon's life; a new one where nothing is said.
    ///   - later: calls what it is given a moment later; nil: events are handed out at once. Handing out wakes the
    ///     listeners, who would take the processor from a process that is just being started; and in a storm of events
    ///     one waking serves many.
    package init(
        history: Int = EventBus.standardHistory,
        life: String = EventBus.newLife(),
        later: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
    ) {
        self.life = life
        log = Broadcast(limit: max(1, history), keepsHistory: true)
        self.later = later
    }

    /// A name that no other life has.
    package static func newLife() -> String {
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// The number of the last event; 0 before the first.
    public var lastSequence: UInt64 { log.end }

    /// All events from now on, one by one; what a slow listener misses shows in ``GafferModel/Event/sequence``.
    ///
    /// - Parameter buffer: how many events may wait for a slow listener before the oldest is dropped; as many as are kept
    ///   where it is less.
    public func events(buffer: Int = EventBus.standardHistory) -> AsyncStream<Event> {
        let cursor = EventCursor(feed(after: nil, buffer: buffer))
        return AsyncStream {
            await cursor.next()
        } onCancel: {
            cursor.feed.cancel()
        }
    }

    /// The events after one of that number, first those that are kept, then those that come, many at once.
    ///
    /// There is neither a gap nor an event twice between the two. The first batch tells how many of those after
    /// `sequence` are no longer kept. A number that no event had yet is of another daemon's life: all that is kept
    /// comes.
    ///
    /// - Parameter buffer: how many events may wait for a slow listener before the oldest is dropped; as many as are kept
    ///   where it is less.
    public func events(after sequence: UInt64, buffer: Int = EventBus.standardHistory) -> EventFeed {
        feed(after: sequence, buffer: buffer)
    }

    /// The events from now on, many at once.
    public func feed(buffer: Int = EventBus.standardHistory) -> EventFeed {
        feed(after: nil, buffer: buffer)
    }

    private func feed(after sequence: UInt64?, buffer: Int) -> EventFeed {
        EventFeed(
            log.reader(reach: buffer) { log in
                // The first event has the number 1 and the index 0.
                guard let sequence else { return log.end }
                return sequence <= log.end ? sequence : log.first
            }
        )
    }

    package func publish(_ kind: Event.Kind, of job: JobName, time: Double) {
        log.append { index in Event(sequence: index + 1, time: time, job: job, kind: kind) }
        guard let later else { return log.wake() }
        let isFirst = isPending.withLock { isPending in
            defer { isPending = true }
            return !isPending
        }
        if isFirst { later { self.handOut() } }
    }

    private func handOut() {
        isPending.withLock { $0 = false }
        log.wake()
    }

    /// Ends every listener's sequence, after what was published.
    package func finish() {
        log.finish()
    }
}

/// Events that follow each other, and what is missing before them.
public struct EventBatch: Sendable, Hashable {
    /// The events, in order; at least one.
    public var events: [Event]
    /// How many events before the first of them this listener has lost.
    public var missed: UInt64

    /// Makes a batch.
    public init(events: [Event], missed: UInt64 = 0) {
        self.events = events
        self.missed = missed
    }
}

/// The events of an ``EventBus`` as one listener gets them, many at once; for one task at a time.
public final class EventFeed: AsyncSequence, Sendable {
    /// What the sequence is of.
    public typealias Element = EventBatch

    private let reader: Broadcast<Event>.Reader

    init(_ reader: Broadcast<Event>.Reader) {
        self.reader = reader
    }

    /// Ends the sequence, at once.
    public func cancel() {
        reader.cancel()
    }

    /// What is there, or what comes next; nil at the end, and when the task is cancelled.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async -> EventBatch? {
        guard let batch = await reader.next(atMost: EventBus.batchLimit, isolation: actor) else { return nil }
        return EventBatch(events: batch.elements, missed: batch.missed)
    }

    /// Goes through the batches.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let feed: EventFeed

        /// The next batch.
        public mutating func next() async -> EventBatch? {
            await feed.next()
        }

        /// The next batch.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> EventBatch? {
            await feed.next(isolation: actor)
        }
    }

    /// An iterator of what this feed has not given yet.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(feed: self)
    }
}

/// Takes a feed's events one by one.
private final class EventCursor: Sendable {
    let feed: EventFeed
    private let rest = Mutex<ArraySlice<Event>>([])

    init(_ feed: EventFeed) {
        self.feed = feed
    }

    func next() async -> Event? {
        if let event = rest.withLock({ $0.popFirst() }) { return event }
        guard let batch = await feed.next() else { return nil }
        return rest.withLock { rest in
            rest = batch.events[...]
            return rest.popFirst()
        }
    }
}
