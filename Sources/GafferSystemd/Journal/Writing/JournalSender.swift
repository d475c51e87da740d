internal import CGafferSystem
internal import GafferSystem
internal import Synchronization

/// What the writer's thread does: it takes what waits, makes records of it, and sends them.
struct JournalSender {
    /// How many bytes of output are worked on until the queue is told that there is room.
    private static let slice = 16 << 10

    /// What the thread does when all is sent.
    private enum Next {
        case sleep
        /// Until this time, when drops are to be told.
        case sleepUntil(Duration)
        case end
    }

    private let writer: JournalWriter
    private let ring: JournalRing
    private let link: JournalLink
    private var batch = JournalBatch()

    init(_ writer: JournalWriter) {
        self.writer = writer
        ring = writer.state.withLock { $0.queue.ring }
        link = JournalLink(writer)
    }

    mutating func run() {
        var next = Next.sleep
        while true {
            switch next {
            case .sleep: writer.available.wait()
            case .sleepUntil(let time): _ = writer.available.wait(atMost: max(.zero, time - monotonicNow()))
            case .end:
                writer.finished.set()
                return
            }
            let pause = link.pace.pause(at: monotonicNow())
            if pause > 0 { gaffer_pause(pause) }
            next = turn()
            link.turnEnded(at: monotonicNow())
        }
    }

    /// Sends all that waits.
    private mutating func turn() -> Next {
        while true {
            let now = monotonicNow()
            let (runs, reports, isFinished) = writer.state.withLock { state in
                let runs = state.queue.take()
                let isLast = state.isFinished && runs.isEmpty
                let reports = state.queue.ledger.due(at: now, isDrained: runs.isEmpty, isLast: isLast)
                return (runs, reports, state.isFinished)
            }
            for report in reports { add(report) }
            for run in runs where !link.isAbandoned { work(run) }
            link.send(&batch)
            if link.isAbandoned { return .end }
            guard runs.isEmpty, reports.isEmpty else { continue }
            if isFinished { return .end }
            batch.shrink()
            return writer.state.withLock { $0.queue.ledger.next() }.map { .sleepUntil($0) } ?? .sleep
        }
    }

    private mutating func work(_ run: JournalQueue.Run) {
        switch run.content {
        case .output(let offset, let count):
            for done in stride(from: 0, to: count, by: JournalSender.slice) {
                let length = min(count - done, JournalSender.slice)
                let (first, second) = ring.views(at: offset + done, count: length)
                run.source.feed(first, into: &batch, whenFull: link.send)
                run.source.feed(second, into: &batch, whenFull: link.send)
                release(run.source, bytes: length)
            }
        case .record(let offset, let count):
            let (first, second) = ring.views(at: offset, count: count)
            batch.append(for: run.source) { bytes in
                bytes.append(first)
                bytes.append(second)
            }
            release(run.source, bytes: count)
        case .lineEnd(let lineBreak):
            run.source.finishLine(lineBreak, into: &batch)
        case .drops(let report):
            add(report)
        }
        release(run.source, charge: run.charge)
        if batch.isFull { link.send(&batch) }
    }

    private mutating func add(_ report: DropReport) {
        let record = JournalRecord(JournalEvent(report))
        batch.append(for: writer.daemon) { $0.append(contentsOf: record.bytes) }
        if batch.isFull { link.send(&batch) }
    }

    private func release(_ source: JournalSource, bytes: Int = 0, charge: Int = 0) {
        writer.state.withLock { $0.queue.release(source, bytes: bytes, charge: charge) }
    }
}
