import GafferModel
import Testing

@testable import Gaffer

/// What is told of a job, and when a change counts as done.
@Suite struct JobInfoTests {
    @Test("The state is running when all are there, starting before that")
    func starting() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        #expect(simulation.machine.state == .idle)
        simulation.scale(.to(2))
        #expect(simulation.machine.state == .starting)
        simulation.complete(1)
        #expect(simulation.machine.state == .starting)
        simulation.complete(2)
        #expect(simulation.machine.state == .running)
        simulation.run { $0.restart() }
        #expect(simulation.machine.state == .starting)
    }

    @Test("A job scaled to nothing runs")
    func zero() {
        var simulation = JobSimulation.running()
        simulation.scale(.to(0))
        simulation.settle()
        #expect(simulation.machine.state == .running)
    }

    @Test("A stopped job with a one-off is stopped")
    func stoppedWithCommit() {
        var simulation = JobSimulation.running()
        simulation.run { $0.stop() }
        simulation.settle()
        simulation.commit()
        #expect(simulation.machine.state == .stopped)
    }

    @Test("Supervised processes come first, each kind in the order of their start")
    func order() {
        var simulation = JobSimulation.running()
        simulation.commit()
        simulation.scale(.to(2))
        simulation.complete(3)
        let instances = simulation.machine.info(at: simulation.now).instances
        #expect(instances.map(\.pid) == [1, 3, 2])
        #expect(instances.map(\.osPid) == [10_001, 10_003, 0])
        #expect(instances.map(\.state) == [.running, .running, .starting])
    }

    @Test("The next restart is the one that is due first")
    func retryIn() {
        var simulation = JobSimulation.running(2) { $0.backoff = BackoffRule(initial: .seconds(8), factor: 1) }
        simulation.exit(1)
        simulation.complete(3)
        simulation.exit(3)
        simulation.advance(by: .seconds(2))
        simulation.exit(2)
        simulation.complete(4)
        simulation.exit(4)
        #expect(simulation.machine.info(at: simulation.now).retryIn == 6)
        #expect(simulation.machine.info(at: simulation.now + .seconds(100)).retryIn == 0)
    }

    // MARK: Progress

    /// Runs a command and gives its goal.
    private func goal(
        _ simulation: inout JobSimulation,
        isSteady: Bool,
        _ command: (inout JobMachine) -> [JobMachine.Action]
    ) -> Goal {
        let failedStarts = simulation.machine.failedStarts
        simulation.run(command)
        return simulation.machine.goal(isSteady: isSteady, failedStartsBefore: failedStarts)
    }

    @Test("A start is done when all are there")
    func startProgress() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        let goal = goal(&simulation, isSteady: true) { $0.start() }
        #expect(simulation.machine.progress(of: goal) == .pending("shop.web: 0 of 1 processes are running (starting)."))
        simulation.complete(1)
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("A start has failed when one of the job's processes could not be started")
    func failedProgress() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        let goal = goal(&simulation, isSteady: true) { $0.start() }
        simulation.fail(1)
        #expect(simulation.machine.progress(of: goal) == .failed("shop.web: web: can't be started."))
    }

    @Test("A start that failed before is not this one's failure")
    func earlierFailure() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.run { $0.start() }
        simulation.fail(1)
        let goal = goal(&simulation, isSteady: true) { $0.start() }
        simulation.completeAll()
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("A one-off that could not be started is no failure of the job, and the other way round")
    func separateFailures() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        let start = goal(&simulation, isSteady: true) { $0.start() }
        let pid = simulation.commit()
        let commit = simulation.machine.goal(startOf: pid)
        #expect(simulation.machine.progress(of: commit) == .pending("shop.web: pid 2 is being started."))
        simulation.fail(1)
        simulation.complete(2)
        #expect(simulation.machine.progress(of: commit) == .done)
        simulation.exit(2)
        #expect(simulation.machine.progress(of: commit) == .done, "it was started once")

        var other = JobSimulation(JobConfig(cmd: "web"))
        let otherPid = other.commit()
        let otherCommit = other.machine.goal(startOf: otherPid)
        let otherStart = goal(&other, isSteady: true) { $0.start() }
        other.fail(1)
        other.complete(2)
        #expect(other.machine.progress(of: otherCommit) == .failed("shop.web: web: can't be started."))
        #expect(other.machine.progress(of: otherStart) == .done)
        #expect(start.isSteady)
    }

    @Test("A one-off that was taken back before it was started has failed")
    func cancelledCommit() {
        var simulation = JobSimulation.running()
        let pid = simulation.commit()
        let goal = simulation.machine.goal(startOf: pid)
        simulation.run { $0.stop() }
        simulation.cancel(pid)
        #expect(
            simulation.machine.progress(of: goal) == .failed("shop.web: pid 2 was stopped before it was started.")
        )
    }

    @Test("What is known of one-offs that could not be started does not grow without bound")
    func boundedFailures() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        for _ in 1...1000 {
            simulation.fail(simulation.commit())
        }
        #expect(simulation.machine.unstartedCommits.count <= 100)
        #expect(simulation.machine.unstartedCommits[1000] != nil)
    }

    @Test("A stop waits for the processes and for what they leave, and tells for whom")
    func stopProgress() {
        var simulation = JobSimulation.running(2)
        let goal = goal(&simulation, isSteady: false) { $0.stop() }
        #expect(
            simulation.machine.progress(of: goal)
                == .pending("shop.web: waiting for pid 1 (os pid 10001) and 1 more to leave.")
        )
        simulation.exit(1, leaving: true)
        simulation.exit(2)
        #expect(
            simulation.machine.progress(of: goal)
                == .pending("shop.web: waiting for what pid 1 left behind to end.")
        )
        simulation.endRemnant(1)
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("What was left of a tree before the stop is waited for too", arguments: ["stop", "unload", "release"])
    func earlierRemnant(command: String) {
        var simulation = JobSimulation.running()
        simulation.exit(1, leaving: true)
        simulation.complete(2)
        let goal = goal(&simulation, isSteady: false) { machine in
            switch command {
            case "stop": machine.stop()
            case "unload": machine.unload()
            default: machine.release()
            }
        }
        simulation.exit(2)
        #expect(simulation.machine.progress(of: goal) != .done)
        simulation.endRemnant(1)
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("The stop of one process waits for that one alone")
    func stopProcessProgress() {
        var simulation = JobSimulation.running(3)
        simulation.scale(.to(2))
        simulation.run { $0.stopProcess(2) }
        let goal = simulation.machine.goal(endOf: 2)
        simulation.exit(2)
        #expect(simulation.machine.progress(of: goal) == .done)
        #expect(simulation.told == [1])
    }

    @Test("A restart is done when the old are gone and the new are there")
    func restartProgress() {
        var simulation = JobSimulation.running()
        let goal = goal(&simulation, isSteady: true) { $0.restart() }
        #expect(simulation.machine.progress(of: goal) != .done)
        simulation.exit(1)
        #expect(simulation.machine.progress(of: goal) != .done)
        simulation.complete(2)
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("A reload is done when each old process has gone, and has failed when a new one can't be started")
    func reloadProgress() {
        var simulation = JobSimulation.running()
        let reload = goal(&simulation, isSteady: true) { $0.reload() }
        simulation.complete(2)
        #expect(simulation.machine.progress(of: reload) != .done)
        simulation.exit(1)
        #expect(simulation.machine.progress(of: reload) == .done)
        let second = goal(&simulation, isSteady: true) { $0.reload() }
        simulation.fail(3)
        #expect(simulation.machine.progress(of: second) == .failed("shop.web: web: can't be started."))
    }

    @Test("A start of a job that dies too often has failed once it is given up")
    func gaveUp() {
        var simulation = JobSimulation.running { $0.flapping = FlappingRule(attempts: 1, maxRetry: 0) }
        let goal = goal(&simulation, isSteady: true) { $0.restart() }
        simulation.settle()
        #expect(simulation.machine.progress(of: goal) == .done)
        simulation.exit(simulation.pids[0])
        #expect(simulation.machine.progress(of: goal) == .failed("shop.web: it died too often and was given up."))
    }

    @Test("A start that a stop overtakes is done")
    func overtaken() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        let goal = goal(&simulation, isSteady: true) { $0.start() }
        simulation.run { $0.stop() }
        simulation.cancel(1)
        #expect(simulation.machine.progress(of: goal) == .done)
    }

    @Test("Processes that ended for good count as there")
    func finishedProgress() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.machine.config.restart = .never
        let goal = goal(&simulation, isSteady: true) { $0.start() }
        simulation.complete(1)
        simulation.exit(1, .code(0))
        #expect(simulation.machine.progress(of: goal) == .done)
    }
}
