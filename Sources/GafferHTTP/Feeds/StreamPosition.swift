internal import GafferModel

/// Where a reader of one or several streams is, as the `id` of a server-sent event says it behind the daemon's life:
/// `5f3a9c01.120`, or `5f3a9c01.stdout=120,stderr=8` where there are several.
struct StreamPosition: Sendable, Hashable {
    /// The offset of the byte that comes next, by label, in the order of the streams.
    private(set) var offsets: [(label: String, offset: UInt64)]
    /// The life of the daemon that counts them.
    let life: String
    /// Whether it was told by an earlier life: what the reader has read of this one is nothing, and what it has missed of
    /// that one is not known.
    private(set) var isForeign = false

    static func == (left: StreamPosition, right: StreamPosition) -> Bool {
        left.text == right.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    /// The position of streams of which nothing was read.
    init(labels: [String], life: String) {
        self.life = life
        offsets = labels.map { ($0, 0) }
    }

    /// Reads the id of an event.
    ///
    /// - Throws: `bad_request` where it is none of these streams.
    init(parsing text: String, labels: [String], life: String) throws(GafferError) {
        self.init(labels: labels, life: life)
        let position = FeedPosition(text)
        func refusal() -> GafferError {
            GafferError(.badRequest, "\(JSON.string(text)) is no place in these streams: give an id of their events.")
        }
        isForeign = position.isForeign(to: life)
        if labels.count == 1, let offset = position.number {
            offsets[0].offset = isForeign ? 0 : offset
            return
        }
        for part in position.place.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = part.lastIndex(of: "="),
                let offset = FeedPosition.number(part[part.index(after: mark)...]),
                let index = offsets.firstIndex(where: { $0.label == part[..<mark] })
            else { throw refusal() }
            offsets[index].offset = isForeign ? 0 : offset
        }
    }

    /// Notes how far a stream was read.
    mutating func read(_ index: Int, upTo offset: UInt64) {
        offsets[index].offset = offset
    }

    /// As the `id` of an event.
    var text: String {
        guard offsets.count != 1 else { return "\(life).\(offsets[0].offset)" }
        return "\(life)." + offsets.map { "\($0.label)=\($0.offset)" }.joined(separator: ",")
    }
}
