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

    /// The number after which events are told.
    private func start() throws(GafferError) -> UInt64 {
        guard let since = request.since else { return events.lastSequence }
        guard !since.isEmpty, since.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(since)
        else {
            throw GafferError(.badRequest, "\(JSON.string(since)) is no number of an event.")
        }
        return number
    }

    func response() throws(GafferError) -> Response {
        let start = try start()
        let feed = events.events(after: start)
        switch request.form {
        case .eventsource:
            return EventStream.response { writer in
                defer { feed.cancel() }
                var begin = EventStreamEncoder.retry(after: .seconds(1))
                // Who breaks off before the first event comes back to here.
                if style == .today { begin += Array("id: \(start)\n\n".utf8) }
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
            let feed = events.events(after: try start())
            defer { feed.cancel() }
            var lost: UInt64 = 0
            var found: [Event] = []
            while found.isEmpty, let batch = await feed.next() {
                lost += batch.missed
                found = batch.events.filter { maySee($0.job) && !names(of: $0).isEmpty }
            }
            return answer(found, lost: lost)
        }
    }

    private func answer(_ found: [Event], lost: UInt64) -> Response {
        let headers: [Response.Header] = [.init("cache-control", "no-store")]
        switch style {
        case .today:
            let messages = found.flatMap { event in names(of: event).map { event.json(as: $0) } }
            let last = found.last?.sequence ?? request.since.flatMap { UInt64($0) } ?? events.lastSequence
            var response = Response.json(
                [
                    "events": .array(messages), "last": .integer(Int64(clamping: last)),
                    "lost": .integer(Int64(clamping: lost)),
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
                let id = style == .today ? EventStreamEncoder.Field(event.sequence) : nil
                bytes += EventStreamEncoder.event(id: id, name: .init(name), data: event.json(as: name).encoded())
            }
        }
        return bytes
    }

    private func lines(_ batch: EventBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        let end: [UInt8] = style == .legacy ? [0x0D, 0x0A] : [0x0A]
        if batch.missed > 0 { bytes += gap(batch).encoded() + end }
        for event in batch.events where maySee(event.job) {
            for name in names(of: event) { bytes += event.json(as: name).encoded() + end }
        }
        return bytes
    }

    private func gap(_ batch: EventBatch) -> JSON {
        let next = batch.events.first?.sequence ?? 0
        return [
            "event": "gap", "from": .integer(Int64(clamping: next - min(next, batch.missed))),
            "to": .integer(Int64(clamping: next - min(next, 1))), "lost": .integer(Int64(clamping: batch.missed)),
        ]
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
