internal import GafferModel

/// The `id` of a server-sent event, taken apart: the daemon's life that it belongs to, and the place in it.
///
/// `5f3a9c01.120`: what is behind the point means something in that life alone, since pids, offsets and the numbers of
/// events begin anew when gafferd does.
struct FeedPosition: Sendable, Hashable {
    /// The life; nil: none is named, and the present one is meant.
    var life: String?
    /// The place in it, as the feed spells it.
    var place: Substring

    /// Takes an id apart.
    init(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isLife = parts.count == 2 && parts[0].utf8.count == 8 && parts[0].utf8.allSatisfy(FeedPosition.isDigit)
        life = isLife ? String(parts[0]) : nil
        place = isLife ? parts[1] : text[...]
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// The number that the place is; nil: it is none.
    var number: UInt64? { FeedPosition.number(place) }

    /// The number that a text of decimal digits stands for; nil: it is something else.
    static func number(_ text: Substring) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt64(text)
    }

    /// Whether it is of another life than the one that is given.
    func isForeign(to life: String) -> Bool { self.life.map { $0 != life } ?? false }
}
