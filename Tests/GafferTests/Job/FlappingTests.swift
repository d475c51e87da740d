import GafferModel
import Testing

@testable import Gaffer

/// `2, 1., 7., 5` to the letter: two exits within a second are a flap; seven seconds later it is tried again; the
/// sixth flap is the end.
@Suite struct FlappingTests {
    /// Feeds exits in, each after `gap` and with an uptime.
    private func verdicts(
        _ exits: [(at: Int, uptime: Int)],
        _ rule: FlappingRule = FlappingRule()
    ) -> [FlappingDetector.Verdict] {
        var detector = FlappingDetector()
        return exits.map { exit in
            detector.exited(at: .milliseconds(exit.at), afterUptime: .milliseconds(exit.uptime), rule: rule)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Times in milliseconds; each process starts when the one before it ends.
        let exits: [Int]
        let verdicts: [FlappingDetector.Verdict]
    }

    @Test(
        "Two exits within a second are a flap",
        arguments: [
            Case(testDescription: "one", exits: [0], verdicts: [.none]),
            Case(testDescription: "two at once", exits: [0, 0], verdicts: [.none, .retry(after: .seconds(7))]),
            Case(testDescription: "just within", exits: [0, 999], verdicts: [.none, .retry(after: .seconds(7))]),
            Case(testDescription: "at the border", exits: [0, 1000], verdicts: [.none, .retry(after: .seconds(7))]),
            Case(testDescription: "just outside", exits: [0, 1001], verdicts: [.none, .none]),
            Case(
                testDescription: "outside, then within",
                exits: [0, 1001, 2001],
                verdicts: [.none, .none, .retry(after: .seconds(7))]
            ),
            Case(
                testDescription: "a flap uses its exits up",
                exits: [0, 100, 200],
                verdicts: [.none, .retry(after: .seconds(7)), .none]
            ),
        ]
    )
    func window(row: Case) {
        #expect(verdicts(row.exits.map { (at: $0, uptime: 0) }) == row.verdicts)
    }

    @Test("The sixth flap is the end")
    func givingUp() {
        let exits = (0..<12).map { (at: ($0 / 2) * 7100 + ($0 % 2) * 50, uptime: 50) }
        let flaps = verdicts(exits).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(flaps == Array(repeating: .retry(after: .seconds(7)), count: 5) + [.giveUp])
    }

    @Test("A process that was up for longer than the window gives all retries back")
    func reset() {
        let flap = [(at: 0, uptime: 0), (at: 0, uptime: 0)]
        let rule = FlappingRule(maxRetry: 1)
        #expect(verdicts(flap + flap, rule).last == .giveUp)
        // Exactly the window is not longer than the window.
        let border = verdicts(flap + [(at: 8000, uptime: 1000), (at: 8000, uptime: 0)], rule)
        #expect(border.last == .giveUp)
        let longer = verdicts(flap + [(at: 8000, uptime: 1001), (at: 8000, uptime: 0)], rule)
        #expect(longer.last == .retry(after: .seconds(7)))
    }

    @Test("No retry at all: the first flap is the end")
    func noRetry() {
        #expect(verdicts([(0, 0), (0, 0)], FlappingRule(maxRetry: 0)) == [.none, .giveUp])
    }

    @Test("One attempt: every exit is a flap")
    func oneAttempt() {
        #expect(verdicts([(0, 0)], FlappingRule(attempts: 1)) == [.retry(after: .seconds(7))])
    }

    // MARK: In a job

    @Test("A flapping job stops its other processes, and is tried again after its time")
    func job() {
        var simulation = JobSimulation.running(3) { $0.flapping = FlappingRule() }
        simulation.exit(1)
        #expect(simulation.take() == ["(exit)", "launch 4 as 1"])
        simulation.complete(4)
        simulation.forget()
        simulation.exit(4)
        #expect(
            simulation.take() == [
                "(exit)", "(flap)", "(stop_process)", "(stop_process)", "stop 2 3", "arm grace of 2: 30.0 seconds",
                "arm grace of 3: 30.0 seconds", "arm retry: 7.0 seconds",
            ]
        )
        #expect(simulation.machine.state == .flapping)
        #expect(simulation.machine.info(at: simulation.now).retryIn == 7)
        simulation.settle()
        simulation.advance(by: .milliseconds(6999))
        #expect(simulation.launching.isEmpty)
        simulation.advance(by: .milliseconds(1))
        #expect(simulation.launching.count == 3)
        simulation.settle()
        #expect(simulation.machine.state == .running)
        #expect(simulation.faults.isEmpty)
    }

    @Test("What has not left when the retry comes is replaced as it ends")
    func stubborn() {
        var simulation = JobSimulation.running(2) { $0.flapping = FlappingRule() }
        simulation.exit(1)
        simulation.completeAll()
        simulation.exit(3)
        simulation.advance(by: .seconds(7))
        #expect(simulation.launching == [4], "the slot of 2 is still taken")
        simulation.exit(2)
        #expect(simulation.launching == [4, 5])
        #expect(simulation.faults.isEmpty)
    }

    @Test("A job that is given up stays so until somebody starts it")
    func givenUp() {
        var simulation = JobSimulation.running { $0.flapping = FlappingRule(maxRetry: 1) }
        for pid in [1, 2] {
            simulation.exit(pid)
            simulation.completeAll()
        }
        simulation.advance(by: .seconds(7))
        for pid in [3, 4] {
            simulation.complete(pid)
            simulation.exit(pid)
        }
        #expect(simulation.machine.state == .failed)
        simulation.advance(by: .seconds(10_000))
        #expect(simulation.launching.isEmpty)
        #expect(simulation.machine.info(at: simulation.now).retryIn == nil)
        simulation.run { $0.start() }
        simulation.settle()
        #expect(simulation.machine.state == .running)
        // All retries are there again.
        simulation.exit(5)
        simulation.completeAll()
        simulation.exit(6)
        #expect(simulation.machine.state == .flapping)
    }

    @Test("Exits that were asked for are no flapping", arguments: ["restart", "reload", "stop of a process"])
    func askedExits(command: String) {
        var simulation = JobSimulation.running { $0.flapping = FlappingRule(maxRetry: 0) }
        for _ in 1...10 {
            switch command {
            case "restart": simulation.run { $0.restart() }
            case "reload": simulation.run { $0.reload() }
            default: simulation.run { $0.stopProcess($0.processes[0].pid) }
            }
            simulation.settle()
        }
        #expect(simulation.machine.state == .running)
        #expect(simulation.pids.count == 1)
    }

    @Test("A stop, an unload or an update ends the wait for the retry", arguments: ["stop", "unload", "update"])
    func endedWait(command: String) {
        var simulation = JobSimulation.running { $0.flapping = FlappingRule(attempts: 1) }
        simulation.exit(1)
        simulation.forget()
        switch command {
        case "stop": simulation.run { $0.stop() }
        case "unload": simulation.run { $0.unload() }
        default:
            simulation.run { $0.update(JobConfig(cmd: "other"), relaunch: true) }
            #expect(simulation.launching == [2])
        }
        #expect(simulation.take().first == "disarm retry")
        // The timer may have fired in the same moment.
        simulation.run { $0.timerFired(.retry) }
        #expect(simulation.take().isEmpty)
    }

    @Test("One-offs do not flap, and are left alone when the job does")
    func commits() {
        var simulation = JobSimulation.running { $0.flapping = FlappingRule() }
        for _ in 1...5 {
            let pid = simulation.commit()
            simulation.complete(pid)
            simulation.exit(pid)
        }
        #expect(simulation.machine.state == .running)
        let commit = simulation.commit()
        simulation.completeAll()
        simulation.exit(1)
        simulation.completeAll()
        simulation.exit(simulation.pids[0])
        #expect(simulation.machine.state == .flapping)
        #expect(simulation.alive.keys.sorted() == [commit])
    }
}
