import GafferModel
import GafferTestKit
import Testing

@testable import Gaffer

@Suite struct ManagerShutDownTests {
    private static func load(_ bench: ManagerBench) async throws {
        for (name, priority) in [("c", nil), ("a", 1), ("b", 2), ("d", nil)] as [(String, Int?)] {
            try await bench.load(.named("s.\(name)")) { $0.priority = priority }
        }
        for pid in await bench.host.waiting() { await bench.host.complete(pid) }
        _ = await bench.host.takeAsked()
    }

    /// Waits until somebody is asked to leave, or nobody is any more.
    private static func nextStop(_ bench: ManagerBench) async -> [String] {
        var asked: [String] = []
        await bench.wait {
            asked = await bench.host.takeAsked()
            return !asked.isEmpty
        }
        return asked
    }

    @Test("Jobs are stopped by priority, and each group when the one before it has left", .timeLimit(.minutes(1)))
    func groups() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await Self.load(bench)
            let waits = LineRecorder()
            async let shutDown: Void = bench.manager.shutDown { names in
                waits.append(names.map(\.description).joined(separator: " "))
            }
            #expect(await Self.nextStop(bench) == ["stop 4 by SIGTERM", "stop 1 by SIGTERM"])
            await bench.host.exit(4)
            // One of the group is still there, so the next one is not asked.
            #expect(await bench.host.takeAsked().isEmpty)
            await bench.host.exit(1)
            #expect(await Self.nextStop(bench) == ["stop 3 by SIGTERM"])
            await bench.host.exit(3)
            #expect(await Self.nextStop(bench) == ["stop 2 by SIGTERM"])
            await bench.host.exit(2)
            await shutDown
            #expect(waits.lines.prefix(3) == ["s.d s.c", "s.b", "s.a"])
            #expect(await bench.host.armedTimers() == 0)
        }
    }

    @Test("A shutdown while jobs start takes their launches back", .timeLimit(.minutes(1)))
    func whileStarting() async throws {
        try await ManagerBench.run(.manual) { bench in
            let events = bench.manager.events.events()
            for name in ["s.a", "s.b"] { try await bench.load(.named(name), 2) }
            await bench.manager.shutDown()
            #expect(await bench.host.alive().isEmpty)
            #expect(await bench.host.takeAsked().suffix(4) == ["cancel 3", "cancel 4", "cancel 1", "cancel 2"])
            var words: [String] = []
            for await event in events { words.append(event.kind.word) }
            #expect(!words.contains("spawn"))
        }
    }

    @Test("A shutdown in the middle of the start-up starts nothing more", .timeLimit(.minutes(1)))
    func whileBeginning() async throws {
        try await ManagerBench.run { bench in
            let jobs = (1...100).map { number in
                ConfiguredJob(name: .named("s.j\(number)"), config: JobConfig(cmd: "x"), fingerprint: "1")
            }
            async let begin = bench.manager.begin(with: jobs)
            async let shutDown: Void = bench.manager.shutDown()
            _ = await (begin, shutDown)
            await bench.host.settle()
            #expect(await bench.host.alive().isEmpty)
        }
    }

    @Test(
        "Detached processes stay, or go with the others where they can't",
        .timeLimit(.minutes(1)),
        arguments: [true, false]
    )
    func detached(keepsDetached: Bool) async throws {
        try await ManagerBench.run { bench in
            try await bench.load { $0.detach = true }
            _ = await bench.host.takeAsked()
            await bench.manager.shutDown(keepsDetached: keepsDetached)
            #expect(await bench.host.takeAsked() == (keepsDetached ? [] : ["stop 1 by SIGTERM"]))
            #expect(await bench.host.alive().isEmpty != keepsDetached)
        }
    }

    @Test("Detached processes that can't stay are not left by a start that comes too late", .timeLimit(.minutes(1)))
    func detachedLate() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load { $0.detach = true }
            async let shutDown: Void = bench.manager.shutDown(keepsDetached: false)
            await bench.wait { await bench.host.takeAsked().contains("cancel 1") }
            await shutDown
            #expect(await bench.host.alive().isEmpty)
        }
    }

    @Test("After it, no command is taken", .timeLimit(.minutes(1)))
    func refused() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            await bench.manager.shutDown()
            let manager = bench.manager
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await manager.load(JobConfig(cmd: "x"), as: .named("a.b")) },
                { _ = try await manager.update(JobConfig(cmd: "x"), of: .web) },
                { _ = try await manager.unload(.web) },
                { _ = try await manager.command(.start, on: .everything) },
                { _ = try await manager.scale(.web, .by(1)) },
                { _ = try await manager.commit(.web) },
                { _ = try await manager.stopProcess(1) },
                { _ = try await manager.configure([]) },
            ]
            for (number, attempt) in attempts.enumerated() {
                let error = await #expect(throws: GafferError.self, "number \(number)") { try await attempt() }
                #expect(error?.code == .shuttingDown, "number \(number)")
            }
            #expect(await bench.host.alive().isEmpty)
        }
    }

    @Test("What was unloaded before is waited for too", .timeLimit(.minutes(1)))
    func unloading() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load()
            await bench.host.complete(1)
            _ = try await bench.manager.unload(.web)
            let order = LineRecorder()
            async let shutDown: Void = Self.shutDown(bench, order)
            // It has begun once nobody else is listened to.
            await bench.wait { (try? await bench.manager.command(.stop, on: .everything)) == nil }
            await bench.giveTurns()
            order.append("exit")
            await bench.host.exit(1)
            await shutDown
            #expect(order.lines == ["exit", "over"])
        }
    }

    private static func shutDown(_ bench: ManagerBench, _ order: LineRecorder) async {
        await bench.manager.shutDown()
        order.append("over")
    }

    @Test("It waits even where nobody waits for it any longer", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load()
            await bench.host.complete(1)
            _ = await bench.host.takeAsked()
            let order = LineRecorder()
            let shutDown = Task { await Self.shutDown(bench, order) }
            shutDown.cancel()
            #expect(await Self.nextStop(bench) == ["stop 1 by SIGTERM"])
            await bench.giveTurns()
            order.append("exit")
            await bench.host.exit(1)
            await shutDown.value
            #expect(order.lines == ["exit", "over"])
        }
    }

    @Test("What a process left behind is waited for", .timeLimit(.minutes(1)))
    func remnant() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load()
            await bench.host.complete(1)
            await bench.host.exit(1, leavingRemnant: true)
            await bench.host.complete(2)
            _ = await bench.host.takeAsked()
            let order = LineRecorder()
            async let shutDown: Void = Self.shutDown(bench, order)
            #expect(await Self.nextStop(bench) == ["stop 2 by SIGTERM"])
            await bench.host.exit(2)
            #expect(try bench.state() == .stopping)
            await bench.giveTurns()
            order.append("remnant")
            await bench.host.endRemnant(1)
            await shutDown
            #expect(order.lines == ["remnant", "over"])
        }
    }

    @Test("Detached processes stay", .timeLimit(.minutes(1)))
    func detached() async throws {
        try await ManagerBench.run { bench in
            try await bench.load(.named("s.stays"), 2) { $0.detach = true }
            try await bench.load(.named("s.goes"))
            await bench.manager.shutDown()
            #expect(await bench.host.alive().keys.sorted() == [1, 2])
        }
    }

    // MARK: In a hurry

    @Test("In a hurry nobody is waited for", .timeLimit(.minutes(1)))
    func hurry() async throws {
        try await ManagerBench.run(.stubborn) { bench in
            try await Self.load(bench)
            async let shutDown: Void = bench.manager.shutDown()
            #expect(await Self.nextStop(bench) == ["stop 4 by SIGTERM", "stop 1 by SIGTERM"])
            await bench.manager.hurry()
            await shutDown
            #expect(await bench.host.alive().isEmpty)
            // Nobody was started again by being killed before its turn.
            #expect(try bench.manager.pids(of: nil).isEmpty)
            #expect(await !bench.host.takeAsked().contains { $0.hasPrefix("launch") })
        }
    }

    @Test("In a hurry detached processes stay as well", .timeLimit(.minutes(1)))
    func hurryDetached() async throws {
        try await ManagerBench.run(.stubborn) { bench in
            try await bench.load(.named("s.stays")) {
                $0.detach = true
                $0.priority = 1
            }
            try await bench.load(.named("s.goes"))
            _ = await bench.host.takeAsked()
            async let shutDown: Void = bench.manager.shutDown()
            #expect(await Self.nextStop(bench) == ["stop 2 by SIGTERM"])
            await bench.manager.hurry()
            await shutDown
            #expect(await bench.host.alive().keys.sorted() == [1])
        }
    }

    @Test("In a hurry a process that is there too late is killed at once", .timeLimit(.minutes(1)))
    func hurryWhileStarting() async throws {
        try await ManagerBench.run(.stubborn) { bench in
            try await bench.load()
            _ = await bench.host.takeAsked()
            async let shutDown: Void = bench.manager.shutDown()
            await bench.manager.hurry()
            await shutDown
            #expect(await bench.host.alive().isEmpty)
            #expect(await bench.host.armedTimers() == 0)
        }
    }
}
