import GafferModel
import GafferTestKit
import Testing

@testable import Gaffer

/// Beginning with a configuration and what was wanted before, and taking a new one in.
@Suite struct ManagerConfigurationTests {
    private static func job(
        _ name: String,
        _ fingerprint: String = "1",
        _ change: (inout JobConfig) -> Void = { _ in }
    ) -> ConfiguredJob {
        var config = JobConfig(cmd: "run \(name) \(fingerprint)")
        change(&config)
        return ConfiguredJob(name: .named(name), config: config, fingerprint: fingerprint)
    }

    @Test("Limits of a job are changed while its processes run, and it is forgotten when nothing is left of it")
    func limits() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [Self.job("s.a", "1") { $0.cmd = "x" }])
            #expect(await bench.host.takeAsked() == ["launch 1 of s.a"])
            var changed = Self.job("s.a", "2") { $0.cmd = "x" }
            changed.config.cgroupLimits.memoryMax = 5
            _ = try await bench.manager.configure([changed])
            #expect(await bench.host.takeAsked() == ["limit s.a by memory_max"])
            changed.fingerprint = "3"
            _ = try await bench.manager.configure([changed])
            #expect(await bench.host.takeAsked() == [])
            #expect(await bench.host.gone() == [])
            _ = try await bench.manager.configure([])
            while await bench.host.gone().isEmpty { await bench.host.settle() }
            #expect(await bench.host.gone() == [.named("s.a")])
        }
    }

    // MARK: Beginning

    @Test("Configured jobs are started in the order of their priority")
    func begin() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [
                Self.job("s.c"), Self.job("s.b") { $0.priority = 2 }, Self.job("s.a") { $0.priority = 1 },
                Self.job("s.idle") { $0.start = false },
            ])
            #expect(await bench.host.takeAsked() == ["launch 1 of s.a", "launch 2 of s.b", "launch 3 of s.c"])
            let state = try bench.state(.named("s.idle"))
            #expect(state == .idle)
            let names = try bench.manager.jobNames(in: nil)
            #expect(names.map(\.description) == ["s.c", "s.b", "s.a", "s.idle"])
        }
    }

    @Test("The beginning is over once each process was tried, whatever came of it", .timeLimit(.minutes(1)))
    func attempted() async throws {
        try await ManagerBench.run { bench in
            await bench.host.behave(.failing("no such file"), .named("s.bad"))
            await bench.host.behave(.manual, .named("s.slow"))
            let begun = await bench.manager.begin(with: [Self.job("s.bad"), Self.job("s.slow"), Self.job("s.good")])
            await bench.host.settle()
            let before = await bench.host.armedTimers()
            async let failure = begun.failure(within: .seconds(60))
            await bench.wait { await bench.host.armedTimers() != before }
            await bench.host.advance(by: .seconds(60))
            #expect(await failure?.code == .timedOut)
            await bench.host.complete(2)
            try await begun.settled(within: .seconds(1))
        }
    }

    @Test("What was wanted of the jobs holds as long as their sections do")
    func beginWithWishes() async throws {
        let wishes = Wishes(entries: [
            .named("s.scaled"): Wishes.Entry(fingerprint: "1", number: 3, isStopped: false),
            .named("s.stopped"): Wishes.Entry(fingerprint: "1", isStopped: true),
            .named("s.unloaded"): Wishes.Entry(fingerprint: "1", isUnloaded: true),
            .named("s.updated"): Wishes.Entry(fingerprint: "1", config: JobConfig(cmd: "other")),
            .named("s.started"): Wishes.Entry(fingerprint: "1", isStopped: false),
            .named("s.changed"): Wishes.Entry(fingerprint: "0", isStopped: true),
            .named("s.gone"): Wishes.Entry(fingerprint: "1", number: 3),
            .named("t.loaded"): Wishes.Entry(config: JobConfig(cmd: "loaded"), number: 2, isStopped: false),
            .named("t.stopped"): Wishes.Entry(config: JobConfig(cmd: "loaded"), isStopped: true),
        ])
        try await ManagerBench.run(wishes: wishes) { bench in
            let names = ["s.scaled", "s.stopped", "s.unloaded", "s.updated", "s.started", "s.changed"]
            await bench.manager.begin(with: names.map { name in Self.job(name) { $0.start = name != "s.started" } })
            await bench.host.settle()
            let all = try bench.manager.jobNames(in: nil)
            let states = try all.map { name in "\(name) \(try bench.state(name)) \(try bench.running(name).count)" }
            #expect(
                states == [
                    "s.scaled running 3", "s.stopped stopped 0", "s.updated running 1", "s.started running 1",
                    "s.changed running 1", "t.loaded running 2", "t.stopped stopped 0",
                ]
            )
            #expect(try bench.manager.info(of: .named("s.updated")).config.cmd == "other")
            // What does not hold any more is forgotten.
            let kept = bench.store.saved.last?.entries.keys.map(\.description).sorted()
            #expect(
                kept == [
                    "s.scaled", "s.started", "s.stopped", "s.unloaded", "s.updated", "t.loaded", "t.stopped",
                ]
            )
        }
    }

    @Test("A number that was set while the job was stopped is taken by its next start, after a restart of gafferd too")
    func stoppedAndScaled() async throws {
        let wishes = Wishes(entries: [.web: Wishes.Entry(fingerprint: "1", number: 3, isStopped: true)])
        try await ManagerBench.run(wishes: wishes) { bench in
            await bench.manager.begin(with: [Self.job("shop.web")])
            #expect(try bench.state() == .stopped)
            let change = try await bench.manager.command(.start, on: .job(.web))
            try await change.settled()
            let running = try bench.running()
            #expect(running.count == 3)
        }
    }

    @Test("What runs detached is adopted, not doubled")
    func adoption() async throws {
        try await ManagerBench.run { bench in
            await bench.host.leaveRunning([4711])
            let record = { (osPid: Int32, instance: Int) in
                ProcessRecord(
                    name: .web,
                    pid: 99,
                    osPid: osPid,
                    startTime: 5,
                    instance: instance,
                    isDetached: true,
                    stopSignal: .terminate,
                    gracefulTimeout: .seconds(1),
                    time: 17
                )
            }
            let job = Self.job("shop.web") {
                $0.detach = true
                $0.numprocesses = 2
            }
            // One of them has ended since.
            await bench.manager.begin(with: [job], detached: [record(4711, 2), record(4712, 1)])
            await bench.host.settle()
            let instances = try bench.manager.info(of: .web).instances
            #expect(instances.map(\.osPid) == [4711, 10_003])
            #expect(instances.map(\.instance) == [2, 1])
            #expect(try bench.manager.process(1).createTime == 17)
            #expect(try bench.manager.pids(of: nil) == [1, 3])
            await bench.host.exit(1, .unknown)
            #expect(try bench.running() == [3, 4])
        }
    }

    // MARK: A new configuration

    @Test("Only what differs is changed", .timeLimit(.minutes(1)))
    func difference() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [Self.job("s.same"), Self.job("s.other"), Self.job("s.gone")])
            await bench.host.settle()
            _ = await bench.host.takeAsked()
            let change = try await bench.manager.configure([
                Self.job("s.new"), Self.job("s.same"), Self.job("s.other", "2"),
            ])
            await bench.host.settle()
            #expect(change.added.map(\.description) == ["s.new"])
            #expect(change.changed.map(\.description) == ["s.other"])
            #expect(change.removed.map(\.description) == ["s.gone"])
            #expect(change.unchanged == 1)
            #expect(try bench.running(.named("s.same")) == [1])
            #expect(try bench.running(.named("s.other")) != [2])
            #expect(try bench.running(.named("s.other")).count == 1)
            #expect(try bench.running(.named("s.new")).count == 1)
            #expect(throws: GafferError.self) { try bench.manager.info(of: .named("s.gone")) }
            #expect(await bench.host.alive().count == 3)
        }
    }

    @Test("A section that changes only what the manager looks at keeps the processes")
    func harmless() async throws {
        try await ManagerBench.run { bench in
            let job = { (fingerprint: String, number: Int) in
                ConfiguredJob(
                    name: .web,
                    config: {
                        var config = JobConfig(cmd: "x")
                        config.numprocesses = number
                        return config
                    }(),
                    fingerprint: fingerprint
                )
            }
            await bench.manager.begin(with: [job("1", 1)])
            _ = try await bench.manager.configure([job("2", 2)])
            await bench.host.settle()
            #expect(try bench.running() == [1, 2])
        }
    }

    @Test("What was wanted at run time survives a reload, until the job's own section changes")
    func wishesAndReload() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [Self.job("s.a"), Self.job("s.b"), Self.job("s.c")])
            _ = try await bench.manager.command(.stop, on: .job(.named("s.a")))
            _ = try await bench.manager.scale(.named("s.b"), .to(3))
            _ = try await bench.manager.unload(.named("s.c"))
            try await bench.load(.named("t.x"))
            let same = [Self.job("s.a"), Self.job("s.b"), Self.job("s.c")]
            let nothing = try await bench.manager.configure(same)
            #expect(nothing.unchanged == 3)
            await bench.host.settle()
            #expect(try bench.state(.named("s.a")) == .stopped)
            #expect(try bench.running(.named("s.b")).count == 3)
            #expect(throws: GafferError.self) { try bench.manager.info(of: .named("s.c")) }
            #expect(try bench.state(.named("t.x")) == .running)

            let changed = try await bench.manager.configure(same.map { Self.job($0.name.description, "2") })
            #expect(changed.changed.count == 3)
            await bench.host.settle()
            for name in ["s.a", "s.b", "s.c"] { #expect(try bench.running(.named(name)).count == 1) }
            #expect(try bench.state(.named("t.x")) == .running)
        }
    }

    @Test("A section of the name of a job that was loaded at run time takes it over")
    func takeOver() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [])
            try await bench.load(.web)
            let change = try await bench.manager.configure([Self.job("shop.web")])
            await bench.host.settle()
            #expect(change.added == [.web])
            #expect(try bench.manager.info(of: .web).config.cmd == "run shop.web 1")
            #expect(try bench.running() == [2])
            let removed = try await bench.manager.configure([])
            #expect(removed.removed == [.web])
        }
    }

    // MARK: What is kept

    @Test("What is wanted is kept before a command is answered")
    func kept() async throws {
        try await ManagerBench.run { bench in
            await bench.manager.begin(with: [Self.job("shop.web")])
            func entry() -> Wishes.Entry? { bench.store.saved.last?.entries[.web] }
            #expect(entry() == nil)
            _ = try await bench.manager.scale(.web, .to(4))
            #expect(entry()?.number == 4)
            _ = try await bench.manager.command(.stop, on: .everything)
            #expect(entry() == Wishes.Entry(fingerprint: "1", isStopped: true))
            _ = try await bench.manager.command(.start, on: .everything)
            #expect(entry()?.isStopped == false)
            _ = try await bench.manager.update(JobConfig(cmd: "other"), of: .web)
            #expect(entry()?.config?.cmd == "other")
            _ = try await bench.manager.unload(.web)
            #expect(entry()?.isUnloaded == true)
            await bench.manager.shutDown()
            #expect(entry()?.isUnloaded == true, "a shutdown is no stop")
        }
    }
}
