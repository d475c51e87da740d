internal import CGafferSystem
internal import GafferSystem
internal import Glibc

/// What a source holds of the queue, and whether its lines are taken.
struct JournalShare {
    /// How much of the queue it holds, in bytes.
    fileprivate(set) var held = 0
    /// How many of the queue's runs are its own.
    fileprivate var runs = 0
    /// Its lines are dropped, until it holds no more than ``resumesAt``.
    fileprivate(set) var isDropping = false
    fileprivate var resumesAt = 0
    /// The last byte that was taken was not a newline.
    fileprivate var isInLine = false
    /// The last byte that was dropped was not a newline.
    fileprivate var isInDroppedLine = false
}

/// What waits to be sent, in the order in which it came, within a bound that is shared fairly.
///
/// Output is kept as it came: the writer makes records of it later, so that taking it costs next to nothing, and
/// dropping it even less. So many streams as want to may share what is not ``reserve``:
///
/// | who | may hold |
/// |---|---|
/// | a stream | no more than what it leaves free, so that n of them that are too fast hold 1/(n+1) each, and 1/(n+1) is left for the others |
/// | gafferd's own records | all that is free; ``reserve`` is free of output always |
///
/// A stream that finds no room is dropped until half of what it held is sent, and from then on taken again from the
/// next beginning of a line on: what is kept stands together, and so does what is lost.
struct JournalQueue: ~Copyable {
    /// What stands together and is one stream's.
    struct Run {
        enum Content {
            /// Bytes of the stream, in the ring.
            case output(offset: Int, count: Int)
            /// A record that is encoded, in the ring.
            case record(offset: Int, count: Int)
            /// A line that has begun gets no newline.
            case lineEnd(LineBreak)
            /// Lines were dropped here.
            case drops(DropReport)
        }

        let source: JournalSource
        var content: Content
        /// What it counts in the queue, beside its bytes.
        let charge: Int
    }

    /// What a run counts beside its bytes.
    private static let runCost = 64
    /// A stream is not taken again for less room, in bytes, unless it needs less.
    private static let roomToResume = 4096

    let capacity: Int
    let reserve: Int
    let ring: JournalRing
    var ledger = DropLedger()
    private let daemon: JournalSource
    private var runs: [Run] = []
    private var usedByOutput = 0
    private var usedByDaemon = 0

    /// Makes a queue for so many bytes, of which `reserve` are for gafferd's own records.
    ///
    /// - Parameter daemon: what stands for gafferd's own records.
    init(capacity: Int, reserve: Int, daemon: JournalSource) {
        self.capacity = capacity
        self.reserve = reserve
        self.daemon = daemon
        ring = JournalRing(capacity: capacity)
    }

    /// How many bytes wait, with what it takes to keep them.
    var used: Int { usedByOutput + usedByDaemon }
    /// Whether nothing waits that the writer has not taken.
    var isEmpty: Bool { runs.isEmpty }

    // MARK: What comes

    /// Takes output, or counts what finds no room.
    ///
    /// - Parameter now: asked only where something is dropped, or taken again.
    mutating func add(output: ByteView, of source: JournalSource, now: () -> Duration) {
        var rest = output
        if source.share.isDropping {
            guard source.share.held <= source.share.resumesAt,
                room(for: source) >= min(rest.count, JournalQueue.roomToResume)
            else { return drop(rest, of: source, now: now) }
            if source.share.isInDroppedLine {
                let length = rest.lengthOfFirstLine
                drop(rest.prefix(length ?? rest.count), of: source, now: now)
                guard let length else { return }
                rest = rest.dropFirst(length)
            }
            source.share.isDropping = false
            if let report = ledger.resumed(source.name, at: now()) { append(.drops(report), of: source) }
        }
        let room = room(for: source)
        let kept = rest.count <= room ? rest : rest.prefix(rest.prefix(room).lengthOfWholeLines)
        guard kept.isEmpty || keep(kept, of: source) else { return startDropping(rest, of: source, now: now) }
        if kept.count < rest.count { startDropping(rest.dropFirst(kept.count), of: source, now: now) }
    }

    /// The stream has ended: what has no newline is a line, too.
    mutating func end(_ source: JournalSource, now: () -> Duration) {
        if source.share.isDropping, source.share.isInDroppedLine {
            ledger.dropped(lines: 1, bytes: 0, of: source.name, at: now())
            source.share.isInDroppedLine = false
        }
        if source.share.isInLine { append(.lineEnd(.end), of: source) }
        source.share.isInLine = false
    }

    /// Takes a record of gafferd's own, or counts it where it finds no room.
    mutating func add(record: ByteView, now: () -> Duration) {
        let offset = ring.tail
        guard record.count + JournalQueue.runCost <= capacity - used, ring.append(record) else {
            return ledger.dropped(lines: 1, bytes: record.count, of: .daemon, at: now())
        }
        if ledger.isOwed, let report = ledger.resumed(.daemon, at: now()) { append(.drops(report), of: daemon) }
        append(.record(offset: offset, count: record.count), of: daemon, bytes: record.count)
    }

    // MARK: What goes

    /// Hands all that waits to the writer, which gives it back by ``release(_:bytes:charge:)``.
    mutating func take() -> [Run] {
        defer { runs = [] }
        return runs
    }

    /// Makes room: so many bytes in the ring, and what a run counts beside them, are done with.
    mutating func release(_ source: JournalSource, bytes: Int, charge: Int = 0) {
        ring.remove(bytes)
        if source === daemon { usedByDaemon -= bytes + charge } else { usedByOutput -= bytes + charge }
        source.share.held -= bytes + charge
        if charge > 0 { source.share.runs -= 1 }
    }

    // MARK: Sharing

    /// How many bytes of output the source may add, with what their run costs.
    private func room(for source: JournalSource) -> Int {
        let free = capacity - reserve - usedByOutput - max(0, usedByDaemon - reserve)
        return max(0, (free - source.share.held) / 2 - charge(for: source))
    }

    private func charge(for source: JournalSource) -> Int {
        // A source that nobody else keeps any more lives on in its run.
        JournalQueue.runCost + (source.share.runs == 0 && source !== daemon ? source.footprint : 0)
    }

    private mutating func append(_ content: Run.Content, of source: JournalSource, bytes: Int = 0) {
        let charge = charge(for: source)
        runs.append(Run(source: source, content: content, charge: charge))
        source.share.runs += 1
        source.share.held += charge + bytes
        if source === daemon { usedByDaemon += charge + bytes } else { usedByOutput += charge + bytes }
    }

    private mutating func keep(_ bytes: ByteView, of source: JournalSource) -> Bool {
        let offset = ring.tail
        guard ring.append(bytes) else { return false }
        source.share.isInLine = bytes.buffer.last != newline
        if let last = runs.last, last.source === source, case .output(let first, let count) = last.content {
            runs[runs.count - 1].content = .output(offset: first, count: count + bytes.count)
            source.share.held += bytes.count
            usedByOutput += bytes.count
        } else {
            append(.output(offset: offset, count: bytes.count), of: source, bytes: bytes.count)
        }
        return true
    }

    private mutating func startDropping(_ bytes: ByteView, of source: JournalSource, now: () -> Duration) {
        source.share.isDropping = true
        source.share.resumesAt = source.share.held / 2
        if source.share.isInLine { append(.lineEnd(.dropped), of: source) }
        source.share.isInLine = false
        drop(bytes, of: source, now: now)
    }

    private mutating func drop(_ bytes: ByteView, of source: JournalSource, now: () -> Duration) {
        let buffer = bytes.buffer
        source.share.isInDroppedLine = buffer.last != newline
        let lines = Int(gaffer_count_newlines(buffer.baseAddress, buffer.count))
        ledger.dropped(lines: lines, bytes: buffer.count, of: source.name, at: now())
    }
}

private let newline = UInt8(ascii: "\n")

extension ByteView {
    /// The length of the first line, with its newline; nil where there is none.
    fileprivate var lengthOfFirstLine: Int? {
        guard let base = buffer.baseAddress, let found = memchr(base, Int32(newline), count) else { return nil }
        return UnsafeRawPointer(found) - base + 1
    }

    /// The length of all lines that have their newline.
    fileprivate var lengthOfWholeLines: Int {
        buffer.lastIndex(of: newline).map { $0 + 1 } ?? 0
    }
}
