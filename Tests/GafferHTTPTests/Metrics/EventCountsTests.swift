import Gaffer
import GafferModel
import GafferTestKit
import Testing

@testable import GafferHTTP

@Suite("Counts of events")
struct EventCountsTests {
    private static func exit(_ status: GafferModel.ExitStatus) -> Event.Kind {
        .exit(pid: 1, osPid: 2, status: status, isCommit: false)
    }

    private func event(_ kind: Event.Kind, of job: String) throws -> Event {
        Event(sequence: 1, time: 1, job: try JobName(parsing: job), kind: kind)
    }

    @Test(
        "An exit counts for the code or for the signal",
        arguments: [
            (.code(0), "0", ""), (.code(255), "255", ""), (.signal(.terminate), "", "SIGTERM"),
            (.outOfMemory, "", "SIGKILL"), (.signal(Signal(rawValue: 40)), "", "SIGRTMIN+6"), (.unknown, "unknown", ""),
        ] as [(GafferModel.ExitStatus, String, String)]
    )
    func countsExits(_ status: GafferModel.ExitStatus, _ code: String, _ signal: String) throws {
        var counts = EventCounts()
        for _ in 0..<2 { counts.note(try event(Self.exit(status), of: "shop.web")) { _ in true } }
        let exits = try #require(counts.exits[try JobName(parsing: "shop.web")])
        #expect(exits.map(\.key.code) == [code])
        #expect(exits.map(\.key.signal) == [signal])
        #expect(exits.map(\.value) == [2])
        #expect(counts.types == ["exit": 2])
    }

    @Test("What is counted of a job goes with it, and its last exits make no new entry")
    func forgetsJobs() throws {
        var counts = EventCounts()
        let job = try JobName(parsing: "shop.web")
        counts.note(try event(.load, of: "shop.web")) { _ in false }
        counts.note(try event(Self.exit(.code(1)), of: "shop.web")) { _ in false }
        #expect(counts.exits[job]?.values.first == 1)
        counts.note(try event(.unload, of: "shop.web")) { _ in false }
        counts.note(try event(Self.exit(.code(1)), of: "shop.web")) { _ in false }
        #expect(counts.exits == [:])
        counts.note(try event(.load, of: "shop.web")) { _ in true }
        #expect(counts.exits[job] == [:])
        #expect(counts.types == ["load": 2, "exit": 2, "unload": 1])
    }

    @Test("After a gap only jobs that are still there are kept")
    func forgetsAfterGaps() throws {
        var counts = EventCounts()
        for job in ["a.a", "b.b"] { counts.note(try event(Self.exit(.code(0)), of: job)) { _ in true } }
        counts.miss(7) { $0.job == "a" }
        #expect(counts.exits.keys.map(\.job) == ["a"])
        #expect(counts.missed == 7)
    }

    @Test("A counter counts what was before it and what comes, until the bus ends")
    func followsTheBus() async throws {
        let feeds = FakeFeeds()
        let supervisor = FakeSupervisor()
        let web = try JobName(session: "shop", job: "web")
        supervisor.add(web)
        let registry = MetricsRegistry()
        feeds.publish(.load, of: web)
        let counter = EventCounter(feeds: feeds, supervisor: supervisor, registry: registry)
        async let ended: Void = counter.run()
        feeds.publish(.spawn(pid: 1, osPid: 2, isCommit: false, isDetached: false), of: web)
        feeds.publish(Self.exit(.code(3)), of: web)
        feeds.publish(Self.exit(.code(3)), of: try JobName(parsing: "gone"))
        feeds.events.finish()
        await ended
        let counts = registry.counts.events
        #expect(counts.types == ["load": 1, "spawn": 1, "exit": 2])
        #expect(counts.exits == [web: [.code(3): 1]])
    }

    @Test(
        "Starts are timed to the first process, and stops from the word to the end; of what is unloaded nothing is left"
    )
    func durations() throws {
        let web = try JobName(parsing: "shop.web")
        var counts = EventCounts()
        func note(_ time: Double, _ kind: Event.Kind) {
            counts.note(Event(sequence: 1, time: time, job: web, kind: kind)) { _ in true }
        }
        note(1, .load)
        note(2, .start)
        for pid in 1...2 { note(2 + Double(pid) / 10, .spawn(pid: pid, osPid: 9, isCommit: false, isDetached: false)) }
        note(5, .stopProcess(pid: 1, osPid: 9))
        note(6, .stopProcess(pid: 1, osPid: 9))
        note(7.5, Self.exit(.code(0)))
        // One that dies by itself was not told to.
        note(8, .exit(pid: 2, osPid: 9, status: .code(1), isCommit: false))
        #expect(counts.starts[web]?.cumulated.last == 1)
        #expect(abs((counts.starts[web]?.sum ?? 0) - 0.1) < 1e-6)
        #expect(counts.stops[web]?.cumulated == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
        #expect(counts.stops[web]?.sum == 2.5)
        note(9, .unload)
        #expect(counts.starts.isEmpty && counts.stops.isEmpty && counts.exits.isEmpty)
    }

    @Test("A counter that is too late says how many events it missed")
    func tellsWhatItMissed() async throws {
        let feeds = FakeFeeds(events: EventBus(history: 10))
        let web = try JobName(session: "shop", job: "web")
        for _ in 0..<25 { feeds.publish(.start, of: web) }
        let registry = MetricsRegistry()
        feeds.events.finish()
        await EventCounter(feeds: feeds, supervisor: FakeSupervisor(), registry: registry).run()
        #expect(registry.counts.events.missed == 15)
        #expect(registry.counts.events.types == ["start": 10])
    }
}
