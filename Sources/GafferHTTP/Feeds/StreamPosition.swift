internal import GafferModel

/// Where a reader of one or several streams is, as the `id` of a server-sent event says it: `120`, or
/// `stdout=120,stderr=8` where there are several.
struct StreamPosition: Sendable, Hashable {
    /// The offset of the byte that comes next, by label, in the order of the streams.
    private(set) var offsets: [(label: String, offset: UInt64)]

    static func == (left: StreamPosition, right: StreamPosition) -> Bool {
        left.text == right.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    /// The position of streams of which nothing was read.
    init(labels: [String]) {
        offsets = labels.map { ($0, 0) }
    }

    /// Reads the id of an event.
    ///
    /// - Throws: `bad_request` where it is none of these streams.
    init(parsing text: String, labels: [String]) throws(GafferError) {
        self.init(labels: labels)
        func refusal() -> GafferError {
            GafferError(.badRequest, "\(JSON.string(text)) is no place in these streams: give an id of their events.")
        }
        if labels.count == 1, let offset = StreamPosition.offset(text[...]) {
            offsets[0].offset = offset
            return
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = part.lastIndex(of: "="),
                let offset = StreamPosition.offset(part[part.index(after: mark)...]),
                let index = offsets.firstIndex(where: { $0.label == part[..<mark] })
            else { throw refusal() }
            offsets[index].offset = offset
        }
    }

    private static func offset(_ text: Substring) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt64(text)
    }

    /// Notes how far a stream was read.
    mutating func read(_ index: Int, upTo offset: UInt64) {
        offsets[index].offset = offset
    }

    /// As the `id` of an event.
    var text: String {
        guard offsets.count != 1 else { return "\(offsets[0].offset)" }
        return offsets.map { "\($0.label)=\($0.offset)" }.joined(separator: ",")
    }
}
