import GafferModel
import Testing

@testable import Gaffer

@Suite struct BackoffTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: BackoffRule
        /// Milliseconds, by the exit in a row.
        let waits: [Int]
        let testDescription: String
    }

    @Test(
        "The first exit is mended at once, then the waits grow up to their limit",
        arguments: [
            Case(rule: .standard, waits: [0, 500, 1000, 2000, 4000], testDescription: "half a second, doubled"),
            Case(rule: .none, waits: [0, 0, 0, 0], testDescription: "none at all"),
            Case(
                rule: BackoffRule(initial: .seconds(1), factor: 3, max: .seconds(5)),
                waits: [0, 1000, 3000, 5000, 5000],
                testDescription: "tripled, five seconds at most"
            ),
            Case(
                rule: BackoffRule(initial: .seconds(2), factor: 1, max: .seconds(60)),
                waits: [0, 2000, 2000, 2000],
                testDescription: "always the same"
            ),
            Case(
                rule: BackoffRule(initial: .seconds(9), factor: 2, max: .seconds(4)),
                waits: [0, 4000, 4000],
                testDescription: "a limit below the first wait"
            ),
            Case(
                rule: BackoffRule(initial: .seconds(1), factor: 1e300, max: .seconds(60)),
                waits: [0, 1000, 60_000, 60_000],
                testDescription: "a factor beyond all bounds"
            ),
        ]
    )
    func growth(row: Case) {
        var backoff = Backoff()
        let waits = row.waits.map { _ in backoff.exited(afterUptime: .zero, rule: row.rule) }
        #expect(waits == row.waits.map { .milliseconds($0) })
    }

    @Test("A process that stayed up for ten seconds ends the row")
    func reset() {
        var backoff = Backoff()
        for _ in 1...4 { _ = backoff.exited(afterUptime: .zero, rule: .standard) }
        #expect(backoff.exited(afterUptime: .milliseconds(9999), rule: .standard) == .seconds(4))
        #expect(backoff.exited(afterUptime: .seconds(10), rule: .standard) == .zero)
        #expect(backoff.exited(afterUptime: .zero, rule: .standard) == .milliseconds(500))
    }

    @Test("After a long wait a process has to stay up for as long")
    func longReset() {
        let rule = BackoffRule(initial: .seconds(30), factor: 2, max: .seconds(60))
        var backoff = Backoff()
        for _ in 1...3 { _ = backoff.exited(afterUptime: .zero, rule: rule) }
        #expect(backoff.exited(afterUptime: .seconds(59), rule: rule) == .seconds(60))
        #expect(backoff.exited(afterUptime: .seconds(60), rule: rule) == .zero)
    }

    @Test("A row of any length costs the same", .timeLimit(.minutes(1)))
    func longRow() {
        let rule = BackoffRule(initial: .seconds(1), factor: 1, max: .seconds(60))
        var backoff = Backoff()
        var last = Duration.zero
        for _ in 1...200_000 { last = backoff.exited(afterUptime: .zero, rule: rule) }
        #expect(last == .seconds(1))
    }
}
