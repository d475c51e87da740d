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
    }

    private let content = Mutex(Content())

    init() {}

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

    func publish(_ kind: Event.Kind, of job: JobName, time: Double) {
        // Yielding under the lock keeps the order the same for everybody; it never waits.
        content.withLock { content in
            content.lastSequence += 1
            let event = Event(sequence: content.lastSequence, time: time, job: job, kind: kind)
            for listener in content.listeners.values { listener.yield(event) }
        }
    }

    /// Ends every listener's sequence.
    func finish() {
        let listeners = content.withLock { content in
            defer { content.listeners.removeAll() }
            return Array(content.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
