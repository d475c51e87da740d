import GafferModel
import Testing

@testable import Gaffer

/// What follows the end of a process, and the failure to start one.
@Suite struct JobExitTests {
    // MARK: Back-off

    @Test("The first exit is mended at once, the next ones wait, longer each time")
    func backoff() {
        var simulation = JobSimulation.running()
        simulation.exit(1)
        #expect(simulation.take() == ["(exit)", "launch 2 as 1"])
        simulation.complete(2)
        simulation.forget()
        simulation.exit(2)
        #expect(simulation.take() == ["(exit)", "(backoff)", "arm respawn of 1: 0.5 seconds"])
        #expect(simulation.machine.state == .backoff)
        #expect(simulation.machine.info(at: simulation.now + .milliseconds(100)).retryIn == 0.4)
        simulation.advance(by: .milliseconds(500))
        simulation.complete(3)
        simulation.forget()
        simulation.exit(3)
        #expect(simulation.take().last == "arm respawn of 1: 1.0 seconds")
    }

    @Test("A process that stays up for ten seconds starts the row anew")
    func backoffReset() {
        var simulation = JobSimulation.running()
        simulation.exit(1)
        simulation.complete(2)
        simulation.advance(by: .seconds(10))
        simulation.exit(2)
        #expect(simulation.launching == [3])
    }

    @Test("Each slot has its own row")
    func slots() {
        var simulation = JobSimulation.running(2)
        simulation.exit(1)
        simulation.exit(2)
        #expect(simulation.launching == [3, 4])
        simulation.completeAll()
        simulation.exit(3)
        #expect(simulation.launching.isEmpty)
        #expect(simulation.timers.keys.map { $0 } == [.respawn(instance: 1)])
    }

    @Test("backoff = 0 restarts at once, always")
    func noBackoff() {
        var simulation = JobSimulation.running { $0.backoff = BackoffRule.none }
        for pid in 1...1000 {
            simulation.exit(pid)
            #expect(simulation.launching == [pid + 1])
            simulation.complete(pid + 1)
        }
        #expect(simulation.timers.isEmpty)
        #expect(simulation.machine.restarts == 1000)
    }

    @Test("A start ends the waits", arguments: ["start", "restart", "reload"])
    func endedWaits(command: String) {
        var simulation = JobSimulation.running()
        simulation.exit(1)
        simulation.complete(2)
        simulation.exit(2)
        simulation.forget()
        switch command {
        case "start": simulation.run { $0.start() }
        case "restart": simulation.run { $0.restart() }
        default: simulation.run { $0.reload() }
        }
        let done = simulation.take()
        #expect(done.first == "disarm respawn of 1")
        #expect(done.last == "launch 3 as 1")
        // The timer fired in the same moment.
        simulation.run { $0.timerFired(.respawn(instance: 1)) }
        #expect(simulation.take().isEmpty)
    }

    // MARK: Restart policies

    struct Policy: Sendable, CustomTestStringConvertible {
        let restart: RestartPolicy
        let status: GafferModel.ExitStatus
        let isRestarted: Bool
        var testDescription: String { "\(restart.rawValue) after \(status)" }
    }

    @Test(
        "The restart policy decides which exits are followed by a restart",
        arguments: [
            Policy(restart: .always, status: .code(0), isRestarted: true),
            Policy(restart: .always, status: .code(1), isRestarted: true),
            Policy(restart: .always, status: .signal(.kill), isRestarted: true),
            Policy(restart: .onFailure, status: .code(0), isRestarted: true),
            Policy(restart: .onFailure, status: .code(3), isRestarted: false),
            Policy(restart: .onFailure, status: .signal(.hangup), isRestarted: false),
            Policy(restart: .onFailure, status: .signal(.kill), isRestarted: true),
            Policy(restart: .onFailure, status: .unknown, isRestarted: true),
            Policy(restart: .never, status: .code(0), isRestarted: false),
            Policy(restart: .never, status: .code(1), isRestarted: false),
            Policy(restart: .never, status: .signal(.kill), isRestarted: false),
        ]
    )
    func policies(row: Policy) {
        var simulation = JobSimulation.running {
            $0.restart = row.restart
            $0.successExit = SuccessExit(codes: [3], signals: [.hangup])
        }
        simulation.exit(1, row.status)
        #expect(simulation.launching == (row.isRestarted ? [2] : []))
        #expect(simulation.machine.state == (row.isRestarted ? .starting : .finished))
        #expect(simulation.machine.lastExit?.status == row.status)
        #expect(simulation.takeEvents() == (row.isRestarted ? ["exit"] : ["exit", "finish"]))
    }

    @Test("A job is finished when the last of its processes is")
    func finished() {
        var simulation = JobSimulation.running(3) { $0.restart = .never }
        simulation.exit(1)
        simulation.exit(3)
        #expect(simulation.takeEvents() == ["exit", "exit"])
        #expect(simulation.machine.state == .running, "the others were not to be started again")
        simulation.exit(2)
        #expect(simulation.takeEvents() == ["exit", "finish"])
        #expect(simulation.machine.state == .finished)
        #expect(simulation.machine.wanted == 3)
    }

    @Test("A job is finished too when the last that goes was one too many")
    func finishedAfterLeaving() {
        var simulation = JobSimulation.running(2) { $0.restart = .never }
        simulation.scale(.to(1))
        simulation.exit(2)
        #expect(!simulation.takeEvents().contains("finish"))
        simulation.exit(1)
        #expect(simulation.takeEvents() == ["exit", "finish"])
        #expect(simulation.machine.state == .finished)
    }

    @Test("A process whose end was asked for is replaced, whatever the policy")
    func askedWithPolicy() {
        var simulation = JobSimulation.running { $0.restart = .never }
        simulation.run { $0.stopProcess(1) }
        simulation.settle()
        #expect(simulation.pids == [2])
    }

    // MARK: Failed starts

    @Test("A start that fails is tried again, after a wait that grows even with backoff = 0")
    func failedStarts() {
        var config = JobConfig(cmd: "missing")
        config.backoff = BackoffRule.none
        var simulation = JobSimulation(config)
        simulation.run { $0.start() }
        simulation.fail(1)
        #expect(simulation.take().suffix(2) == ["(spawn_error)", "launch 2 as 1"])
        simulation.fail(2)
        #expect(simulation.take() == ["(spawn_error)", "(backoff)", "arm respawn of 1: 0.5 seconds"])
        #expect(simulation.machine.lastError == "web: can't be started.")
        simulation.advance(by: .milliseconds(500))
        simulation.fail(3)
        #expect(simulation.take().last == "arm respawn of 1: 1.0 seconds")
        simulation.advance(by: .seconds(1))
        simulation.complete(4)
        #expect(simulation.machine.lastError == nil)
        // It has run: the floor of failed starts is gone.
        simulation.forget()
        simulation.exit(4)
        #expect(simulation.take() == ["(exit)", "launch 5 as 1"])
        simulation.fail(5)
        #expect(simulation.take() == ["(spawn_error)", "launch 6 as 1"])
    }

    @Test("Where the job's own wait is longer, it counts")
    func ownBackoff() {
        var config = JobConfig(cmd: "missing")
        config.backoff = BackoffRule(initial: .seconds(20))
        var simulation = JobSimulation(config)
        simulation.run { $0.start() }
        simulation.fail(1)
        simulation.fail(2)
        #expect(simulation.take().last == "arm respawn of 1: 20.0 seconds")
    }

    @Test("Failed starts are flapping, but a shortage is not", arguments: [false, true])
    func flapping(isShortage: Bool) {
        var config = JobConfig(cmd: "missing")
        config.flapping = FlappingRule()
        var simulation = JobSimulation(config)
        simulation.run { $0.start() }
        simulation.fail(1, isShortage: isShortage)
        simulation.fail(2, isShortage: isShortage)
        #expect(simulation.machine.state == (isShortage ? .backoff : .flapping))
    }

    @Test("restart = never: a start that fails is not tried again")
    func never() {
        var config = JobConfig(cmd: "missing")
        config.restart = .never
        var simulation = JobSimulation(config)
        simulation.run { $0.start() }
        simulation.fail(1)
        #expect(simulation.takeEvents() == ["start", "spawn_error", "finish"])
        #expect(simulation.machine.state == .finished)
        #expect(simulation.launching.isEmpty)
    }

    @Test("A start that fails after a stop is told and forgotten")
    func stopped() {
        var simulation = JobSimulation(JobConfig(cmd: "missing"))
        simulation.run { $0.start() }
        simulation.run { $0.stop() }
        simulation.fail(1)
        #expect(simulation.takeEvents() == ["start", "stop", "spawn_error"])
        #expect(simulation.machine.state == .stopped)
        #expect(simulation.timers.isEmpty)
    }

    // MARK: Late events

    @Test("What comes for a process that is gone is ignored")
    func late() {
        var simulation = JobSimulation.running()
        simulation.run { $0.exited(99, status: .code(0), hasRemnant: false, at: .zero, time: 0) }
        simulation.run { $0.spawned(99, osPid: 1, at: .zero, time: 0) }
        simulation.run { $0.spawnFailed(99, reason: "", isShortage: false, at: .zero) }
        simulation.run { $0.launchCancelled(99) }
        simulation.run { $0.timerFired(.grace(pid: 99)) }
        simulation.run { $0.timerFired(.grace(pid: 1)) }
        simulation.run { $0.timerFired(.respawn(instance: 1)) }
        simulation.run { $0.timerFired(.retry) }
        #expect(simulation.take().isEmpty)
        #expect(simulation.machine.lastExit == nil)
        #expect(simulation.machine.failedStarts == 0)
        #expect(simulation.pids == [1])
    }
}
