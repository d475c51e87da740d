internal import Gaffer
internal import GafferModel
internal import WebChannels
internal import WebServer

/// What happens to jobs, told to one client, as far as it may know.
struct EventsFeed: Sendable {
    /// Whose manners it has.
    enum Style: Sendable {
        /// `GET /events`: each event once, JSON lines, and ids to resume from.
        case today
        /// `GET /watch` of 0.4: an event by each name that 0.4 had for it, and lines that end in CR LF.
        case legacy
    }

    /// The names under which an event is told: the first that the pattern chooses, or all that 0.4 knew.
    private func names(of event: Event) -> [String] {
        let names = pattern.names(of: event)
        switch style {
        case .today: return Array(names.prefix(1))
        case .legacy:
            return names.filter { name in
                guard !name.hasPrefix("job.") else { return false }
                return event.kind.pid.map { !name.hasPrefix("proc.\($0).") } ?? true
            }
        }
    }

    let events: EventBus
    let pattern: EventPattern
    let style: Style
    let request: FeedRequest
    /// Whether who asked may know of what happens to a job; asked anew for each, since rights may go.
    let maySee: @Sendable (JobName) -> Bool
    /// Whether who asked may still have anything at all.
    let mayGoOn: @Sendable () -> Bool

    /// Where a feed begins.
    private struct Start {
        /// The number after which events are told.
        var sequence: UInt64
        /// Whether the reader was with an earlier life of gafferd: what it has missed of that one is not known.
        var isForeign = false
    }

    private func start() throws(GafferError) -> Start {
        guard let since = request.since else { return Start(sequence: events.lastSequence) }
        let position = FeedPosition(since)
        guard let number = position.number else {
            throw GafferError(.badRequest, "\(JSON.string(since)) is no number of an event.")
        }
        return position.isForeign(to: events.life) ? Start(sequence: 0, isForeign: true) : Start(sequence: number)
    }

    private func id(_ sequence: UInt64) -> String { "\(events.life).\(sequence)" }

    func response() throws(GafferError) -> Response {
        let start = try start()
        let feed = events.events(after: start.sequence)
        let lost = start.isForeign ? Self.gap(from: 0, to: 0, lost: nil).encoded() : nil
        switch request.form {
        case .eventsource:
            return EventStream.response { writer in
                defer { feed.cancel() }
                var begin = EventStreamEncoder.retry(after: .seconds(1))
                // Who breaks off before the first event comes back to here.
                if style == .today { begin += Array("id: \(id(start.sequence))\n\n".utf8) }
                if let lost { begin += EventStreamEncoder.event(name: .init("gap"), data: lost) }
                guard (try? await writer.write(begin)) != nil else { return }
                try? await writer.write(
                    EventBatches(feed: feed, mayGoOn: mayGoOn),
                    heartbeat: request.heartbeat.map { Heartbeat(every: $0) },
                    encode: sentEvents
                )
            }
        case .continuous:
            return Response(contentType: .jsonLines, headers: [.init("cache-control", "no-store")]) { writer in
                defer { feed.cancel() }
                if let lost { guard (try? await writer.write(lost + end)) != nil else { return } }
                try? await writer.write(
                    EventBatches(feed: feed, mayGoOn: mayGoOn),
                    heartbeat: request.heartbeat.map { Heartbeat(every: $0, [0x0A]) },
                    encode: lines
                )
            }
        case .longpoll:
            feed.cancel()
            preconditionFailure("A long poll is no stream.")
        }
    }

    /// What comes next, as one answer.
    func next() async -> Response {
        await HTTPAPI.answering { () async throws(GafferError) in
            let start = try start()
            let feed = events.events(after: start.sequence)
            defer { feed.cancel() }
            var lost: UInt64 = 0
            var found: [Event] = []
            while found.isEmpty, let batch = await feed.next() {
                lost += batch.missed
                found = batch.events.filter { maySee($0.job) && !names(of: $0).isEmpty }
            }
            return answer(found, lost: start.isForeign ? nil : lost, after: start.sequence)
        }
    }

    /// - Parameter lost: how many events are missing before them; nil: those of an earlier life, which are not counted.
    private func answer(_ found: [Event], lost: UInt64?, after start: UInt64) -> Response {
        let headers: [Response.Header] = [.init("cache-control", "no-store")]
        switch style {
        case .today:
            let messages = found.flatMap { event in names(of: event).map { event.json(as: $0) } }
            let last = found.last?.sequence ?? start
            var response = Response.json(
                [
                    "events": .array(messages), "last": .integer(Int64(clamping: last)),
                    "position": .string(id(last)), "lost": lost.map { .integer(Int64(clamping: $0)) } ?? .null,
                ]
            )
            response.headers = headers
            return response
        case .legacy:
            var body: [UInt8] = []
            if let event = found.first, let name = names(of: event).first {
                body = event.json(as: name).encoded() + [0x0D, 0x0A]
            }
            return Response(contentType: .json, body: body, headers: headers)
        }
    }

    private func sentEvents(_ batch: EventBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        if batch.missed > 0 {
            bytes += EventStreamEncoder.event(name: .init("gap"), data: gap(batch).encoded())
        }
        for event in batch.events where maySee(event.job) {
            for name in names(of: event) {
                let id = style == .today ? EventStreamEncoder.Field(id(event.sequence)) : nil
                bytes += EventStreamEncoder.event(id: id, name: .init(name), data: event.json(as: name).encoded())
            }
        }
        return bytes
    }

    /// What ends a line.
    private var end: [UInt8] { style == .legacy ? [0x0D, 0x0A] : [0x0A] }

    private func lines(_ batch: EventBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        if batch.missed > 0 { bytes += gap(batch).encoded() + end }
        for event in batch.events where maySee(event.job) {
            for name in names(of: event) { bytes += event.json(as: name).encoded() + end }
        }
        return bytes
    }

    private static func gap(from: UInt64, to: UInt64, lost: UInt64?) -> JSON {
        [
            "event": "gap", "from": .integer(Int64(clamping: from)), "to": .integer(Int64(clamping: to)),
            "lost": lost.map { .integer(Int64(clamping: $0)) } ?? .null,
        ]
    }

    private func gap(_ batch: EventBatch) -> JSON {
        let next = batch.events.first?.sequence ?? 0
        return Self.gap(from: next - min(next, batch.missed), to: next - min(next, 1), lost: batch.missed)
    }
}

/// The batches of a feed, until who reads them may do so no longer.
private struct EventBatches: AsyncSequence, Sendable {
    typealias Failure = Never

    let feed: EventFeed
    let mayGoOn: @Sendable () -> Bool

    struct AsyncIterator: AsyncIteratorProtocol {
        let batches: EventBatches

        mutating func next() async -> EventBatch? {
            await next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async -> EventBatch? {
            guard let batch = await batches.feed.next(), batches.mayGoOn() else { return nil }
            return batch
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(batches: self) }
}
