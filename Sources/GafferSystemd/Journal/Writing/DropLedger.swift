/// How many lines of a stream found no room, and for how long.
package struct DropReport: Sendable, Hashable {
    package var name: JournalStreamName
    /// Lines of which something is missing.
    package var lines: UInt64
    package var bytes: UInt64
    /// From the first drop to the last.
    package var duration: Duration
}

/// Counts what is dropped, and decides when that is said.
///
/// | a stream's lines | said |
/// |---|---|
/// | are taken again | at once, before the first of them |
/// | were dropped, and all that waited is sent | at once |
/// | are still dropped, and were a second ago | as soon as the writer has time |
/// | were said to be dropped less than a second ago | a second after that |
struct DropLedger {
    /// Between two reports of a stream.
    static let pause = Duration.seconds(1)

    private struct Entry {
        var lines: UInt64 = 0
        var bytes: UInt64 = 0
        var first = Duration.zero
        var last = Duration.zero
        var reported: Duration?

        var isOwed: Bool { lines > 0 || bytes > 0 }

        /// From when on it may be said; nil: at once.
        var earliest: Duration? { reported.map { $0 + DropLedger.pause } }
    }

    private var entries: [JournalStreamName: Entry] = [:]
    /// All that were dropped, ever.
    private(set) var total: UInt64 = 0
    /// Of how many streams something is to be said.
    private var owed = 0

    /// Whether something is to be said.
    var isOwed: Bool { owed > 0 }

    /// Counts lines that found no room.
    mutating func dropped(lines: Int, bytes: Int, of name: JournalStreamName, at now: Duration) {
        guard lines > 0 || bytes > 0 else { return }
        var entry = entries[name] ?? Entry()
        if !entry.isOwed {
            entry.first = now
            owed += 1
        }
        entry.last = now
        entry.lines += UInt64(lines)
        entry.bytes += UInt64(bytes)
        entries[name] = entry
        total += UInt64(lines)
    }

    /// What is to be said of a stream that is taken again.
    mutating func resumed(_ name: JournalStreamName, at now: Duration) -> DropReport? {
        guard let entry = entries[name], entry.isOwed, entry.earliest.map({ $0 <= now }) ?? true else { return nil }
        return report(name, entry, at: now)
    }

    /// What is to be said now.
    ///
    /// - Parameters:
    ///   - isDrained: all that waited is sent.
    ///   - isLast: there is no later.
    mutating func due(at now: Duration, isDrained: Bool, isLast: Bool = false) -> [DropReport] {
        guard isOwed else { return [] }
        forget(at: now)
        return entries.filter { _, entry in
            guard entry.isOwed else { return false }
            if isLast { return true }
            return (entry.earliest.map { $0 <= now } ?? true) && (isDrained || now - entry.first >= DropLedger.pause)
        }
        .map { name, entry in report(name, entry, at: now) }
        .sorted { ($0.name.identifier, $0.name.label) < ($1.name.identifier, $1.name.label) }
    }

    /// When the next report is due once all is sent; nil where none is owed.
    func next() -> Duration? {
        guard isOwed else { return nil }
        return entries.values.filter(\.isOwed).map { $0.earliest ?? .zero }.min()
    }

    private mutating func report(_ name: JournalStreamName, _ entry: Entry, at now: Duration) -> DropReport {
        // Kept for a while, since the next report must not follow too soon.
        entries[name] = Entry(reported: now)
        owed -= 1
        return DropReport(
            name: name,
            lines: max(1, entry.lines),
            bytes: entry.bytes,
            duration: entry.last - entry.first
        )
    }

    /// Forgets the streams of which nothing is owed and whose next report may come at once.
    private mutating func forget(at now: Duration) {
        entries = entries.filter { $1.isOwed || ($1.earliest.map { $0 > now } ?? false) }
    }
}
