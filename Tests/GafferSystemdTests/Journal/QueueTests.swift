import GafferSystem
import Testing

@testable import GafferSystemd

/// Who finds room in the queue, and what is said of those who don't.
@Suite struct QueueTests {
    /// A queue, and the time.
    final class Bench {
        var queue: JournalQueue
        var now = Duration.seconds(1000)

        init(capacity: Int = 64 << 10, reserve: Int = 8 << 10) {
            let daemon = JournalSource(name: .daemon, fields: JournalRecord(), priority: .info)
            queue = JournalQueue(capacity: capacity, reserve: reserve, daemon: daemon)
        }

        var used: Int { queue.used }
        var dropped: UInt64 { queue.ledger.total }
        var isEmpty: Bool { queue.isEmpty }
        var ring: JournalRing { queue.ring }

        static func source(_ job: String = "web") -> JournalSource {
            JournalSource(
                name: JournalStreamName(session: "shop", job: job, label: "stdout"),
                fields: JournalRecord(),
                priority: .info
            )
        }

        func write(_ text: String, to source: JournalSource) {
            let now = now
            Array(text.utf8).withByteView { queue.add(output: $0, of: source, now: { now }) }
        }

        func end(_ source: JournalSource) {
            let now = now
            queue.end(source, now: { now })
        }

        func log(_ count: Int) {
            let now = now
            [UInt8](repeating: 0x61, count: count).withByteView { queue.add(record: $0, now: { now }) }
        }

        /// Takes all that waits, as the writer does, and tells it in words.
        func drain() -> [String] {
            var words: [String] = []
            for run in queue.take() {
                switch run.content {
                case .output(let offset, let count):
                    let (first, second) = queue.ring.views(at: offset, count: count)
                    words.append(String(decoding: first.array + second.array, as: UTF8.self))
                    queue.release(run.source, bytes: count)
                case .record(_, let count):
                    words.append("record of \(count)")
                    queue.release(run.source, bytes: count)
                case .lineEnd(let lineBreak):
                    words.append("[\(lineBreak)]")
                case .drops(let report):
                    words.append("[\(report.lines) of \(report.name.job) dropped]")
                }
                queue.release(run.source, bytes: 0, charge: run.charge)
            }
            return words
        }
    }

    private let line = String(repeating: "x", count: 99) + "\n"

    @Test("What came comes out in its order, and leaves nothing behind")
    func order() {
        let bench = Bench()
        let (web, worker) = (Bench.source("web"), Bench.source("worker"))
        bench.write("a\n", to: web)
        bench.write("b\n", to: web)
        bench.write("c\n", to: worker)
        bench.log(5)
        bench.write("d", to: web)
        bench.end(web)
        bench.end(worker)
        #expect(bench.drain() == ["a\nb\n", "c\n", "record of 5", "d", "[end]"])
        #expect(bench.used == 0)
        #expect(bench.ring.count == 0)
        #expect(web.share.held == 0)
    }

    @Test("Streams that are too fast share what there is, and leave as much to the next", arguments: [1, 2, 3, 6])
    func shares(streams: Int) {
        let bench = Bench()
        let sources = (0..<streams).map { Bench.source("web\($0)") }
        for _ in 0..<1000 {
            for source in sources { bench.write(line, to: source) }
        }
        let share = (56 << 10) / (streams + 1)
        for source in sources {
            #expect((share - 2000...share + 500).contains(source.share.held), "\(source.share.held)")
        }
        #expect(bench.used <= 56 << 10)
        // Somebody who comes now finds room.
        bench.write("me too\n", to: Bench.source("quiet"))
        #expect(bench.drain().last == "me too\n")
    }

    @Test("The reserve is for gafferd's own records")
    func reserve() {
        let bench = Bench()
        for number in 0..<100 {
            let source = Bench.source("web\(number)")
            for _ in 0..<100 { bench.write(line, to: source) }
        }
        let dropped = bench.dropped
        bench.log(4000)
        #expect(bench.dropped == dropped)
        #expect(bench.drain().last == "record of 4000")
    }

    @Test("A record that finds no room counts as dropped")
    func tooLarge() {
        let bench = Bench()
        bench.log(70_000)
        #expect(bench.dropped == 1)
        #expect(bench.isEmpty)
        bench.log(10)
        #expect(bench.drain() == ["[1 of  dropped]", "record of 10"])
    }

    @Test("What is dropped stands together, and is told where it is missing")
    func hysteresis() {
        let bench = Bench()
        let web = Bench.source()
        for number in 0..<1000 { bench.write("\(number)\n" + line, to: web) }
        let dropped = bench.dropped
        #expect(dropped > 0)
        #expect(web.share.isDropping)
        // A little room is not enough.
        let runs = bench.queue.take()
        let (first, _) = bench.ring.views(at: 0, count: bench.ring.count)
        let kept = first.array.count { $0 == 10 }
        #expect(kept + Int(dropped) == 2000)
        bench.queue.release(web, bytes: 3000)
        bench.write("still dropped\n", to: web)
        #expect(bench.dropped == dropped + 1)
        // Half of it is.
        bench.queue.release(web, bytes: first.count - 3000, charge: runs[0].charge)
        bench.write("taken\n", to: web)
        bench.write("again\n", to: web)
        #expect(bench.drain() == ["[\(dropped + 1) of web dropped]", "taken\nagain\n"])
        #expect(bench.used == 0)
    }

    @Test("Of what fits in part, whole lines are taken")
    func wholeLines() {
        let bench = Bench(capacity: 16 << 10, reserve: 4 << 10)
        let web = Bench.source()
        bench.write(String(repeating: line, count: 1000), to: web)
        let kept = bench.drain()
        #expect(kept.count == 1)
        let lines = kept[0].utf8.count / 100
        #expect(kept[0] == String(repeating: line, count: lines))
        #expect(lines > 40)
        #expect(bench.dropped == UInt64(1000 - lines))
    }

    @Test("A line that has begun when its stream is dropped ends there, and the stream begins anew with a line")
    func cutLine() {
        let bench = Bench(capacity: 16 << 10, reserve: 4 << 10)
        let web = Bench.source()
        bench.write("whole\nbegun ", to: web)
        bench.write(String(repeating: "y", count: 20_000), to: web)
        #expect(bench.drain() == ["whole\nbegun ", "[dropped]"])
        bench.write("rest of it\nnext\n", to: web)
        #expect(bench.drain() == ["[1 of web dropped]", "next\n"])
        #expect(bench.dropped == 1)
    }

    @Test("A line that is dropped and never ends is counted at the stream's end")
    func endlessLine() {
        let bench = Bench(capacity: 16 << 10, reserve: 4 << 10)
        let web = Bench.source()
        for _ in 0..<10 { bench.write(String(repeating: "y", count: 20_000), to: web) }
        #expect(bench.dropped == 0)
        bench.end(web)
        #expect(bench.dropped == 1)
        #expect(bench.drain() == [])
        let reports = bench.queue.ledger.due(at: bench.now, isDrained: true)
        #expect(reports.map(\.lines) == [1])
        #expect(reports.map(\.bytes) == [200_000])
    }

    @Test("Processes that come and go while nothing is sent take no more than the bound")
    func manyProcesses() {
        let bench = Bench(capacity: 1 << 20, reserve: 64 << 10)
        for _ in 0..<100_000 {
            let source = Bench.source()
            bench.write("failed\nand half a line", to: source)
            bench.end(source)
        }
        #expect(bench.used <= 1 << 20)
        #expect(bench.queue.take().count < 4000)
    }

    @Test("However much comes and goes, no byte is lost or changed", arguments: 1...3 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let bench = Bench(capacity: 64 << 10, reserve: 0)
        let sources = (0..<4).map { Bench.source("web\($0)") }
        var written = [String](repeating: "", count: 4)
        var read = written
        for round in 0..<2000 {
            let index = Int.random(in: 0..<4, using: &numbers)
            let text = "\(round) " + String(repeating: "z", count: Int.random(in: 0..<500, using: &numbers)) + "\n"
            bench.write(text, to: sources[index])
            written[index] += text
            guard round % 8 == 7 else { continue }
            for run in bench.queue.take() {
                guard case .output(let offset, let count) = run.content else { continue }
                let (first, second) = bench.ring.views(at: offset, count: count)
                let owner = sources.firstIndex { $0 === run.source } ?? 0
                read[owner] += String(decoding: first.array + second.array, as: UTF8.self)
                bench.queue.release(run.source, bytes: count, charge: run.charge)
            }
        }
        #expect(bench.dropped == 0)
        #expect(read == written)
        #expect(bench.used == 0)
    }
}
