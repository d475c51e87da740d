internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import Synchronization
internal import WebChannels
internal import WebServer

/// A piece of a stream on its way to plain HTTP clients; the same for all of them.
struct StreamPiece: Sendable {
    var bytes: [UInt8]
    /// The offset of the first byte.
    var offset: UInt64
    /// How many bytes before that are lost to everybody.
    var gap: UInt64

    init(_ chunk: OutputChunk) {
        bytes = chunk.bytes
        offset = chunk.offset
        gap = chunk.gap
    }

    /// The offset of the byte after the last.
    var end: UInt64 { offset + UInt64(bytes.count) }
}

/// One stream of a process, or all of them, told to one client.
final class StreamFeed: Sendable {
    /// A stream, and where its reader begins.
    private struct Source: Sendable {
        var stream: OutputStream
        var start: OutputStart
        var index: Int
    }

    private let sources: [Source]
    private let request: FeedRequest
    private let hub: OutputHub<StreamPiece>
    private let position: Mutex<StreamPosition>
    /// The beginnings of characters whose rest has yet to come, by the place of the stream.
    private let halves: Mutex<[Int: [UInt8]]>
    /// Whether who asked may still have it: a key can be removed while a feed is open.
    private let mayGoOn: @Sendable () -> Bool

    /// Makes a feed.
    ///
    /// - Parameter label: `.`: all streams.
    /// - Throws: ``StreamError`` where there is no such stream, `bad_request` where the place to resume from is none.
    init(
        of streams: [OutputStream],
        label: String,
        _ request: FeedRequest,
        life: String,
        hub: OutputHub<StreamPiece>,
        mayGoOn: @escaping @Sendable () -> Bool
    ) throws(GafferError) {
        let chosen = label == "." ? streams : streams.filter { $0.label == label }
        var position = StreamPosition(labels: chosen.map(\.label), life: life)
        if let since = request.since {
            position = try StreamPosition(parsing: since, labels: chosen.map(\.label), life: life)
        }
        sources = chosen.enumerated().map { index, stream in
            // Not from when the feed is read, which is a moment after its head was sent: what comes between counts.
            let now = stream.totalBytes
            let start: OutputStart =
                if request.since != nil {
                    .offset(position.offsets[index].offset)
                } else if let tail = request.tail {
                    .lines(tail)
                } else {
                    .offset(now)
                }
            if request.since == nil { position.read(index, upTo: now) }
            return Source(stream: stream, start: start, index: index)
        }
        self.position = Mutex(position)
        halves = Mutex([:])
        self.request = request
        self.hub = hub
        self.mayGoOn = mayGoOn
    }

    /// Whether there is a stream of that label.
    var isEmpty: Bool { sources.isEmpty }

    // MARK: Continuous and server-sent events

    /// Writes all that comes until the streams end, the client goes, or may have it no longer.
    func write(to writer: any ResponseWriter) async {
        if request.form == .eventsource {
            // What a reverse proxy or a browser waits for before it calls the stream open.
            var start = EventStreamEncoder.retry(after: .seconds(1))
            // Who breaks off before the first event comes back to here.
            if request.tail == nil { start += Array("id: \(position.withLock { $0.text })\n\n".utf8) }
            if position.withLock({ $0.isForeign }) {
                for source in sources { start += StreamFeed.gap(source.stream.label, from: 0, to: 0, lost: nil) }
            }
            guard (try? await writer.write(start)) != nil else { return }
        }
        let heartbeat = request.heartbeat.map {
            request.form == .eventsource ? Heartbeat(every: $0) : Heartbeat(every: $0, [0x0A])
        }
        let isWhole = await withTaskGroup(of: Bool.self) { tasks in
            for source in sources {
                // One heartbeat is enough; whole pieces are written, so that the streams don't get into each other.
                let heartbeat = source.index == 0 ? heartbeat : nil
                tasks.addTask { await self.write(source, to: writer, heartbeat) }
            }
            return await tasks.reduce(true) { $0 && $1 }
        }
        guard isWhole, request.form == .eventsource, !Task.isCancelled else { return }
        try? await writer.write(EventStreamEncoder.event(name: .init("end"), data: Array("{}".utf8)))
    }

    /// False where the client went, or was sent away.
    private func write(_ source: Source, to writer: any ResponseWriter, _ heartbeat: Heartbeat?) async -> Bool {
        let feed = feed(of: source)
        defer { feed.cancel() }
        let batches = FeedBatches(feed: feed, mayGoOn: mayGoOn)
        let label = source.stream.label
        do {
            try await writer.write(batches, heartbeat: heartbeat) { batch in
                self.request.form == .eventsource ? self.events(batch, source, label) : self.bytes(batch, label)
            }
            return mayGoOn()
        } catch {
            return false
        }
    }

    private func feed(of source: Source) -> OutputFeed<StreamPiece> {
        hub.reader(of: source.stream, key: "piece", from: source.start, encode: StreamPiece.init) { $0.bytes.count }
    }

    private func events(_ batch: OutputBatch<StreamPiece>, _ source: Source, _ label: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var missed = batch.missed
        for piece in batch.elements {
            missed += piece.gap
            if missed > 0 {
                let from = piece.offset - min(piece.offset, missed)
                bytes += StreamFeed.gap(label, from: from, to: piece.offset, lost: missed)
                missed = 0
            }
            let whole = joined(piece, source.index)
            guard !whole.bytes.isEmpty else { continue }
            let id = position.withLock { position in
                position.read(source.index, upTo: whole.end)
                return position.text
            }
            bytes += StreamFeed.event(of: whole, id: id, label: label)
        }
        return bytes
    }

    /// - Parameter lost: how many bytes are missing; nil: what a life of gafferd before this one had, which is not known.
    private static func gap(_ label: String, from: UInt64, to: UInt64, lost: UInt64?) -> [UInt8] {
        let gap: JSON = [
            "stream": .string(label), "from": .integer(Int64(clamping: from)), "to": .integer(Int64(clamping: to)),
            "lost": lost.map { .integer(Int64(clamping: $0)) } ?? .null,
        ]
        return EventStreamEncoder.event(name: .init("gap"), data: gap.encoded())
    }

    /// The piece with the beginning of a character that was held back before it, and without one at its end.
    private func joined(_ piece: StreamPiece, _ index: Int) -> StreamPiece {
        halves.withLock { halves in
            var whole = piece
            if let half = halves.removeValue(forKey: index), piece.gap == 0 {
                whole.bytes = half + whole.bytes
                whole.offset -= UInt64(half.count)
            }
            let rest = TextCutter.restLength(of: whole.bytes)
            if rest > 0 {
                halves[index] = Array(whole.bytes.suffix(rest))
                whole.bytes.removeLast(rest)
            }
            return whole
        }
    }

    /// The last line end is not told: each event is a line, or several.
    ///
    /// Bytes that are no UTF-8 are replaced, and stand as they are in the field `data_b64`, which those who know it read.
    static func event(of piece: StreamPiece, id: String, label: String) -> [UInt8] {
        var line = piece.bytes.last == 0x0A ? piece.bytes.dropLast() : piece.bytes[...]
        if line.count < piece.bytes.count, line.last == 0x0D { line = line.dropLast() }
        // A carriage return is an end of line here, and would come out as another one.
        let isText = String(validating: line, as: UTF8.self) != nil && !piece.bytes.contains(0x0D)
        let data = isText ? Array(line) : Array(String(decoding: line, as: UTF8.self).utf8)
        var bytes = EventStreamEncoder.event(id: .init(id), name: .init(label), data: data)
        guard !isText else { return bytes }
        bytes.removeLast()
        return bytes + Array("data_b64: \(Base64.encoded(piece.bytes))\n\n".utf8)
    }

    private func bytes(_ batch: OutputBatch<StreamPiece>, _ label: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var missed = batch.missed
        for piece in batch.elements {
            missed += piece.gap
            if missed > 0 { bytes += Array("\n[gaffer: \(missed) bytes of \(label) are missing here]\n".utf8) }
            missed = 0
            bytes += piece.bytes
        }
        return bytes
    }

    // MARK: Long polling

    /// What comes next, however long that takes; nothing where the streams end, which a header then tells.
    func next() async -> Response {
        let (found, isAtEnd) = await withTaskGroup(of: LongPoll.self) { tasks in
            for source in sources {
                tasks.addTask {
                    let feed = self.feed(of: source)
                    defer { feed.cancel() }
                    guard let batch = await feed.next() else { return Task.isCancelled ? .nothing : .end }
                    if let last = batch.elements.last {
                        self.position.withLock { $0.read(source.index, upTo: last.end) }
                    }
                    return .bytes(self.bytes(batch, source.stream.label))
                }
            }
            var ended = 0
            var found: [UInt8] = []
            while found.isEmpty, ended < sources.count, let outcome = await tasks.next() {
                switch outcome {
                case .bytes(let bytes): found += bytes
                case .end: ended += 1
                case .nothing: return (found, false)
                }
            }
            tasks.cancelAll()
            // What the others have taken meanwhile is read, and can't be given again.
            for await outcome in tasks {
                if case .bytes(let bytes) = outcome { found += bytes }
            }
            return (found, ended == sources.count)
        }
        guard mayGoOn() else { return .unauthorized("The key was removed.") }
        var response = Response(
            contentType: .bytes,
            body: found,
            headers: [
                .init("cache-control", "no-store"), .init("x-gaffer-position", position.withLock { $0.text }),
            ]
        )
        if isAtEnd { response.headers.append(.init("x-gaffer-end", "true")) }
        return response
    }

    /// What came of waiting for one stream.
    private enum LongPoll: Sendable {
        case bytes([UInt8])
        case end
        case nothing
    }
}

/// The batches of a feed, until who reads them may do so no longer.
private struct FeedBatches: AsyncSequence, Sendable {
    typealias Failure = Never

    let feed: OutputFeed<StreamPiece>
    let mayGoOn: @Sendable () -> Bool

    struct AsyncIterator: AsyncIteratorProtocol {
        let batches: FeedBatches

        mutating func next() async -> OutputBatch<StreamPiece>? {
            await next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async -> OutputBatch<StreamPiece>? {
            guard let batch = await batches.feed.next(), batches.mayGoOn() else { return nil }
            return batch
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(batches: self) }
}
