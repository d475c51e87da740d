/// One event of a `text/event-stream`.
package struct ServerEvent: Sendable, Hashable {
    /// The last event's id so far, to be sent as `Last-Event-ID`; empty: none was told.
    package var id: String
    /// The kind of the event; `message` where none was told.
    package var event: String
    /// The data, its lines joined by newlines.
    package var data: String
    /// Fields that the standard does not know, by their names.
    package var others: [String: String]

    /// Makes an event.
    package init(id: String = "", event: String = "message", data: String, others: [String: String] = [:]) {
        self.id = id
        self.event = event
        self.data = data
        self.others = others
    }
}

/// Reads a `text/event-stream` as the HTML standard has it (§ 9.2.6), out of bytes however they are cut.
///
/// An event whose fields and data together are larger than ``maximumEvent`` is refused: an endless line must not grow
/// the reader. An event at the end of the stream without its empty line is not one, and is dropped.
package struct EventStreamParser: Sendable {
    /// The stream can't be read on.
    package struct TooLarge: Error, Hashable {}

    /// The most bytes of an event.
    package let maximumEvent: Int
    /// The id of the last event.
    package private(set) var lastEventID = ""
    /// How long to wait before a new connection is made, in milliseconds, where the server told it.
    package private(set) var retry: Int?

    private var line: [UInt8] = []
    /// The id that counts from the end of its event on.
    private var nextEventID: String
    private var event = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var others: [String: String] = [:]
    private var size = 0
    private var isAfterCarriageReturn = false
    private var isAtStart = true

    /// Makes a reader.
    ///
    /// - Parameter lastEventID: the id that the connection before left off at.
    package init(lastEventID: String = "", maximumEvent: Int = 8 << 20) {
        self.lastEventID = lastEventID
        nextEventID = lastEventID
        self.maximumEvent = maximumEvent
    }

    /// Takes the bytes that came.
    ///
    /// - Returns: the events that they end.
    /// - Throws: ``TooLarge``; nothing may be given after that.
    package mutating func consume(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            let follows = isAfterCarriageReturn
            isAfterCarriageReturn = false
            switch byte {
            case UInt8(ascii: "\n") where follows:
                continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                isAfterCarriageReturn = byte == UInt8(ascii: "\r")
                if let event = lineEnded() { events.append(event) }
            default:
                size += 1
                guard size <= maximumEvent else { throw TooLarge() }
                line.append(byte)
            }
        }
        return events
    }

    /// A reader for the next connection, which goes on after the last event of this one.
    package func renewed() -> EventStreamParser {
        var parser = EventStreamParser(lastEventID: lastEventID, maximumEvent: maximumEvent)
        parser.retry = retry
        return parser
    }

    private mutating func lineEnded() -> ServerEvent? {
        if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isAtStart = false
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty { return dispatched() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        if colon == 0 {
            // A comment keeps the connection alive; it is no part of an event.
            size -= line.count
            return nil
        }
        let name = String(decoding: line[..<(colon ?? line.count)], as: UTF8.self)
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        fieldEnded(name, value)
        return nil
    }

    private mutating func fieldEnded(_ name: String, _ value: ArraySlice<UInt8>) {
        switch name {
        case "event":
            event = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            hasData = true
            data += value
        case "id":
            if !value.contains(0) { nextEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            retry = Int(String(decoding: value, as: UTF8.self)) ?? retry
        default:
            others[name] = String(decoding: value, as: UTF8.self)
        }
    }

    private mutating func dispatched() -> ServerEvent? {
        defer {
            event = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
            others = [:]
            size = 0
        }
        lastEventID = nextEventID
        guard hasData else { return nil }
        return ServerEvent(
            id: lastEventID,
            event: event.isEmpty ? "message" : event,
            data: String(decoding: data, as: UTF8.self),
            others: others
        )
    }
}
