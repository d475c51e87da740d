internal import Gaffer
internal import GafferModel
internal import WebServer

/// Some events, or one look at what processes use, as messages for any number of clients.
struct EncodedEvents: Sendable {
    /// The messages.
    var messages: OutgoingMessages
    /// The numbers of the first and the last event that they are made of; nil for stats, of which only the newest count.
    var numbers: ClosedRange<UInt64>?
    /// How many messages of the topic were made before.
    var before: UInt64 = 0

    /// How many messages these are.
    var count: UInt64 { UInt64(messages.elements.count) }

    /// What it costs to keep.
    var cost: Int {
        messages.elements.reduce(64) { $0 + $1.bytes.count }
    }
}

/// Makes messages of what happens and of what processes use, as the channel has them.
///
///     {"event":"gaffer:event","data":{"event":"job.shop.web.spawn","topic":"JOB:shop.web","name":"shop.web",…}}
///     {"event":"gaffer:event","data":{"event":"stat","topic":"STATS:3","pid":3,"os_pid":4711,"mem_info1":"5M",…}}
///     {"event":"gaffer:event","data":{"event":"gap","topic":"EVENTS","from":17,"to":94,"lost":78}}
///
/// An event comes once under each of its names that the topic is about. `gap` stands for messages that a client did not
/// get since it was too slow: it would have been `lost` of them, of the events with the numbers `from` to `to`.
struct EventEncoder: Sendable {
    private static let start = Array(#"{"event":"gaffer:event","data":{"event":"#.utf8)
    /// How many events become one batch.
    private static let batchSize = 256

    private let topic: [UInt8]

    init(topic: String) {
        var bytes = Array(#","topic":"#.utf8)
        JSON.string(topic).write(into: &bytes)
        self.topic = bytes
    }

    /// Hands on the events of a bus that a pattern matches, until the feed ends or the last event came.
    ///
    /// - Parameter isLast: whether nothing of the topic comes after an event.
    func pump(
        _ feed: EventFeed,
        _ pattern: EventPattern,
        isLast: @escaping @Sendable (Event) -> Bool = { _ in false }
    ) -> TopicHub.Pump {
        { emit in
            defer { feed.cancel() }
            while let batch = await feed.next() {
                var missed = batch.missed
                var rest = batch.events[...]
                while !rest.isEmpty {
                    var events = rest.prefix(EventEncoder.batchSize)
                    rest = rest.dropFirst(events.count)
                    let last = events.firstIndex(where: isLast)
                    if let last { events = events[...last] }
                    if let encoded = encode(events, pattern, missed: missed) { emit(encoded) }
                    missed = 0
                    if last != nil { return }
                }
            }
        }
    }

    /// Hands on what processes use, as often as it is looked at.
    func pump(_ looks: AsyncStream<[ProcessStats]>) -> TopicHub.Pump {
        { emit in
            for await look in looks where !look.isEmpty {
                emit(EncodedEvents(messages: OutgoingMessages(look.map(encode))))
            }
        }
    }

    /// What stands for messages that a client did not get.
    func gap(from first: UInt64, to last: UInt64, lost: UInt64) -> OutgoingMessages.Element {
        element(
            named: "gap",
            [
                .init("from", .integer(Int64(clamping: first))), .init("to", .integer(Int64(clamping: last))),
                .init("lost", .integer(Int64(clamping: lost))),
            ]
        )
    }

    /// The messages of some events; nil where none is of the topic.
    ///
    /// - Parameter missed: how many events before them nobody can tell of any more.
    private func encode(_ events: ArraySlice<Event>, _ pattern: EventPattern, missed: UInt64) -> EncodedEvents? {
        guard let first = events.first?.sequence, let last = events.last?.sequence else { return nil }
        var elements: [OutgoingMessages.Element] = []
        if missed > 0 { elements.append(gap(from: first - min(first, missed), to: first - 1, lost: missed)) }
        for event in events where pattern.matches(event) {
            // The members but `event` are the same under each name.
            let members = (event.json(as: "").objectValue ?? []).dropFirst()
            var end: [UInt8] = []
            append(members, to: &end)
            for name in pattern.names(of: event) {
                var bytes = EventEncoder.start
                bytes.reserveCapacity(bytes.count + name.utf8.count + 2 + topic.count + end.count)
                JSON.string(name).write(into: &bytes)
                bytes += topic
                bytes += end
                elements.append(.text(bytes))
            }
        }
        guard !elements.isEmpty else { return nil }
        return EncodedEvents(messages: OutgoingMessages(elements), numbers: first...max(first, last))
    }

    private func encode(_ stats: ProcessStats) -> OutgoingMessages.Element {
        element(named: "stat", stats.json.objectValue ?? [])
    }

    private func element(named name: String, _ members: [JSON.Member]) -> OutgoingMessages.Element {
        var bytes = EventEncoder.start
        JSON.string(name).write(into: &bytes)
        bytes += topic
        append(members[...], to: &bytes)
        return .text(bytes)
    }

    /// Appends the members that follow `topic`, and both closing braces.
    private func append(_ members: ArraySlice<JSON.Member>, to bytes: inout [UInt8]) {
        if !members.isEmpty {
            bytes.append(UInt8(ascii: ","))
            bytes += JSON.object(Array(members)).encoded().dropFirst()
            bytes.append(UInt8(ascii: "}"))
        } else {
            bytes += "}}".utf8
        }
    }
}
