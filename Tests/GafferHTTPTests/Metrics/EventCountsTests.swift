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
