internal import GafferModel
package import WebClient

/// What one server-sent event says of a stream.
package enum StreamPiece: Equatable {
    /// Text of a stream; whether its line goes on with the next piece.
    case text(label: String, [UInt8], isOpen: Bool)
    /// Bytes of a stream that were not read in time; nil: what gafferd had before it was started again.
    case gap(label: String, lost: Int?)
    /// The process writes no more.
    case end
}

/// Reads the events of `GET /streams/<pid>/<label>?feed=eventsource`.
///
/// The end of the last line of an event is not told. But the ids tell how many bytes an event stands for: one more than
/// its data has where a line ended there.
package struct StreamReader {
    /// The only stream that is read; nil: all.
    package let label: String?

    private var offsets: [String: UInt64] = [:]

    package init(label: String?) {
        self.label = label
    }

    /// Reads an event.
    package mutating func piece(_ event: ServerEvent) -> StreamPiece {
        switch event.event {
        case "end" where event.id.isEmpty || event.data == "{}":
            return .end
        case "gap":
            guard let gap = try? JSON(parsing: Array(event.data.utf8)), let lost = gap["lost"] else { break }
            if let label = gap["stream"]?.stringValue, let to = gap["to"]?.intValue, to >= 0 {
                offsets[label] = UInt64(to)
            }
            return .gap(label: gap["stream"]?.stringValue ?? "", lost: lost.intValue)
        default:
            break
        }
        let name = event.event
        let end = offset(of: name, in: event.id)
        let start = offsets[name]
        if let end { offsets[name] = end }
        if let bytes = event.others["data_b64"].flatMap(Base64.decode) {
            let isOpen = bytes.last != UInt8(ascii: "\n")
            return .text(label: name, isOpen ? bytes : Array(bytes.dropLast()), isOpen: isOpen)
        }
        let bytes = Array(event.data.utf8)
        let isOpen = if let start, let end { end > start && end - start == UInt64(bytes.count) } else { false }
        return .text(label: name, bytes, isOpen: isOpen)
    }

    /// The offset that an id tells for a stream: `5f3a9c01.120`, or `5f3a9c01.stdout=120,stderr=8`; what is before the
    /// point names the daemon's life.
    private func offset(of name: String, in id: String) -> UInt64? {
        let place = id.split(separator: ".", maxSplits: 1).last ?? ""
        if let offset = UInt64(place) { return offset }
        for part in place.split(separator: ",") {
            if let sign = part.lastIndex(of: "="), part[..<sign] == name {
                return UInt64(part[part.index(after: sign)...])
            }
        }
        return nil
    }
}
