import GafferModel
import GafferSystem
import GafferTestKit
import Glibc
import Synchronization
import Testing

@testable import Gaffer

@Suite("Who watches statistics")
struct StatsWatchesTests {
    @Test(
        "is due at multiples of the interval, but never at once again",
        arguments: [(10_000, 1_000, 11_000), (10_400, 1_000, 11_000), (10_600, 1_000, 12_000), (10_999, 500, 11_500)]
    )
    func next(now: Int, interval: Int, due: Int) {
        #expect(StatsWatches.next(after: .milliseconds(now), every: .milliseconds(interval)) == .milliseconds(due))
    }

    @Test("shares looks with others of the same interval, and of a multiple of it")
    func sharing() {
        var watches = StatsWatches()
        #expect(watches.delay(at: .seconds(10)) == nil)
        watches.add(1, .everything, every: .seconds(1))
        #expect(watches.delay(at: .milliseconds(10_200)) == .zero)
        #expect(watches.takeDue(at: .milliseconds(10_200)) == [1])
        watches.add(2, .process(7), every: .seconds(2))
        watches.add(3, .process(8), every: .zero)
        #expect(watches.takeDue(at: .milliseconds(10_300)) == [2, 3])
        #expect(watches.delay(at: .milliseconds(10_300)) == .milliseconds(100))
        #expect(watches.takeDue(at: .milliseconds(10_400)) == [3])
        #expect(watches.takeDue(at: .seconds(11)) == [1, 3])
        #expect(watches.takeDue(at: .seconds(12)) == [1, 2, 3])
        watches.remove(1)
        watches.remove(3)
        #expect(watches.takeDue(at: .seconds(13)) == [])
        #expect(watches.hurry(.process(7)) == true)
        #expect(watches.hurry(.process(8)) == false)
        #expect(watches.takeDue(at: .seconds(13)) == [2])
        watches.remove(2)
        #expect(watches.isEmpty)
        #expect(watches.delay(at: .seconds(13)) == nil)
    }
}

/// A sampler on a clock that stands still, which looks at the test's own process.
private final class SamplerBench: Sendable {
    let time = ManualTime()
    let sampler: StatsSampler
    private let worker = WorkerThread(name: "test-stats")
    let subjects = Mutex<[StatsSampler.Subject]?>([.init(pid: 7, osPid: getpid(), cgroup: nil)])
    let looks = Counter()

    init() {
        sampler = StatsSampler(worker: worker, time: time)
    }

    deinit {
        worker.stop()
    }

    func watch(_ target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]> {
        sampler.watch(target, every: interval) { [self] in
            looks.increment()
            return subjects.withLock { $0 }
        }
    }

    /// Lets time pass, and what is due be looked at.
    func pass(_ duration: Duration = .zero) async {
        time.pass(duration)
        await worker.result {}
    }
}

/// Takes looks one by one.
private final class Looks {
    private var iterator: AsyncStream<[ProcessStats]>.Iterator

    init(_ looks: AsyncStream<[ProcessStats]>) {
        iterator = looks.makeAsyncIterator()
    }

    func next() async -> [ProcessStats]? {
        await iterator.next()
    }
}

@Suite("Watching statistics", .timeLimit(.minutes(1)))
struct StatsWatchTests {
    @Test("gives a look at once, then one in each interval, and ends with what is watched")
    func watching() async {
        let bench = SamplerBench()
        let looks = Looks(bench.watch(.process(7), every: .seconds(1)))
        await bench.pass()
        let first = await looks.next()
        #expect(first?.map(\.pid) == [7])
        #expect(first?.first?.osPid == getpid())
        #expect((first?.first?.residentBytes ?? 0) > 0)
        #expect(first?.first?.username != nil)
        #expect(first?.first?.cmdline != nil)
        #expect(bench.time.timerCount == 1)
        await bench.pass(.seconds(1))
        #expect(await looks.next()?.count == 1)
        #expect(bench.looks.value == 2)
        bench.subjects.withLock { $0 = [] }
        await bench.pass(.seconds(1))
        #expect(await looks.next()?.isEmpty == true)
        bench.subjects.withLock { $0 = nil }
        bench.sampler.ended(.process(8))
        await bench.pass()
        #expect(bench.looks.value == 3)
        bench.sampler.ended(.process(7))
        await bench.pass()
        #expect(await looks.next() == nil)
        #expect(bench.sampler.watcherCount == 0)
        bench.time.pass(.seconds(100))
        #expect(bench.looks.value == 4)
        #expect(bench.time.timerCount == 0)
    }

    @Test("gives a slow reader the newest look only")
    func slow() async {
        let bench = SamplerBench()
        let slow = bench.watch(.everything, every: .seconds(1))
        for _ in 0..<5 { await bench.pass(.seconds(1)) }
        bench.subjects.withLock { $0 = nil }
        await bench.pass(.seconds(1))
        var count = 0
        for await _ in slow { count += 1 }
        #expect(count == 1)
    }

    @Test("stops with the last reader, and begins anew with the next")
    func stopping() async {
        let bench = SamplerBench()
        let first = Task { [looks = bench.watch(.everything, every: .milliseconds(100))] in
            for await _ in looks {}
        }
        await bench.pass()
        #expect(bench.sampler.watcherCount == 1)
        first.cancel()
        await first.value
        #expect(bench.sampler.watcherCount == 0)
        let before = bench.looks.value
        await bench.pass(.seconds(1))
        #expect(bench.looks.value == before)
        #expect(bench.time.timerCount == 0)
        let looks = Looks(bench.watch(.everything, every: .seconds(1)))
        await bench.pass()
        #expect(await looks.next()?.count == 1)
    }

    @Test("of a job covers the processes that it gets later, and ends when it is unloaded")
    func job() async throws {
        try await ManagerBench.run { bench in
            try await bench.load(.web, 1)
            let looks = Looks(bench.manager.stats(of: .job(.web), every: .milliseconds(100)))
            let all = Looks(bench.manager.stats(of: .everything, every: .seconds(3600)))
            let process = Looks(bench.manager.stats(of: .process(1), every: .seconds(3600)))
            // The pretended processes have numbers that no process has.
            #expect(await looks.next()?.isEmpty == true)
            #expect(await all.next()?.isEmpty == true)
            #expect(await process.next()?.isEmpty == true)
            let change = try await bench.manager.unload(.web)
            try await change.settled()
            while await looks.next() != nil {}
            #expect(await process.next() == nil)
            let unknown = Looks(bench.manager.stats(of: .job(.named("no.job")), every: .seconds(1)))
            #expect(await unknown.next() == nil)
            let another = Looks(bench.manager.stats(of: .process(99), every: .seconds(1)))
            #expect(await another.next() == nil)
        }
    }

    @Test("ends for all when the manager does")
    func finishing() async throws {
        try await ManagerBench.run { bench in
            let looks = Looks(bench.manager.stats(of: .everything, every: .seconds(3600)))
            #expect(await looks.next() == [])
            await bench.manager.shutDown()
            #expect(await looks.next() == nil)
            let late = Looks(bench.manager.stats(of: .everything, every: .seconds(3600)))
            #expect(await late.next() == nil)
        }
    }
}
