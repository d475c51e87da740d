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
        hub: OutputHub<StreamPiece>,
        mayGoOn: @escaping @Sendable () -> Bool
    ) throws(GafferError) {
        let chosen = label == "." ? streams : streams.filter { $0.label == label }
        var position = StreamPosition(labels: chosen.map(\.label))
        if let since = request.since {
            position = try StreamPosition(parsing: since, labels: chosen.map(\.label))
        }
        sources = chosen.enumerated().map { index, stream in
            let start: OutputStart =
                if request.since != nil {
                    .offset(position.offsets[index].offset)
                } else if let tail = request.tail {
                    .lines(tail)
                } else {
                    .now
                }
            if request.since == nil { position.read(index, upTo: stream.totalBytes) }
            return Source(stream: stream, start: start, index: index)
        }
        self.position = Mutex(position)
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
            guard (try? await writer.write(EventStreamEncoder.retry(after: .seconds(1)))) != nil else { return }
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
                let gap: JSON = [
                    "stream": .string(label),
                    "from": .integer(Int64(clamping: piece.offset - min(piece.offset, missed))),
                    "to": .integer(Int64(clamping: piece.offset)), "lost": .integer(Int64(clamping: missed)),
                ]
                bytes += EventStreamEncoder.event(name: .init("gap"), data: gap.encoded())
                missed = 0
            }
            let id = position.withLock { position in
                position.read(source.index, upTo: piece.end)
                return position.text
            }
            bytes += StreamFeed.event(of: piece, id: id, label: label)
        }
        return bytes
    }

    /// The last line end is not told: each event is a line, or several.
    ///
    /// Bytes that are no UTF-8 are replaced, and stand as they are in the field `data_b64`, which those who know it read.
    static func event(of piece: StreamPiece, id: String, label: String) -> [UInt8] {
        let line = piece.bytes.last == 0x0A ? piece.bytes.dropLast() : piece.bytes[...]
        let isText = String(validating: line, as: UTF8.self) != nil
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

    /// What comes next, or nothing where nothing comes for an hour, or the streams end.
    func next() async -> Response {
        let pieces = await withTaskGroup(of: [UInt8]?.self) { tasks in
            for source in sources {
                tasks.addTask {
                    let feed = self.feed(of: source)
                    defer { feed.cancel() }
                    guard let batch = await feed.next() else { return [] }
                    if let last = batch.elements.last {
                        self.position.withLock { $0.read(source.index, upTo: last.end) }
                    }
                    return self.bytes(batch, source.stream.label)
                }
            }
            tasks.addTask {
                try? await Task.sleep(for: FeedRequest.longestPoll)
                return nil
            }
            var left = sources.count
            var found: [UInt8] = []
            while left > 0, let outcome = await tasks.next() {
                guard let outcome else { break }
                left -= 1
                found += outcome
                // Of the others only what is already there may be lost, and the position tells.
                if !found.isEmpty { break }
            }
            tasks.cancelAll()
            return found
        }
        return Response(
            contentType: .bytes,
            body: pieces,
            headers: [
                .init("cache-control", "no-store"), .init("x-gaffer-position", position.withLock { $0.text }),
            ]
        )
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
