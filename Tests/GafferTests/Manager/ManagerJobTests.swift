import GafferModel
import GafferTestKit
import Testing

@testable import Gaffer

/// Loading, finding, controlling and unloading jobs.
@Suite struct ManagerJobTests {
    // MARK: Events

    @Test("Events come in the order of the original, without a gap", .timeLimit(.minutes(1)))
    func order() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load(.web, 2)
            let change = try await bench.manager.unload(.web)
            try await change.settled()
            let all = await bench.finish(events)
            #expect(
                all.words == [
                    "load shop.web", "start shop.web", "spawn shop.web 1", "spawn shop.web 2", "unload shop.web",
                    "stop shop.web", "stop_process shop.web 1", "stop_process shop.web 2", "exit shop.web 1",
                    "exit shop.web 2",
                ]
            )
            #expect(all.map(\.sequence) == Array(1...UInt64(all.count)))
        }
    }

    @Test("An event tells of the process, and how it ended")
    func eventContent() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load { $0.detach = true }
            await bench.host.exit(1, .code(3))
            let kinds = await bench.finish(events).map(\.kind)
            #expect(kinds.contains(.spawn(pid: 1, osPid: 10_001, isCommit: false, isDetached: true)))
            #expect(kinds.contains(.exit(pid: 1, osPid: 10_001, status: .code(3), isCommit: false)))
        }
    }

    // MARK: Loading

    @Test("A job that says start = false is only loaded")
    func idle() async throws {
        try await ManagerBench.run { bench in
            let change = try await bench.load { $0.start = false }
            try await change.settled(within: .zero)
            #expect(try bench.state() == .idle)
            #expect(await bench.host.takeAsked().isEmpty)
        }
    }

    @Test("A name that is taken is a conflict, and the job goes on")
    func conflict() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            let error = await #expect(throws: GafferError.self) { try await bench.load() }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("shop.web") == true)
            #expect(try bench.running() == [1])
        }
    }

    @Test("A name is free again once the processes of its last owner have left", .timeLimit(.minutes(1)))
    func conflictWhileUnloading() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load()
            await bench.host.complete(1)
            let change = try await bench.manager.unload(.web)
            #expect(throws: GafferError.self) { try bench.manager.info(of: .web) }
            let error = await #expect(throws: GafferError.self) { try await bench.load() }
            #expect(error?.code == .conflict)
            await bench.host.exit(1)
            try await change.settled()
            // Who unloads and who forgets the job are told one after the other.
            await bench.wait { (try? await bench.load()) != nil }
            await bench.host.complete(2)
            #expect(try bench.running() == [2])
        }
    }

    @Test("A configuration that can't be started is refused, and nothing is loaded", arguments: ["", "web $MISSING"])
    func refused(cmd: String) async throws {
        try await ManagerBench.run { bench in
            let error = await #expect(throws: GafferError.self) {
                _ = try await bench.manager.load(JobConfig(cmd: cmd), as: .web)
            }
            #expect(error?.code == .badValue)
            let names = try bench.manager.jobNames(in: nil)
            #expect(names.isEmpty)
            #expect(bench.store.saved.isEmpty)
        }
    }

    @Test("A configuration that can't be started does not replace a good one")
    func refusedUpdate() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            await #expect(throws: GafferError.self) {
                _ = try await bench.manager.update(JobConfig(cmd: "web $MISSING"), of: .web)
            }
            #expect(try bench.manager.info(of: .web).config.cmd == "run web")
            #expect(try bench.running() == [1])
        }
    }

    // MARK: Finding

    @Test("Jobs and sessions are told in the order of loading")
    func names() async throws {
        try await ManagerBench.run { bench in
            for name in ["b.x", "a.y", "b.a"] { try await bench.load(.named(name)) }
            #expect(try bench.manager.jobNames(in: nil).map(\.description) == ["b.x", "a.y", "b.a"])
            #expect(try bench.manager.jobNames(in: "b").map(\.description) == ["b.x", "b.a"])
            #expect(bench.manager.sessionNames() == ["b", "a"])
        }
    }

    @Test("What is not there is not found")
    func notFound() async throws {
        try await ManagerBench.run { bench in
            let manager = bench.manager
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try manager.info(of: .web) },
                { _ = try manager.jobNames(in: "none") },
                { _ = try manager.wanted(of: .web) },
                { _ = try manager.isActive(.web) },
                { _ = try manager.pids(of: .web) },
                { _ = try manager.process(1) },
                { _ = try manager.tail(of: .web, lines: 1, label: nil) },
                { _ = try await manager.stats(of: .web) },
                { _ = try await manager.stats(of: 1) },
                { _ = try await manager.update(JobConfig(cmd: "x"), of: .web) },
                { _ = try await manager.unload(.web) },
                { _ = try await manager.scale(.web, .by(1)) },
                { _ = try await manager.commit(.web) },
                { _ = try await manager.stopProcess(1) },
                { try await manager.signal(.hangup, to: 1) },
                { try await manager.signal(.hangup, to: .job(.web)) },
                { _ = try await manager.command(.start, on: .job(.web)) },
                { _ = try await manager.command(.start, on: .session("shop")) },
            ]
            for (number, attempt) in attempts.enumerated() {
                let error = await #expect(throws: GafferError.self, "number \(number)") { try await attempt() }
                #expect(error?.code == .notFound, "number \(number)")
            }
            // Everything is always there, if empty.
            let change = try await manager.command(.stop, on: .everything)
            try await change.settled(within: .zero)
        }
    }

    @Test("A process is known from its launch to its end, by the number of gaffer")
    func processes() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load(.web, 2) { $0.env = ["A": "job", "B": "job"] }
            let (pid, _) = try await bench.manager.commit(.web, env: ["A": "commit"])
            #expect(try bench.manager.pids(of: nil) == [1, 2, 3])
            #expect(try bench.manager.process(1).state == .starting)
            #expect(try bench.manager.isActive(.web))
            await bench.host.complete(1)
            await bench.host.complete(pid)
            let info = try bench.manager.process(pid)
            #expect(info.osPid == 10_003)
            #expect(info.isCommit)
            #expect(info.env == ["A": "commit", "B": "job"])
            #expect(info.instance == 3)
            #expect(info.cmd == "run web")
            await bench.host.exit(pid)
            #expect(throws: GafferError.self) { try bench.manager.process(pid) }
            await bench.host.fail(2, "It can't.")
            // A replacement has a number of its own.
            #expect(try bench.manager.pids(of: .web) == [1, 4])
            #expect(try bench.manager.pids(of: nil) == [1, 4])
        }
    }

    // MARK: Controlling

    @Test(
        "A command goes to a job, a session or everything",
        arguments: [
            (Target.job(.named("a.x")), ["a.x"]), (.session("a"), ["a.x", "a.y"]),
            (.everything, ["a.x", "a.y", "b.z"]),
        ]
    )
    func targets(target: Target, stopped: [String]) async throws {
        try await ManagerBench.run { bench in
            for name in ["a.x", "a.y", "b.z"] { try await bench.load(.named(name)) }
            let change = try await bench.manager.command(.stop, on: target)
            try await change.settled()
            let names = try bench.manager.jobNames(in: nil)
            let states = try names.filter { try bench.state($0) == .stopped }
            #expect(states.map(\.description) == stopped)
        }
    }

    @Test("Jobs are started in the order of their priority, and stopped in the reverse one")
    func priorities() async throws {
        try await ManagerBench.run { bench in
            for (name, priority) in [("late", nil), ("second", 2), ("first", 1), ("later", nil)] as [(String, Int?)] {
                try await bench.load(.named("s.\(name)")) {
                    $0.priority = priority
                    $0.start = false
                }
            }
            let change = try await bench.manager.command(.start, on: .everything)
            try await change.settled()
            #expect(
                await bench.host.takeAsked() == [
                    "launch 1 of s.first", "launch 2 of s.second", "launch 3 of s.late", "launch 4 of s.later",
                ]
            )
            _ = try await bench.manager.command(.stop, on: .everything)
            #expect(
                await bench.host.takeAsked() == [
                    "stop 4 by SIGTERM", "stop 3 by SIGTERM", "stop 2 by SIGTERM", "stop 1 by SIGTERM",
                ]
            )
        }
    }

    @Test("Every command reaches the job", arguments: JobCommand.allCases)
    func commands(command: JobCommand) async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            let change = try await bench.manager.command(command, on: .job(.web))
            try await change.settled()
            let pids = try bench.running()
            switch command {
            case .start: #expect(pids == [1])
            case .stop: #expect(pids == [])
            case .restart, .reload: #expect(pids == [2])
            }
        }
    }

    @Test("A scale tells the new number, and is done when they are there")
    func scale() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            let (wanted, change) = try await bench.manager.scale(.web, .by(2))
            #expect(wanted == 3)
            try await change.settled()
            #expect(try bench.running() == [1, 2, 3])
            let error = await #expect(throws: GafferError.self) {
                _ = try await bench.manager.scale(.web, .to(ScaleOperation.maximum + 1))
            }
            #expect(error?.code == .badValue)
            #expect(try bench.manager.wanted(of: .web) == 3)
        }
    }

    @Test("A stop of one process ends in its replacement")
    func stopProcess() async throws {
        try await ManagerBench.run { bench in
            try await bench.load(.web, 2)
            let change = try await bench.manager.stopProcess(1)
            try await change.settled()
            await bench.host.settle()
            #expect(try bench.running() == [2, 3])
        }
    }

    @Test("A signal goes to whom it is meant for, and is told of", .timeLimit(.minutes(1)))
    func signals() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load(.web, 2)
            try await bench.load(.named("other.job"))
            _ = await bench.host.takeAsked()
            try await bench.manager.signal(.hangup, to: 2)
            try await bench.manager.signal(.quit, to: .session("shop"))
            #expect(await bench.host.takeAsked() == ["signal 2 by SIGHUP", "signal 1 2 by SIGQUIT"])
            let kinds = await bench.finish(events).map(\.kind).filter { $0.word == "kill" }
            #expect(kinds.first == .signal(pid: 2, osPid: 10_002, signal: .hangup))
            #expect(kinds.count == 3)
        }
    }

    @Test("The job's own signal stops it")
    func stopSignal() async throws {
        try await ManagerBench.run { bench in
            try await bench.load { $0.stopSignal = .interrupt }
            _ = await bench.host.takeAsked()
            _ = try await bench.manager.command(.stop, on: .everything)
            #expect(await bench.host.takeAsked() == ["stop 1 by SIGINT"])
        }
    }
}
