public import GafferModel
internal import Synchronization

/// Hands every event to whoever listens, each at its own pace.
///
/// A listener that falls behind by more than its buffer loses the oldest events; the gap shows in
/// ``GafferModel/Event/sequence``.
public final class EventBus: Sendable {
    private struct Content {
        var lastSequence: UInt64 = 0
        var lastListener = 0
        var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
        /// Published, and not yet handed out.
        var pending: [Event] = []
    }

    private let content = Mutex(Content())
    private let later: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

    /// - Parameter later: calls what it is given a moment later; nil: events are handed out at once. Handing out wakes
    ///   the listeners, who would take the processor from a process that is just being started; and in a storm of
    ///   events one waking serves many.
    package init(later: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil) {
        self.later = later
    }

    /// All events from now on.
    ///
    /// - Parameter buffer: how many events wait for a slow listener before the oldest is dropped.
    public func events(buffer: Int = 10_000) -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(buffer))
        let number = content.withLock { content in
            content.lastListener += 1
            content.listeners[content.lastListener] = continuation
            return content.lastListener
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.content.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    package func publish(_ kind: Event.Kind, of job: JobName, time: Double) {
        let isFirst = content.withLock { content in
            content.lastSequence += 1
            content.pending.append(Event(sequence: content.lastSequence, time: time, job: job, kind: kind))
            return content.pending.count == 1
        }
        guard isFirst else { return }
        if let later {
            later { self.handOut() }
        } else {
            handOut()
        }
    }

    private func handOut() {
        // Yielding under the lock keeps the order the same for everybody; it never waits.
        content.withLock { content in
            for event in content.pending {
                for listener in content.listeners.values { listener.yield(event) }
            }
            content.pending.removeAll(keepingCapacity: content.pending.count < 1000)
        }
    }

    /// Ends every listener's sequence, after what was published.
    func finish() {
        handOut()
        let listeners = content.withLock { content in
            defer { content.listeners.removeAll() }
            return Array(content.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
