import GafferSystem
import Testing

@testable import GafferSystemd

/// The writer and a journald that is well, slow, stalled, stopped or restarted.
@Suite struct WriterTests {
    private let line = String(repeating: "x", count: 100)

    private func record(_ message: String) -> JournalRecord {
        JournalRecord(JournalEvent(.ready, .notice, message))
    }

    @Test("Records and lines come out in the order in which they went in")
    func order() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        let output = JournalOutput(writer)
        for number in 0..<500 {
            if number % 3 == 0 { writer.send(record("\(number)")) } else { output.write("\(number)\n") }
        }
        #expect(try journald.receive(500).map(\.message) == (0..<500).map { "\($0)" })
        #expect(writer.finish())
        #expect(writer.counts == JournalWriter.Counts(sent: 500, dropped: 0, waiting: 0))
    }

    @Test("A record that no datagram holds comes as a sealed file, in its order")
    func large() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        let large = String(repeating: "0123456789", count: 400_000)
        writer.send(record("before"))
        writer.send(record(large))
        writer.send(record("after"))
        let records = try journald.receive(3)
        #expect(records.map(\.message.utf8.count) == [6, 4_000_000, 5])
        #expect(records.map(\.isSealed) == [false, true, false])
        #expect(records[1].message == large)
        writer.finish()
    }

    @Test("A journald that is merely stalled gets everything, as long as it fits")
    func stalled() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        let output = JournalOutput(writer)
        for number in 0..<20_000 { output.write("\(number) \(line)\n") }
        let records = try journald.receive(20_000)
        #expect(records.map(\.message) == (0..<20_000).map { "\($0) \(line)" })
        #expect(writer.finish())
        #expect(writer.counts == JournalWriter.Counts(sent: 20_000, dropped: 0, waiting: 0))
    }

    @Test("What finds no room is counted, and told where it is missing")
    func drops() throws {
        // Nobody is there at first, so that nothing is sent meanwhile.
        let journald = try FakeJournald(isListening: false)
        let writer = JournalWriter(path: journald.path, capacity: 64 << 10)
        let output = JournalOutput(writer)
        for number in 0..<5000 { output.write("\(number) \(line)\n") }
        let dropped = Int(writer.counts.dropped)
        #expect(dropped > 4000)
        #expect(writer.counts.waiting <= 64 << 10)
        try journald.start()
        let records = try journald.receive { $0.dropped > 0 }
        let lines = records.dropLast()
        // The first lines are there, without a gap.
        #expect(lines.map(\.message) == (0..<lines.count).map { "\($0) \(line)" })
        #expect(lines.count + dropped == 5000)
        let told = try #require(records.last)
        #expect(told.dropped == dropped)
        #expect(told["MESSAGE_ID"] == MessageID.dropped.rawValue)
        #expect(told["PRIORITY"] == "4")
        #expect(told["SYSLOG_IDENTIFIER"] == "shop.web")
        #expect(told["GAFFER_SESSION"] == "shop")
        #expect(told["GAFFER_JOB"] == "web")
        #expect(told["GAFFER_STREAM"] == "stdout")
        #expect(told.message.hasPrefix("\(dropped) lines of stdout of shop.web dropped within "))
        #expect(writer.finish())
    }

    @Test("Whatever happens, each line is either there or counted, and the lines stand in their order")
    func nothingSilent() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path, capacity: 96 << 10)
        var numbers = SeededNumbers(seed: 4)
        let outputs = (0..<3).map { JournalOutput(writer, job: "web\($0)") }
        var next = [0, 0, 0]
        var seen: [String: [Int]] = [:]
        var told = 0
        func take(_ records: [ReceivedRecord]) {
            for record in records {
                told += record.dropped
                if record.dropped == 0, let number = Int(record.message) {
                    seen[record["GAFFER_JOB"] ?? "", default: []].append(number)
                }
            }
        }
        for _ in 0..<200 {
            for index in 0..<3 {
                let count = Int.random(in: 0..<[20, 100, 1500][index], using: &numbers)
                outputs[index].write((0..<count).map { "\(next[index] + $0)\n" }.joined())
                next[index] += count
            }
            take(try journald.receive(min(100, Int(writer.counts.sent) / 2 > 100 ? 100 : 0)))
        }
        for output in outputs { output.ended() }
        writer.send(record("end"))
        var isEnd = false
        while !isEnd || writer.counts.waiting > 0 || told < Int(writer.counts.dropped) {
            let records = try journald.receive(1)
            isEnd = isEnd || records[0].message == "end"
            take(records)
        }
        #expect(seen.values.map(\.count).reduce(0, +) + told == next.reduce(0, +))
        #expect(told > 0)
        for lines in seen.values { #expect(lines == lines.sorted()) }
        #expect(writer.finish())
    }

    @Test("A stream that is too fast does not starve the others, nor gafferd itself")
    func fairness() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path, capacity: 256 << 10)
        let chatty = JournalOutput(writer, job: "chatty")
        let quiet = JournalOutput(writer, job: "quiet")
        let block = String(repeating: line + "\n", count: 100)
        for number in 0..<50 {
            for _ in 0..<10 { chatty.write(block) }
            quiet.write("\(number)\n")
            writer.send(record("event \(number)"))
        }
        let records = try journald.receive { $0.message == "event 49" }
        #expect(records.filter { $0["GAFFER_JOB"] == "quiet" }.map(\.message) == (0..<50).map { "\($0)" })
        #expect(records.filter { $0.message.hasPrefix("event") }.count == 50)
        #expect(writer.counts.dropped > 40_000)
        writer.finish(within: .zero)
    }

    @Test("A journald that is stopped and comes back gets what waited")
    func restarted() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        let output = JournalOutput(writer)
        output.write("before\n")
        #expect(try journald.receive().message == "before")
        journald.stop()
        for number in 0..<100 { output.write("\(number)\n") }
        try journald.start()
        #expect(try journald.receive(100).map(\.message) == (0..<100).map { "\($0)" })
        #expect(writer.finish())
        #expect(writer.counts.dropped == 0)
    }

    @Test("A journald that stalls and is then replaced gets all that the old one had not been given")
    func stalledAndReplaced() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        let output = JournalOutput(writer)
        for number in 0..<2000 { output.write("\(number)\n") }
        // The writer sleeps until this one takes more, or goes.
        #expect(try journald.receive().message == "0")
        let lost = try journald.receive(5).count
        journald.stop()
        try journald.start()
        output.write("last\n")
        let records = try journald.receive { $0.message == "last" }
        let numbers = records.dropLast().compactMap { Int($0.message) }
        let first = try #require(numbers.first)
        #expect(first > lost)
        // What the kernel held for the old one is gone with it; it had room for no more than this.
        #expect(first < 1500)
        #expect(numbers == Array(first..<2000))
        #expect(writer.finish())
    }

    @Test("A journald that is not there yet is found when it comes")
    func late() throws {
        let journald = try FakeJournald(isListening: false)
        let writer = JournalWriter(path: journald.path)
        writer.send(record("early"))
        try journald.start()
        #expect(try journald.receive().message == "early")
        #expect(writer.finish())
    }

    @Test("The end waits for what waits, but not for ever", arguments: [true, false])
    func finish(isListening: Bool) throws {
        let journald = try FakeJournald(isListening: isListening)
        let writer = JournalWriter(path: journald.path)
        let output = JournalOutput(writer)
        for _ in 0..<5000 { output.write("\(line)\n") }
        let start = monotonicNow()
        #expect(!writer.finish(within: .milliseconds(50)))
        #expect(monotonicNow() - start < .seconds(10))
        // What was not sent is known, whether it still waits or was given up.
        #expect(writer.counts.waiting > 0 || writer.counts.dropped > 0)
        // Its thread has ended all the same, and takes nothing any more.
        #expect(writer.finished.wait(atMost: .seconds(20)))
        output.write("late\n")
        #expect(writer.finish())
    }

    @Test("The end sends all, and tells what was dropped")
    func finishTells() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path, capacity: 16 << 10)
        let output = JournalOutput(writer)
        output.write(String(repeating: "\(line)\n", count: 1000) + "and the last")
        output.ended()
        let reader = Reader(journald)
        startThread(named: "test-journald") { reader.run() }
        #expect(writer.finish(within: .seconds(20)))
        let records = reader.records(upTo: Int(writer.counts.sent))
        #expect(records.last?.dropped == Int(writer.counts.dropped))
        #expect(records.count - 1 + Int(writer.counts.dropped) == 1001)
    }

    @Test("A writer that was given nothing has no thread to end")
    func unused() {
        #expect(JournalWriter(path: "/nonexistent").finish(within: .zero))
    }
}

/// Takes records on a thread of its own.
private final class Reader: @unchecked Sendable {
    // @unchecked: the journald is the thread's alone, and the records are read after it has ended.
    private let journald: FakeJournald
    private var records: [ReceivedRecord] = []
    private let more = Wakeup()

    init(_ journald: FakeJournald) {
        self.journald = journald
    }

    func run() {
        while let record = try? journald.receive() {
            records.append(record)
            if record.dropped > 0 { break }
        }
        more.set()
    }

    func records(upTo count: Int) -> [ReceivedRecord] {
        more.wait()
        return records
    }
}
