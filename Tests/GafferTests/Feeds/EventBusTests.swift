import GafferModel
import Synchronization
import Testing

@testable import Gaffer

@Suite("The bus of events", .timeLimit(.minutes(1)))
struct EventBusTests {
    private let job: JobName

    init() throws {
        job = try JobName(parsing: "shop.web")
    }

    private func publish(_ count: Int, on bus: EventBus) {
        for _ in 0..<count { bus.publish(.start, of: job, time: 1) }
    }

    private func sequences(_ batch: EventBatch?) -> [UInt64] { batch?.events.map(\.sequence) ?? [] }

    @Test("counts events from 1")
    func counting() async {
        let bus = EventBus()
        #expect(bus.lastSequence == 0)
        let feed = bus.feed()
        publish(3, on: bus)
        #expect(bus.lastSequence == 3)
        #expect(sequences(await feed.next()) == [1, 2, 3])
    }

    @Test(
        "begins after the number that a listener names, and tells what is no longer kept",
        arguments: [(0, 5, [6, 7, 8, 9, 10]), (4, 1, [6, 7, 8, 9, 10]), (5, 0, [6, 7, 8, 9, 10]), (8, 0, [9, 10])]
            as [(UInt64, UInt64, [UInt64])]
    )
    func resuming(after: UInt64, missed: UInt64, expected: [UInt64]) async {
        let bus = EventBus(history: 5)
        publish(10, on: bus)
        let feed = bus.events(after: after, buffer: 5)
        let batch = await feed.next()
        #expect(sequences(batch) == expected)
        #expect(batch?.missed == missed)
        publish(1, on: bus)
        #expect(sequences(await feed.next()) == [11])
    }

    @Test("begins now for who has everything, and with all that is kept for a number of another life")
    func bounds() async {
        let bus = EventBus(history: 5)
        publish(10, on: bus)
        let upToDate = bus.events(after: 10, buffer: 5)
        let stranger = bus.events(after: 11, buffer: 5)
        publish(1, on: bus)
        #expect(sequences(await upToDate.next()) == [11])
        let batch = await stranger.next()
        #expect(sequences(batch) == [7, 8, 9, 10, 11])
    }

    @Test("tells a slow listener how many events it lost")
    func losing() async {
        let bus = EventBus(history: 10)
        let feed = bus.feed(buffer: 10)
        let patient = bus.feed(buffer: 40)
        publish(50, on: bus)
        let batch = await feed.next()
        #expect(batch?.missed == 10)
        #expect(batch?.events.first?.sequence == 11)
        #expect(batch?.events.count == 40)
        publish(60, on: bus)
        #expect(await patient.next()?.missed == 70)
        patient.cancel()
        publish(1, on: bus)
        #expect(await feed.next()?.missed == 51)
    }

    @Test("hands out many events by one waking")
    func together() async {
        let orders = Mutex<[@Sendable () -> Void]>([])
        let bus = EventBus(later: { order in orders.withLock { $0.append(order) } })
        let feed = bus.feed()
        async let batch = feed.next()
        publish(1, on: bus)
        publish(99, on: bus)
        let taken = orders.withLock { $0 }
        #expect(taken.count == 1)
        for order in taken { order() }
        #expect(sequences(await batch).last == 100)
        publish(1, on: bus)
        #expect(orders.withLock { $0.count } == 2)
    }

    @Test("ends for all, after what was published")
    func finishing() async {
        let bus = EventBus(later: { _ in })
        let feed = bus.feed()
        let single = bus.events()
        publish(2, on: bus)
        bus.finish()
        #expect(sequences(await feed.next()) == [1, 2])
        #expect(await feed.next() == nil)
        var all: [UInt64] = []
        for await event in single { all.append(event.sequence) }
        #expect(all == [1, 2])
    }

    @Test("gives each event once to each of many listeners, while many publish")
    func crowd() async {
        let bus = EventBus(history: 100_000)
        await withTaskGroup(of: Bool.self) { group in
            for listener in 0..<10 {
                let feed = bus.events(after: 0)
                group.addTask {
                    var next: UInt64 = 1
                    for await batch in feed {
                        for event in batch.events {
                            guard event.sequence == next else { return false }
                            next += 1
                        }
                        if listener == 0 { await Task.yield() }
                        if next == 4_001 { return true }
                    }
                    return false
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    publish(1_000, on: bus)
                    return true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
