package import GafferSystem
internal import Synchronization

/// From where a reader of a stream wants it.
package enum OutputStart: Sendable, Hashable {
    /// From the line that is under way.
    case now
    /// The last lines first, at most so many, as far as they are kept.
    case lines(Int)
    /// From the byte of this offset on, as far as it is kept; to resume, the end of what was read last.
    case offset(UInt64)
}

/// Shares the encoding of what processes write among those who want it in the same form.
///
/// The first reader of a stream's one form starts a pump, the last one ends it. Each piece is encoded once, whatever the
/// number of readers. A reader that falls behind loses pieces and is told how many bytes; it costs no memory, and
/// neither the process nor other readers notice.
package final class OutputHub<Element: Sendable>: Sendable {
    struct Key: Hashable {
        let stream: ObjectIdentifier
        let form: String
    }

    /// How much of a stream's encoded pieces is kept for slow readers, by cost.
    package static var standardLimit: Int { 1 << 20 }

    private let limit: Int
    private let time: any Timekeeper
    private let pumps = Mutex<[Key: OutputPump<Element>]>([:])

    /// Makes a hub without a reader.
    ///
    /// - Parameters:
    ///   - limit: how much of each stream's encoded pieces is kept for slow readers, by cost.
    ///   - time: on whose thread pieces are encoded.
    package init(limit: Int = OutputHub.standardLimit, time: any Timekeeper = TimerThread.shared) {
        self.limit = limit
        self.time = time
    }

    /// How many streams are pumped, each form counted.
    package var pumpCount: Int { pumps.withLock { $0.count } }

    /// A reader of a stream.
    ///
    /// - Parameters:
    ///   - key: names the form; whoever gives the same key gives the same functions.
    ///   - start: what it gets first.
    ///   - encode: makes an element of a piece, on the timekeeper's thread or in ``OutputFeed/next(atMost:isolation:)``;
    ///     must not block. A chunk's gap is what was lost to everybody.
    ///   - cost: what an element takes of the limit, as its bytes.
    package func reader(
        of stream: OutputStream,
        key: String,
        from start: OutputStart = .now,
        encode: @escaping @Sendable (OutputChunk) -> Element,
        cost: @escaping @Sendable (Element) -> Int
    ) -> OutputFeed<Element> {
        let key = Key(stream: ObjectIdentifier(stream), form: key)
        let (pump, reader, cursor) = pumps.withLock { pumps in
            let pump: OutputPump<Element>
            if let running = pumps[key] {
                pump = running
            } else {
                pump = OutputPump(stream: stream, time: time, limit: limit, encode: encode, cost: cost)
                pump.start()
                pumps[key] = pump
            }
            let (reader, cursor) = pump.join()
            return (pump, reader, cursor)
        }
        let position: UInt64
        switch start {
        case .now: position = cursor
        case .lines(let lines): position = stream.offset(ofLast: lines)
        case .offset(let offset): position = min(offset, stream.totalBytes)
        }
        return OutputFeed(pump: pump, reader: reader, position: position, cursor: cursor) { [self] in
            leave(pump, key)
        }
    }

    private func leave(_ pump: OutputPump<Element>, _ key: Key) {
        pumps.withLock { pumps in
            if pump.leave() { pumps[key] = nil }
        }
    }
}
