import GafferModel
import GafferTestKit
import Testing

@testable import Gaffer

/// Waiting for a change, time, and stubborn processes.
@Suite struct ManagerChangeTests {
    @Test("Who does not leave in time is killed", .timeLimit(.minutes(1)))
    func stubborn() async throws {
        try await ManagerBench.run(.stubborn) { bench in
            let events = bench.manager.events.events()
            try await bench.load { $0.gracefulTimeout = .seconds(5) }
            let change = try await bench.manager.command(.stop, on: .job(.web))
            _ = await bench.host.takeAsked()
            await bench.host.advance(by: .milliseconds(4999))
            #expect(await bench.host.takeAsked().isEmpty)
            #expect(try bench.state() == .stopping)
            await bench.host.advance(by: .milliseconds(1))
            #expect(await bench.host.takeAsked() == ["kill 1"])
            try await change.settled()
            #expect(try bench.state() == .stopped)
            #expect(try bench.manager.info(of: .web).lastExit?.status == .signal(.kill))
            let words = await bench.finish(events).words
            #expect(words.suffix(3) == ["stop_process shop.web 1", "kill shop.web 1", "exit shop.web 1"])
        }
    }

    @Test("A process that leaves in time is not killed")
    func inTime() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            let change = try await bench.manager.command(.stop, on: .job(.web))
            try await change.settled()
            _ = await bench.host.takeAsked()
            #expect(await bench.host.armedTimers() == 0)
            await bench.host.advance(by: .seconds(100))
            #expect(await bench.host.takeAsked().isEmpty)
        }
    }

    @Test("A wait that is over before the change is done tells who is waited for", .timeLimit(.minutes(1)))
    func timedOut() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load()
            await bench.host.complete(1)
            let change = try await bench.manager.command(.stop, on: .job(.web))
            let before = await bench.host.armedTimers()
            async let failure = change.failure(within: .seconds(10))
            await bench.wait { await bench.host.armedTimers() != before }
            await bench.host.advance(by: .seconds(10))
            let error = await failure
            #expect(error?.code == .timedOut)
            #expect(error?.message == "shop.web: waiting for pid 1 (os pid 10001) to leave.")
            // The change goes on.
            await bench.host.exit(1)
            try await change.settled(within: .zero)
        }
    }

    @Test("A wait that is done leaves no timer behind", .timeLimit(.minutes(1)))
    func waitEnds() async throws {
        try await ManagerBench.run(.manual) { bench in
            let change = try await bench.load()
            async let settled: Void = change.settled(within: .seconds(10))
            await bench.wait { await bench.host.armedTimers() > 0 }
            await bench.host.complete(1)
            try await settled
            #expect(await bench.host.armedTimers() == 0)
        }
    }

    @Test("A wait that is cancelled ends at once, and leaves no timer behind", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        try await ManagerBench.run(.manual) { bench in
            let change = try await bench.load()
            let waiting = Task { await change.failure(within: .seconds(10)) }
            await bench.wait { await bench.host.armedTimers() > 0 }
            waiting.cancel()
            #expect(await waiting.value?.code == .timedOut)
            #expect(await bench.host.armedTimers() == 0)
            #expect(try bench.state() == .starting)
        }
    }

    @Test("A wait for a start that fails tells why", .timeLimit(.minutes(1)))
    func failed() async throws {
        try await ManagerBench.run(.failing("/bin/missing: no such file (exec)")) { bench in
            let change = try await bench.load()
            let error = await #expect(throws: GafferError.self) { try await change.settled(within: .seconds(10)) }
            #expect(error?.code == .failed)
            #expect(error?.message == "shop.web: /bin/missing: no such file (exec)")
            #expect(try bench.manager.info(of: .web).lastError == "/bin/missing: no such file (exec)")
        }
    }

    @Test("Of a change of several jobs, each is waited for", .timeLimit(.minutes(1)))
    func several() async throws {
        try await ManagerBench.run { bench in
            try await bench.load(.named("s.a"))
            await bench.host.behave(.manual, .named("s.b"))
            try await bench.load(.named("s.b"))
            await bench.host.complete(2)
            let change = try await bench.manager.command(.stop, on: .session("s"))
            await bench.host.settle()
            #expect(try bench.state(.named("s.a")) == .stopped)
            let error = await #expect(throws: GafferError.self) { try await change.settled(within: .zero) }
            #expect(error?.message.hasPrefix("s.b: waiting for pid 2") == true)
            await bench.host.exit(2)
            try await change.settled(within: .zero)
        }
    }

    @Test("A one-off is waited for until it is started", .timeLimit(.minutes(1)))
    func commit() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load { $0.start = false }
            let (pid, change) = try await bench.manager.commit(.web, env: ["A": "1"], gracefulTimeout: .seconds(2))
            #expect(await bench.host.order(pid)?.env == ["A": "1"])
            #expect(await bench.host.order(pid)?.isCommit == true)
            let error = await #expect(throws: GafferError.self) { try await change.settled(within: .zero) }
            #expect(error?.code == .timedOut)
            await bench.host.complete(pid)
            try await change.settled(within: .zero)
            _ = try await bench.manager.stopProcess(pid)
            await bench.host.advance(by: .seconds(2))
            #expect(await bench.host.takeAsked().last == "kill \(pid)")
        }
    }

    @Test("What is left of a one-off's tree is given the one-off's own time")
    func commitGrace() async throws {
        try await ManagerBench.run(.manual) { bench in
            try await bench.load { $0.start = false }
            let (pid, _) = try await bench.manager.commit(.web, gracefulTimeout: .seconds(2))
            #expect(await bench.host.order(pid)?.gracefulTimeout == .seconds(2))
        }
    }

    @Test("A back-off starts the next process when its time has come")
    func backoff() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            await bench.host.exit(1)
            await bench.host.exit(2)
            #expect(try bench.state() == .backoff)
            await bench.host.advance(by: .milliseconds(499))
            #expect(try bench.running() == [])
            await bench.host.advance(by: .milliseconds(1))
            #expect(try bench.running() == [3])
            #expect(try bench.manager.info(of: .web).restarts == 2)
        }
    }

    @Test("A flapping job is tried again when its time has come")
    func flapping() async throws {
        try await ManagerBench.run { bench in
            try await bench.load(.web, 2) { $0.flapping = FlappingRule() }
            await bench.host.exit(1)
            await bench.host.exit(3)
            #expect(try bench.state() == .flapping)
            #expect(await bench.host.alive().isEmpty)
            await bench.host.advance(by: .seconds(7))
            #expect(try bench.running() == [4, 5])
        }
    }

    @Test("A stop ends a wait for a restart, and leaves no timer")
    func stopWhileWaiting() async throws {
        try await ManagerBench.run { bench in
            try await bench.load()
            await bench.host.exit(1)
            await bench.host.exit(2)
            _ = try await bench.manager.command(.stop, on: .job(.web))
            #expect(await bench.host.armedTimers() == 0)
            await bench.host.advance(by: .seconds(100))
            #expect(await bench.host.alive().isEmpty)
        }
    }

    @Test("500 processes that die at once are each seen once", .timeLimit(.minutes(1)))
    func crowd() async throws {
        try await ManagerBench.run { bench in
            let events = bench.manager.events.events()
            try await bench.load(.web, 500)
            for pid in 1...500 { await bench.host.exit(pid) }
            #expect(try bench.running() == Array(501...1000))
            let exits = await bench.finish(events).filter { $0.kind.word == "exit" }.compactMap(\.kind.pid)
            #expect(exits.prefix(500).sorted() == Array(1...500))
            #expect(Set(exits).count == exits.count)
        }
    }
}

extension Change {
    /// Waits, and gives the error where there is one.
    func failure(within timeout: Duration?) async -> GafferError? {
        do throws(GafferError) {
            try await settled(within: timeout)
            return nil
        } catch {
            return error
        }
    }
}
