import Testing

@testable import Gaffer

@Suite("A broadcast", .timeLimit(.minutes(1)))
struct BroadcastTests {
    @Test("gives each reader what comes after its beginning, at its own pace")
    func pace() async {
        let log = Broadcast<Int>(limit: 100)
        log.append(1)
        let early = log.reader()
        log.append(2)
        let late = log.reader()
        log.append(3)
        #expect(await early.next()?.elements == [2, 3])
        log.append(4)
        #expect(await early.next()?.elements == [4])
        #expect(await late.next()?.elements == [3, 4])
        log.finish()
        #expect(await early.next() == nil)
        #expect(await late.next() == nil)
        #expect(await late.next() == nil)
    }

    @Test("wakes all that wait, with the same elements")
    func waking() async {
        let log = Broadcast<Int>(limit: 100)
        await withTaskGroup(of: [Int].self) { group in
            for _ in 1...20 {
                let reader = log.reader()
                group.addTask {
                    var all: [Int] = []
                    while let batch = await reader.next() { all += batch.elements }
                    return all
                }
            }
            for number in 1...50 {
                log.append(number)
                if number % 10 == 0 { await Task.yield() }
            }
            log.finish()
            for await all in group { #expect(all == Array(1...50)) }
        }
    }

    @Test("tells a reader that fell behind what it lost, and costs no more than its limit")
    func falling() async {
        let log = Broadcast<Int>(limit: 30)
        log.append(0, cost: 20)
        let reader = log.reader()
        for number in 1...10 { log.append(number, cost: 10) }
        #expect(log.keptCost == 30)
        let batch = await reader.next()
        #expect(batch?.elements == [8, 9, 10])
        #expect(batch?.missed == 7)
        #expect(batch?.missedCost == 70)
        log.append(11, cost: 10)
        let after = await reader.next()
        #expect(after?.elements == [11])
        #expect(after?.missed == 0)
        #expect(after?.missedCost == 0)
    }

    @Test("keeps the last element, whatever it costs")
    func large() async {
        let log = Broadcast<Int>(limit: 10)
        let reader = log.reader()
        log.append(1, cost: 5)
        log.append(2, cost: 1_000)
        let batch = await reader.next()
        #expect(batch?.elements == [2])
        #expect(batch?.missedCost == 5)
    }

    @Test(
        "gives batches of a bounded cost, but at least one element",
        arguments: [(25, [1, 2]), (1, [1]), (30, [1, 2, 3])]
    )
    func bounded(limit: Int, expected: [Int]) async {
        let log = Broadcast<Int>(limit: 1_000)
        let reader = log.reader()
        for number in 1...3 { log.append(number, cost: 10) }
        #expect(await reader.next(atMost: limit)?.elements == expected)
    }

    @Test("forgets what every reader has taken, unless it is to keep it", arguments: [true, false])
    func releasing(keepsHistory: Bool) async {
        let log = Broadcast<Int>(limit: 800, keepsHistory: keepsHistory)
        let reader = log.reader()
        for number in 1...700 {
            log.append(number)
            _ = await reader.next()
        }
        if keepsHistory { #expect(log.keptCost == 700) } else { #expect(log.keptCost <= 101) }
    }

    @Test("ends for a reader whose task is cancelled, while it waits and before", arguments: [true, false])
    func cancelling(isWaiting: Bool) async {
        let log = Broadcast<Int>(limit: 10)
        let reader = log.reader()
        let other = log.reader()
        let task = Task {
            if !isWaiting { withUnsafeCurrentTask { $0?.cancel() } }
            return await reader.next() == nil
        }
        if isWaiting {
            await Task.yield()
            task.cancel()
        }
        #expect(await task.value)
        log.append(1)
        #expect(await reader.next() == nil)
        #expect(await other.next()?.elements == [1])
    }

    @Test("forgets a reader with its last reference")
    func forgetting() {
        let log = Broadcast<Int>(limit: 10)
        do {
            let reader = log.reader()
            #expect(log.readerCount == 1)
            _ = reader
        }
        #expect(log.readerCount == 0)
    }

    @Test("keeps more for a reader that asks for it, as long as it needs it")
    func reaching() async {
        let log = Broadcast<Int>(limit: 10, keepsHistory: true)
        let near = log.reader()
        let far = log.reader(reach: 30) { $0.end }
        for number in 1...20 { log.append(number) }
        #expect(log.keptCost == 20)
        #expect(await far.next()?.elements == Array(1...20))
        log.append(21)
        #expect(log.keptCost == 10)
        #expect(await near.next()?.missed == 11)
        for number in 22...100 { log.append(number) }
        #expect(log.keptCost == 30)
        #expect(await far.next()?.missed == 50)
        far.cancel()
        log.append(101)
        #expect(log.keptCost == 10)
    }
}
