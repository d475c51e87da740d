import GafferModel
import GafferTestKit
import Testing

@testable import Gaffer

@Suite("The manager's feeds", .timeLimit(.minutes(1)))
struct ManagerFeedsTests {
    @Test("know an ended process as long as its output is kept")
    func ended() async throws {
        try await ManagerBench.run { bench in
            let feeds = bench.manager
            try await bench.load()
            #expect(try feeds.job(of: 1) == .web)
            await bench.host.exit(1)
            await bench.host.settle()
            #expect(try feeds.job(of: 1) == .web)
            #expect(try feeds.streams(of: 1).isEmpty)
            #expect(throws: GafferError.self) { try feeds.process(1) }
            // Its replacement's end takes its place.
            await bench.host.advance(by: .seconds(1))
            #expect(try bench.running() == [2])
            #expect(try feeds.job(of: 1) == .web)
            await bench.host.exit(2)
            await bench.host.settle()
            #expect(try feeds.job(of: 2) == .web)
            #expect(throws: GafferError.self) { try feeds.job(of: 1) }
            #expect(feeds.pids.endedCount == 1)
        }
    }

    @Test("forget the ended processes of a job that is unloaded, and of one that is scaled down")
    func forgetting() async throws {
        try await ManagerBench.run { bench in
            let feeds = bench.manager
            try await bench.load(.web, 3)
            for pid in 1...3 { await bench.host.exit(pid) }
            await bench.host.settle()
            #expect(feeds.pids.endedCount == 3)
            await bench.host.advance(by: .seconds(1))
            _ = try await feeds.scale(.web, .to(1))
            await bench.host.settle()
            #expect(feeds.pids.endedCount == 1)
            let change = try await feeds.unload(.web)
            try await change.settled()
            await bench.wait { feeds.pids.endedCount == 0 }
            #expect(throws: GafferError.self) { try feeds.job(of: 1) }
        }
    }

    @Test("tell of every operation under the names of both generations")
    func names() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load(.web, 2) { $0.flapping = nil }
            try await bench.manager.signal(.hangup, to: .job(.web))
            _ = try await bench.manager.scale(.web, .to(1))
            await bench.host.settle()
            _ = try await bench.manager.stopProcess(2)
            await bench.host.settle()
            _ = try await bench.manager.commit(.web)
            await bench.host.settle()
            let change = try await bench.manager.unload(.web)
            try await change.settled()
            let all = await bench.finish(events).map(\.names)
            func told(_ name: String) -> [[String]] { all.filter { $0.contains(name) } }
            // Each name that the original published, with the others of the same event.
            for (name, others) in [
                ("load", ["create", "proc.shop.web.create"]), ("start", ["job.shop.web.start", "proc.shop.web.start"]),
                ("proc.1.kill", ["kill", "job.shop.web.kill"]), ("proc.2.kill", ["kill", "job.shop.web.kill"]),
                ("update", ["job.shop.web.update"]),
                ("proc.1.reap", ["reap", "job.shop.web.reap", "proc.shop.web.reap"]),
                ("proc.2.stop_process", ["stop_process", "stop_pid", "proc.shop.web.stop_pid"]),
                ("proc.2.exit", ["exit", "job.shop.web.exit"]),
                ("proc.4.spawn", ["spawn", "job.shop.web.spawn", "proc.shop.web.spawn"]),
                ("unload", ["delete", "proc.shop.web.delete"]), ("stop", ["job.shop.web.stop"]),
            ] {
                #expect(told(name).count == 1, "\(name)")
                for other in others { #expect(told(name).first?.contains(other) == true, "\(name) \(other)") }
            }
            #expect(told("spawn").count == 4)
            #expect(told("exit").count == 4)
        }
    }

    @Test("tell of flapping")
    func flapping() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load {
                $0.flapping = FlappingRule(attempts: 1, window: .seconds(60), retryIn: .seconds(7), maxRetry: 1)
            }
            await bench.host.exit(1)
            await bench.host.settle()
            let names = await bench.finish(events).flatMap(\.names)
            #expect(names.contains("flap"))
            #expect(names.contains("job.shop.web.flap"))
        }
    }
}
