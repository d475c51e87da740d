internal import CGafferSystem
internal import GafferSystem

/// Encoded records on their way into the socket, one behind the other.
struct JournalBatch {
    /// The most records.
    static let maximumCount = Int(GAFFER_JOURNAL_BATCH)
    /// No record is added when there are so many bytes.
    private static let maximumBytes = 256 << 10

    /// Room for so many bytes is kept while there is nothing to send.
    private static let keptBytes = 64 << 10

    private(set) var bytes: [UInt8] = []
    /// Where each record ends.
    private(set) var ends: [Int] = []
    private var sources: [JournalSource] = []
    /// How many of them are sent.
    private(set) var sent = 0

    /// How many are not sent yet.
    var remaining: Int { ends.count - sent }
    var isFull: Bool { ends.count >= JournalBatch.maximumCount || bytes.count >= JournalBatch.maximumBytes }

    /// Where the first record begins that is not sent yet.
    var start: Int { sent == 0 ? 0 : ends[sent - 1] }
    /// Where the first record that is not sent yet ends, and whose it is; nil where all are.
    var first: (end: Int, source: JournalSource)? { remaining > 0 ? (ends[sent], sources[sent]) : nil }

    /// Adds a record.
    mutating func append(for source: JournalSource, _ encode: (inout [UInt8]) -> Void) {
        encode(&bytes)
        ends.append(bytes.count)
        sources.append(source)
    }

    /// The next records need not be kept any more.
    mutating func advance(by count: Int) {
        sent += count
        guard remaining == 0 else { return }
        sent = 0
        ends.removeAll(keepingCapacity: true)
        sources.removeAll(keepingCapacity: true)
        // Room for a usual batch is kept while there is much to do; the memory that a large record took is not.
        bytes.removeAll(keepingCapacity: bytes.capacity <= 2 * JournalBatch.maximumBytes)
    }

    /// Gives the memory back.
    mutating func shrink() {
        if remaining == 0, bytes.capacity > JournalBatch.keptBytes { self = JournalBatch() }
    }
}
