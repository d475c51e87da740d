import GafferModel
import GafferSystem
import GafferTestKit

@testable import Gaffer

/// A manager on a machine that is only pretended, and on a supervision loop of its own.
struct ManagerBench: Sendable {
    let manager: ManagerActor
    let host: FakeHost
    let store = RecordingWishStore()
    fileprivate let loop: SupervisionLoop
    fileprivate let worker = WorkerThread(name: "test-stats")

    /// Runs a test, and ends the threads after it.
    static func run(
        _ behaviour: FakeHost.Behaviour = .obedient,
        wishes: Wishes = Wishes(),
        _ body: (ManagerBench) async throws -> Void
    ) async throws {
        let bench = try ManagerBench(behaviour, wishes: wishes)
        defer {
            bench.loop.stop()
            bench.worker.stop()
        }
        try await body(bench)
    }

    private init(_ behaviour: FakeHost.Behaviour, wishes: Wishes) throws {
        loop = try SupervisionLoop()
        host = FakeHost(loop: loop, behaviour)
        manager = ManagerActor(
            executor: loop,
            host: host,
            stats: StatsSampler(worker: worker),
            wishes: wishes,
            store: store,
            check: { config, name throws(GafferError) in
                try LaunchPlan.check(config, name: name, inherited: [:])
            }
        )
        loop.start()
    }

    /// Loads a job, and waits until what happens by itself has happened.
    @discardableResult
    func load(
        _ name: JobName = .web,
        _ number: Int = 1,
        _ change: (inout JobConfig) -> Void = { _ in }
    ) async throws -> Change {
        var config = JobConfig(cmd: "run \(name.job)")
        config.numprocesses = number
        change(&config)
        let result = try await manager.load(config, as: name)
        await host.settle()
        return result
    }

    func state(_ name: JobName = .web) throws -> JobInfo.State {
        try manager.info(of: name).state
    }

    func running(_ name: JobName = .web) throws -> [Int] {
        try manager.info(of: name).instances.filter { $0.state == .running }.map(\.pid)
    }

    /// Gives others their turn until something holds, or the test's time is over.
    func wait(until holds: () async -> Bool) async {
        while await !holds(), !Task.isCancelled { await Task.yield() }
    }

    /// Gives everybody so many turns that whoever does not wait for the test is done with what it does.
    func giveTurns() async {
        for _ in 1...300 {
            await host.settle()
            await Task.yield()
        }
    }

    /// Ends the manager, whatever its processes do, and gives all events from the beginning of the listening.
    func finish(_ events: AsyncStream<Event>) async -> [Event] {
        async let shutDown: Void = manager.shutDown()
        await manager.hurry()
        await shutDown
        var all: [Event] = []
        for await event in events { all.append(event) }
        return all
    }
}

extension [Event] {
    /// As `spawn shop.web 1`.
    var words: [String] {
        map { event in
            let pid = event.kind.pid.map { " \($0)" } ?? ""
            return "\(event.kind.word) \(event.job)\(pid)"
        }
    }
}
