package import WebClient

/// Server-sent events of gafferd, taken up again where the connection broke off.
///
/// It blocks its thread; ``descriptor`` and ``wakeUp`` let a program wait for several at once.
package final class EventFeed {
    /// What came.
    package enum Item: Sendable, Hashable {
        /// An event.
        case event(ServerEvent)
        /// The server ended the answer in good order.
        case end
        /// The connection broke off, or could not be made anew; the next attempt follows after a while.
        case lost(ClientError)
        /// The connection is there again.
        case reconnected
        /// Nothing came in time.
        case nothing
    }

    /// How long to wait before a new connection, where the server tells nothing else.
    package static let defaultRetry = Duration.seconds(1)
    /// The longest wait, after many attempts that failed.
    static let longestRetry = Duration.seconds(10)

    /// The id of the last event.
    package var lastEventID: String { parser.lastEventID }

    /// The socket's descriptor, to be waited for beside others; -1 while there is no connection.
    package var descriptor: Int32 { stream?.descriptor ?? -1 }

    /// Whether ``next(waiting:)`` has something to give without waiting.
    package var isReadable: Bool { !events.isEmpty || stream?.isReadable ?? false || isOver }

    /// When the next attempt to connect is due; nil while there is a connection.
    package private(set) var wakeUp: Deadline?

    private let client: GafferClient
    private let target: String
    private var stream: WebStream?
    private var parser: EventStreamParser
    private var events: ArraySlice<ServerEvent> = []
    private var failures = 0
    private var isOver = false

    /// Connects for the first time.
    ///
    /// - Throws: ``ClientError``.
    init(_ client: GafferClient, _ target: String, lastEventID: String = "") throws(ClientError) {
        self.client = client
        self.target = target
        parser = EventStreamParser(lastEventID: lastEventID)
        stream = try connected()
    }

    /// Waits for the next event.
    ///
    /// - Parameter duration: how long; nil: for ever.
    /// - Throws: ``ClientError`` where gafferd refuses the feed: then it is over.
    package func next(waiting duration: Duration?) throws(ClientError) -> Item {
        let deadline = duration.map { Deadline(after: $0) } ?? .never
        if let event = events.popFirst() { return .event(event) }
        if isOver { return .end }
        if stream == nil { return try attempt(until: deadline) }
        while let stream {
            let piece: WebStream.Piece
            do throws(WebError) {
                piece = try stream.next(waiting: deadline.remaining)
            } catch {
                return lost(ClientError(error))
            }
            switch piece {
            case .nothing: return .nothing
            case .end:
                isOver = true
                self.stream = nil
                return .end
            case .bytes(let bytes):
                failures = 0
                do throws(EventStreamParser.TooLarge) {
                    events += try parser.consume(bytes)
                } catch {
                    throw .unexpected("an event is larger than \(parser.maximumEvent) bytes")
                }
                if let event = events.popFirst() { return .event(event) }
            }
        }
        return .nothing
    }

    /// Takes an end for an interruption: the feed is connected again after a while.
    package func resume() {
        guard isOver else { return }
        isOver = false
        schedule()
    }

    private func attempt(until deadline: Deadline) throws(ClientError) -> Item {
        if let wakeUp {
            let wait = min(wakeUp.remaining, deadline.remaining)
            _ = Readiness.wait(for: [], until: Deadline(after: wait))
            guard wakeUp.hasPassed else { return .nothing }
        }
        do throws(ClientError) {
            stream = try connected()
            wakeUp = nil
            return .reconnected
        } catch {
            switch error.kind {
            case .unreachable, .timedOut, .malformed: return lost(error)
            case .invalid, .refused, .notFound, .conflict, .failed:
                // Too many requests, or a gafferd that is not ready yet.
                if let status = error.status, status == 429 || status == 503 { return lost(error) }
                isOver = true
                throw error
            }
        }
    }

    private func lost(_ error: ClientError) -> Item {
        stream = nil
        schedule()
        return .lost(error)
    }

    private func schedule() {
        let first = parser.retry.map { Duration.milliseconds(min($0, 60_000)) } ?? EventFeed.defaultRetry
        wakeUp = Deadline(
            after: failures == 0 ? first : max(first, min(first * (1 << min(failures, 6)), Self.longestRetry))
        )
        failures += 1
    }

    private func connected() throws(ClientError) -> WebStream {
        var request = WebRequest("GET", target)
        request.headers.append(WebHeader("Accept", "text/event-stream"))
        if !parser.lastEventID.isEmpty { request.headers.append(WebHeader("Last-Event-ID", parser.lastEventID)) }
        let stream = try client.open(request)
        guard let type = stream.head["content-type"], type.lowercased().hasPrefix("text/event-stream") else {
            throw .unexpected("it is no stream of events")
        }
        // What was half read belongs to the connection before.
        parser = parser.renewed()
        return stream
    }
}
