package import GafferModel
package import WebClient

/// The websocket `/channel/websocket`: subscriptions and commands on one connection.
package final class EventChannel {
    /// What came.
    package enum Item: Sendable, Hashable {
        /// An event of a subscription: its topic, its name, and all its fields.
        case event(topic: String, name: String, JSON)
        /// Something was wrong that belongs to no command and no subscription.
        case error(ClientError)
        /// The server closed the channel, with a code and words.
        case end(WebSocketCloseCode?, String)
        /// Nothing came in time.
        case nothing
    }

    private enum Reply {
        case subscription(topic: String?, ClientError?)
        case command(id: String, Result<JSON, ClientError>)
        case item(Item)
    }

    private let socket: WebSocket
    private let timeout: Duration
    private var waiting: [Item] = []
    private var commands = 0

    init(_ socket: WebSocket, timeout: Duration) {
        self.socket = socket
        self.timeout = timeout
    }

    /// The socket's descriptor, to be waited for beside others; ``isReadable`` is asked first.
    package var descriptor: Int32 { socket.descriptor }

    /// Whether ``next(waiting:)`` has something to give without reading the socket.
    package var isReadable: Bool { !waiting.isEmpty || socket.isReadable }

    /// Subscribes to a topic, as `EVENTS:spawn` or `STREAM:4.stdout`.
    ///
    /// - Throws: ``ClientError`` with the reason of a refusal.
    package func subscribe(_ topic: String) throws(ClientError) {
        try subscription("SUB", topic)
    }

    /// Ends a subscription.
    ///
    /// - Throws: ``ClientError`` with the reason of a refusal.
    package func unsubscribe(_ topic: String) throws(ClientError) {
        try subscription("UNSUB", topic)
    }

    /// Carries out a command, as `info` with the name of a job.
    ///
    /// - Returns: its result.
    /// - Throws: ``ClientError``.
    package func command(
        _ name: String,
        _ args: [JSON] = [],
        options: [JSON.Member] = []
    ) throws(ClientError) -> JSON {
        commands += 1
        let id = "\(commands)"
        var data: [JSON.Member] = [.init("identity", .string(id)), .init("name", .string(name))]
        data.append(.init("args", .array(args)))
        data.append(.init("kwargs", .object(options)))
        try send(["event": "CMD", "data": .object(data)])
        let deadline = Deadline(after: timeout)
        while true {
            switch try reply(until: deadline) {
            case .command(id, let result): return try result.get()
            case .item(let item): try keep(item)
            case .command, .subscription: continue
            }
        }
    }

    /// Proves who asks by a key, instead of the header field of the handshake.
    ///
    /// - Throws: ``ClientError``.
    package func authenticate(_ key: String) throws(ClientError) {
        try send(text: "AUTH:\(key)")
    }

    /// Tells the server that this side is there; it answers nothing.
    ///
    /// - Throws: ``ClientError``.
    package func sendHeartbeat() throws(ClientError) {
        try send(["event": "NOP"])
    }

    /// Waits for the next event.
    ///
    /// - Throws: ``ClientError`` where the connection breaks off.
    package func next(waiting duration: Duration?) throws(ClientError) -> Item {
        if !waiting.isEmpty { return waiting.removeFirst() }
        let deadline = duration.map { Deadline(after: $0) } ?? .never
        while true {
            if case .item(let item) = try reply(until: deadline) { return item }
        }
    }

    /// Says goodbye.
    package func close() { socket.close() }

    /// How many events may wait while an answer is waited for.
    private static let maximumWaiting = 100_000

    private func keep(_ item: Item) throws(ClientError) {
        switch item {
        case .nothing:
            throw ClientError(
                .timedOut,
                reason: "timed_out",
                message: "gafferd did not answer over the channel in time."
            )
        case .end(_, let reason):
            let words = reason.isEmpty ? "" : ": \(reason)"
            throw ClientError(.unreachable, reason: "closed", message: "gafferd closed the channel\(words).")
        case .error(let error):
            throw error
        case .event:
            guard waiting.count < Self.maximumWaiting else {
                throw .unexpected("more than \(Self.maximumWaiting) events come before an answer")
            }
            waiting.append(item)
        }
    }

    private func subscription(_ verb: String, _ topic: String) throws(ClientError) {
        try send(["event": .string(verb), "data": ["topic": .string(topic)]])
        let deadline = Deadline(after: timeout)
        while true {
            switch try reply(until: deadline) {
            // The answer that names no topic is that of the original; answers come in the order of the questions.
            case .subscription(let other, let error) where other == nil || other == topic:
                if let error { throw error }
                return
            case .item(let item): try keep(item)
            case .subscription, .command: continue
            }
        }
    }

    private func send(_ message: JSON) throws(ClientError) {
        try send(text: message.text)
    }

    private func send(text: String) throws(ClientError) {
        do throws(WebError) {
            try socket.send(text)
        } catch {
            throw ClientError(error)
        }
    }

    private func reply(until deadline: Deadline) throws(ClientError) -> Reply {
        let message: WebSocket.Message
        do throws(WebError) {
            message = try socket.next(waiting: deadline.remaining)
        } catch {
            throw ClientError(error)
        }
        switch message {
        case .nothing: return .item(.nothing)
        case .pong: return try reply(until: deadline)
        case .binary: throw .unexpected("the channel carries something else than text")
        case .closed(let code, let reason): return .item(.end(code, reason))
        case .text(let text): return try EventChannel.reply(text)
        }
    }

    private static func reply(_ text: String) throws(ClientError) -> Reply {
        let document: JSON
        do throws(JSON.ParseError) {
            document = try JSON(parsing: Array(text.utf8), maximumDepth: GafferClient.maximumDepth)
        } catch {
            throw .unexpected("\(error)")
        }
        let data = document["data"] ?? .null
        switch document["event"]?.stringValue {
        case "gaffer:event":
            guard let topic = data["topic"]?.stringValue, let name = data["event"]?.stringValue else {
                throw .unexpected("an event has no topic or no name")
            }
            return .item(.event(topic: topic, name: name, data))
        case "gaffer:subscription_success":
            return .subscription(topic: document["topic"]?.stringValue ?? data["topic"]?.stringValue, nil)
        case "gaffer:subscription_error", "subscription_error":
            let topic = document["topic"]?.stringValue ?? data["topic"]?.stringValue
            return .subscription(topic: topic, ClientError(channel: data))
        case "gaffer:command_success":
            return .command(id: data["id"]?.stringValue ?? "", .success(data["result"] ?? .null))
        case "gaffer:command_error":
            return .command(
                id: data["id"]?.stringValue ?? "",
                .failure(ClientError(channel: data["error"] ?? .null))
            )
        case "gaffer:error":
            return .item(.error(ClientError(channel: data)))
        default:
            throw .unexpected("a message of the channel is of an unknown kind")
        }
    }
}

extension GafferClient {
    /// `/channel/websocket`: subscriptions and commands on one connection.
    ///
    /// - Throws: ``ClientError``.
    package func eventChannel() throws(ClientError) -> EventChannel {
        EventChannel(try webSocket("/channel/websocket"), timeout: limits.responseTimeout)
    }
}

extension ClientError {
    /// Reads an error of a channel: `{"errno": 404, "reason": "not_found"}`, or `error` in the place of `reason`.
    init(channel json: JSON) {
        let status = json["errno"]?.intValue
        let reason = json["reason"]?.stringValue ?? json["error"]?.stringValue ?? "unknown"
        let kind: Kind =
            switch (status, reason) {
            case (401?, _), (403?, _), (_, "forbidden"), (_, "AUTH_REQUIRED"): .refused
            case (404?, _), (_, "not_found"), (_, "stream_not_found"): .notFound
            case (409?, _): .conflict
            default: .failed
            }
        self.init(
            kind,
            status: status,
            reason: reason,
            message: json["message"]?.stringValue ?? "gafferd refused it: \(reason)."
        )
    }
}
