internal import Gaffer
internal import WebServer

/// The messages of a topic, events or stats, on their way to one client.
struct EventDelivery: Sendable {
    let reader: TopicHub.Reader
    let encoder: EventEncoder
    /// The number of the last event before the first that is to be told.
    let lastSequence: UInt64

    /// Sends the messages to the topic's end.
    func run(to gate: OutgoingGate) async throws(SessionEnd) {
        defer { reader.cancel() }
        var sequence = lastSequence
        var made = reader.made
        while let batch = await reader.next() {
            if batch.missed > 0, let first = batch.elements.first, let numbers = first.numbers {
                let gap = encoder.gap(
                    from: min(sequence + 1, numbers.lowerBound),
                    to: max(numbers.lowerBound, 1) - 1,
                    lost: first.before - min(first.before, made)
                )
                try await gate.send(OutgoingMessages([gap]))
            }
            for events in batch.elements {
                try await gate.send(events.messages)
                sequence = events.numbers?.upperBound ?? sequence
                made = events.before + events.count
            }
        }
        guard !Task.isCancelled else { throw .cancelled }
    }

    /// Ends the wait for more.
    func cancel() {
        reader.cancel()
    }
}
