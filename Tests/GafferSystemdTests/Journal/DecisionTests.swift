import Glibc
import Testing

@testable import GafferSystemd

/// When drops are told, how long to wait, what an errno means.
@Suite struct DecisionTests {
    private let web = JournalStreamName(session: "shop", job: "web", label: "stdout")
    private let worker = JournalStreamName(session: "shop", job: "worker", label: "stderr")

    @Test("Drops are told when all is sent, all together")
    func drained() {
        var ledger = DropLedger()
        ledger.dropped(lines: 3, bytes: 30, of: worker, at: .seconds(10))
        ledger.dropped(lines: 2, bytes: 20, of: web, at: .seconds(11))
        ledger.dropped(lines: 1, bytes: 10, of: worker, at: .seconds(13))
        #expect(
            ledger.due(at: .seconds(13), isDrained: true) == [
                DropReport(name: web, lines: 2, bytes: 20, duration: .zero),
                DropReport(name: worker, lines: 4, bytes: 40, duration: .seconds(3)),
            ]
        )
        #expect(ledger.due(at: .seconds(20), isDrained: true) == [])
        #expect(!ledger.isOwed)
        #expect(ledger.total == 6)
    }

    @Test("Drops that go on are told once a second")
    func goingOn() {
        var ledger = DropLedger()
        ledger.dropped(lines: 1, bytes: 1, of: web, at: .seconds(10))
        #expect(ledger.due(at: .seconds(10.5), isDrained: false) == [])
        ledger.dropped(lines: 1, bytes: 1, of: web, at: .seconds(10.9))
        #expect(ledger.due(at: .seconds(11), isDrained: false).map(\.lines) == [2])
        ledger.dropped(lines: 1, bytes: 1, of: web, at: .seconds(11.1))
        #expect(ledger.due(at: .seconds(11.9), isDrained: true) == [])
        #expect(ledger.resumed(web, at: .seconds(11.9)) == nil)
        #expect(ledger.next() == .seconds(12))
        #expect(ledger.due(at: .seconds(12), isDrained: true).map(\.lines) == [1])
        #expect(ledger.next() == nil)
    }

    @Test("At the end all is told at once")
    func last() {
        var ledger = DropLedger()
        ledger.dropped(lines: 1, bytes: 1, of: web, at: .seconds(10))
        _ = ledger.due(at: .seconds(10), isDrained: true)
        ledger.dropped(lines: 5, bytes: 1, of: web, at: .seconds(10))
        #expect(ledger.due(at: .seconds(10), isDrained: true, isLast: true).map(\.lines) == [5])
    }

    @Test("A stream that is taken again tells its drops, and no other's")
    func resumed() {
        var ledger = DropLedger()
        #expect(ledger.resumed(web, at: .zero) == nil)
        ledger.dropped(lines: 1, bytes: 1, of: web, at: .seconds(10))
        ledger.dropped(lines: 2, bytes: 1, of: worker, at: .seconds(10))
        #expect(ledger.resumed(web, at: .seconds(10))?.lines == 1)
        #expect(ledger.resumed(web, at: .seconds(10)) == nil)
        #expect(ledger.due(at: .seconds(10), isDrained: true).map(\.name) == [worker])
    }

    @Test("journald is looked for at once, then ever more seldom, and at once again when it was there")
    func backoff() {
        var backoff = JournalBackoff()
        let waits = (0..<10).map { _ in backoff.failed() / .milliseconds(1) }
        #expect(waits == [0, 50, 100, 200, 400, 800, 1600, 2000, 2000, 2000])
        backoff.succeeded()
        #expect(backoff.failed() == .zero)
    }

    @Test("Work that follows work is collected; what comes alone is not")
    func pace() {
        var pace = JournalPace()
        #expect(pace.pause(at: .seconds(1)) == 0)
        pace.turnEnded(at: .seconds(1))
        #expect(pace.pause(at: .seconds(1) + JournalPace.frequentGap) == JournalPace.pause)
        #expect(pace.pause(at: .seconds(1.1)) == 0)
        pace.sent(10)
        #expect(pace.pauseAfterFull == 0)
        pace.sent(128)
        pace.sent(1)
        #expect(pace.pauseAfterFull == JournalPace.pauseWhenFull)
    }

    @Test(
        "An errno tells what to do",
        arguments: [
            (EAGAIN, .full), (EMSGSIZE, .tooLarge), (ECONNREFUSED, .disconnected), (ENOTCONN, .disconnected),
            (ENOENT, .disconnected), (ENOBUFS, .exhausted), (EMFILE, .exhausted), (EINVAL, .refused),
        ] as [(Int32, JournalSending)]
    )
    func sending(_ errno: Int32, _ sending: JournalSending) {
        #expect(JournalSending(errno: errno) == sending)
    }
}
