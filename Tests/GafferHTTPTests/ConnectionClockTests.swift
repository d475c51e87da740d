import NIOCore
import Testing

@testable import GafferHTTP
@testable import WebServer

@Suite("The clock of a connection")
struct ConnectionClockTests {
    private let start = NIODeadline.now()
    private let limits = ConnectionLimits()

    @Test(
        "Every phase but the waiting for a job has an end",
        arguments: [
            (ConnectionClock.Phase.idle, 60), (.head, 10), (.body, 30), (.answering, nil), (.writing, 60),
            (.lingering, 5),
        ] as [(ConnectionClock.Phase, Int64?)]
    )
    func ends(_ phase: ConnectionClock.Phase, _ seconds: Int64?) {
        var clock = ConnectionClock(limits: limits, now: start)
        clock.entered(phase, at: start + .seconds(1))
        #expect(clock.deadline == seconds.map { start + .seconds(1 + $0) })
    }

    @Test("A whole request costs no timer: the first one is looked at when it fires, and set anew")
    func setsOneTimer() {
        var clock = ConnectionClock(limits: limits, now: start)
        #expect(clock.nextAlarm() == start + .seconds(60))
        for second in 1...50 {
            for phase in [ConnectionClock.Phase.head, .body, .answering, .idle] {
                clock.entered(phase, at: start + .seconds(Int64(second)))
            }
            #expect(clock.nextAlarm() == nil)
        }
        #expect(clock.timerFired(at: start + .seconds(60)) == false)
        #expect(clock.nextAlarm() == start + .seconds(110))
        #expect(clock.timerFired(at: start + .seconds(110)) == true)
    }

    @Test("A head that stays unfinished gets a timer of its own, earlier than the one that is set")
    func hurriesHeads() {
        var clock = ConnectionClock(limits: limits, now: start)
        _ = clock.nextAlarm()
        clock.entered(.head, at: start + .seconds(1))
        #expect(clock.nextAlarm() == start + .seconds(11))
        #expect(clock.timerFired(at: start + .seconds(11)) == true)
    }

    @Test("While a job is waited for no time passes")
    func waitsForJobs() {
        var clock = ConnectionClock(limits: limits, now: start)
        _ = clock.nextAlarm()
        clock.entered(.answering, at: start)
        #expect(clock.timerFired(at: start + .hours(24)) == false)
        #expect(clock.nextAlarm() == nil)
        clock.entered(.idle, at: start + .hours(25))
        #expect(clock.nextAlarm() == start + .hours(25) + .seconds(60))
    }

    @Test("A connection that lingers only ends")
    func lingersOnce() {
        var clock = ConnectionClock(limits: limits, now: start)
        clock.entered(.lingering, at: start)
        clock.entered(.idle, at: start + .seconds(4))
        #expect(clock.phase == .lingering)
        #expect(clock.deadline == start + .seconds(5))
    }
}
