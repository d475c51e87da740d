import Glibc
import Testing

@testable import GafferSystem

@Suite("When the output thread pauses")
struct OutputCoalescerTests {
    /// Runs turns of one read each and gives the pauses.
    private static func pauses(turns: Int, read: Int, pipe: Int, sleep: Int64) -> [Int64] {
        var coalescer = Coalescer()
        return (0..<turns).map { _ in
            coalescer.read(read, ofPipe: pipe)
            return coalescer.turnEnded(afterSleepOf: sleep)
        }
    }

    @Test("not for a child that writes now and then")
    func interactive() {
        #expect(
            OutputCoalescerTests.pauses(turns: 100, read: 80, pipe: 65_536, sleep: 1_000_001).allSatisfy { $0 == 0 }
        )
    }

    @Test("longer and longer for one that writes line by line, but not for ever")
    func lines() {
        let pauses = OutputCoalescerTests.pauses(turns: 30, read: 300, pipe: 65_536, sleep: 5000)
        #expect(pauses[..<15].allSatisfy { $0 == 0 })
        #expect(Array(pauses[15...20]) == [100_000, 200_000, 400_000, 800_000, 1_000_000, 1_000_000])
        #expect(pauses.max() == Coalescer.longestPause)
    }

    @Test(
        "not where the pipe fills, or the reads are long",
        arguments: [(65_536, 65_536), (5000, 8192), (40_000, 262_144)]
    )
    func bulk(read: Int, pipe: Int) {
        #expect(OutputCoalescerTests.pauses(turns: 100, read: read, pipe: pipe, sleep: 0).allSatisfy { $0 == 0 })
    }

    @Test("shorter when a pipe has filled meanwhile, and no more after some quiet")
    func adapts() {
        var coalescer = Coalescer()
        func turn(_ read: Int, sleep: Int64 = 0) -> Int64 {
            coalescer.read(read, ofPipe: 65_536)
            return coalescer.turnEnded(afterSleepOf: sleep)
        }
        for _ in 0..<17 { _ = turn(300) }
        #expect(turn(300) == 400_000)
        #expect(turn(50_000) == 200_000)
        #expect(turn(32_767) == 400_000)
        #expect(turn(50_000) == 200_000)
        #expect(turn(50_000) == 100_000)
        #expect(turn(50_000) == 0)
        #expect(turn(300) == 100_000)
        #expect(turn(300, sleep: 2_000_000) == 0)
        #expect(turn(300) == 0)
    }

    @Test("a turn without a read changes nothing")
    func emptyTurn() {
        var coalescer = Coalescer()
        #expect((0..<100).allSatisfy { _ in coalescer.turnEnded(afterSleepOf: 0) == 0 })
    }
}

@Suite("Whether the output thread is stuck")
struct OutputStallDetectorTests {
    typealias Verdict = StallDetector.Verdict

    @Test(
        "is told by its operation counter",
        arguments: [
            ([1, 1], [.watch, .watch]),
            ([1, 1, 1], [.watch, .watch, .stalled]),
            ([1, 3, 5, 7, 9], [.watch, .watch, .watch, .watch, .watch]),
            ([1, 1, 2, 3, 3, 3], [.watch, .watch, .watch, .watch, .watch, .stalled]),
            ([0, 0], [.rest, .rest]),
            ([2, 2, 2], [.watch, .rest, .rest]),
            ([2, 2, 3, 3, 3], [.watch, .rest, .watch, .watch, .stalled]),
        ] as [([UInt64], [Verdict])]
    )
    func verdicts(operations: [UInt64], expected: [Verdict]) {
        var detector = StallDetector()
        #expect(operations.map { detector.looked(at: $0) } == expected)
    }
}

@Suite("The health of a file")
struct OutputSinkHealthTests {
    @Test("has it tried again after longer and longer times")
    func delays() {
        var health = SinkHealth()
        var now = Duration.zero
        var delays: [Duration] = []
        for _ in 0..<8 {
            health.failed(.write(ENOSPC), at: now)
            let failed = now
            while !health.mayTry(at: now) { now += .milliseconds(100) }
            delays.append(now - failed)
        }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map(Duration.milliseconds))
    }

    @Test(
        "has it tried again with the next output where it was only full",
        arguments: [.write(EAGAIN), .stalled] as [DropCause]
    )
    func fullForNow(cause: DropCause) {
        var health = SinkHealth()
        health.failed(cause, at: .seconds(7))
        #expect(health.mayTry(at: .seconds(7)))
    }

    @Test("is reported at once, then every ten seconds, and at its recovery")
    func reports() {
        var health = SinkHealth()
        health.failed(.write(ENOSPC), at: .zero)
        #expect(health.dropped(10, at: .zero) == .dropping(.write(ENOSPC)))
        #expect(health.dropped(10, at: .seconds(9)) == nil)
        #expect(health.dropped(10, at: .seconds(10)) == .dropping(.write(ENOSPC)))
        #expect(health.untold == 30)
        let report = health.recovered(told: 30)
        #expect(report?.state == .recovered)
        #expect(report?.dropped == 30)
        #expect(health.cause == nil)
        // Soon again: told of neither.
        health.failed(.write(ENOSPC), at: .seconds(11))
        #expect(health.dropped(10, at: .seconds(11)) == nil)
        #expect(health.recovered(told: 10) == nil)
        #expect(health.droppedEver == 40)
    }

    @Test("is not mended while more was dropped than was told")
    func moreDropped() {
        var health = SinkHealth()
        health.failed(.stalled, at: .zero)
        _ = health.dropped(10, at: .zero)
        #expect(health.recovered(told: 4) == nil)
        #expect(health.cause == .stalled)
        #expect(health.untold == 6)
    }
}

@Suite("When a file is rotated")
struct OutputRotationTests {
    @Test(
        "by size: after a newline where it can",
        arguments: [
            ("abc\n", 0, .write(4)),
            ("abc\n", 6, .write(4)),
            ("abc\n", 7, .rotate),
            ("a\nbc\n", 7, .write(2)),
            ("abcdef", 10, .rotate),
            ("abcdef", 12, .rotate),
            ("0123456789ab", 0, .write(10)),
            ("0123456789ab", 1, .rotate),
            ("01234\n6789ab", 0, .write(6)),
        ] as [(String, UInt64, FileRotation.Step)]
    )
    func bySize(text: String, size: UInt64, step: FileRotation.Step) {
        let rotation = FileRotation(maxSize: 10)
        #expect(Array(text.utf8).withByteView { rotation.step(for: $0, fileSize: size, age: .zero) } == step)
    }

    @Test(
        "by age, unless it is empty",
        arguments: [(0, 99, .write(1)), (1, 59, .write(1)), (1, 60, .rotate)] as [(UInt64, Int, FileRotation.Step)]
    )
    func byAge(size: UInt64, age: Int, step: FileRotation.Step) {
        let rotation = FileRotation(maxAge: .seconds(60))
        #expect([1].withByteView { rotation.step(for: $0, fileSize: size, age: .seconds(age)) } == step)
    }

    @Test(
        "each file gets the next number, up to the last",
        arguments: [
            (0, 5, []),
            (1, 5, ["f>f.1"]),
            (3, 0, ["f>f.1"]),
            (3, 1, ["f.1>f.2", "f>f.1"]),
            (3, 3, ["f.2>f.3", "f.1>f.2", "f>f.1"]),
        ] as [(Int, Int, [String])]
    )
    func names(keep: Int, existing: Int, expected: [String]) {
        let rotation = FileRotation(maxSize: 1, keep: keep)
        let renames = rotation.renames(of: "f") { name in (1...9).prefix(existing).contains { name == "f.\($0)" } }
        #expect(renames.map { "\($0.from)>\($0.to)" } == expected)
    }
}
