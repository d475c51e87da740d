import GafferModel
import Testing

@testable import Gaffer

/// The number of processes, the numbers they have, and one-offs.
@Suite struct JobScaleTests {
    @Test("Scaling down stops the oldest, and does not touch the others")
    func oldestFirst() {
        var simulation = JobSimulation.running(4)
        simulation.scale(.by(-2))
        #expect(
            simulation.take() == [
                "(update)", "(reap)", "(reap)", "stop 1 2", "arm grace of 1: 30.0 seconds",
                "arm grace of 2: 30.0 seconds",
            ]
        )
        simulation.settle()
        #expect(simulation.pids == [3, 4])
        #expect(simulation.machine.restarts == 0)
    }

    @Test("Scaling up starts what was added, beside those that are leaving")
    func up() {
        var simulation = JobSimulation.running(2)
        simulation.scale(.to(1))
        simulation.scale(.to(3))
        #expect(simulation.launching == [3, 4])
        simulation.settle()
        #expect(simulation.pids == [2, 3, 4])
    }

    @Test("Waiting slots are given up before processes")
    func waitingFirst() {
        var simulation = JobSimulation.running(3)
        simulation.exit(3)
        simulation.complete(4)
        simulation.exit(4)
        simulation.forget()
        simulation.scale(.to(2))
        #expect(simulation.take() == ["(update)", "disarm respawn of 3"])
        simulation.scale(.to(1))
        #expect(simulation.told == [1])
        #expect(simulation.faults.isEmpty)
    }

    @Test("Who is being restarted goes before who stays")
    func stoppingFirst() {
        var simulation = JobSimulation.running(3)
        simulation.run { $0.stopProcess(2) }
        simulation.scale(.to(2))
        #expect(simulation.told == [2])
        simulation.settle()
        #expect(simulation.pids == [1, 3])
    }

    @Test("A process that is still being started can be scaled away", arguments: [true, false])
    func starting(isInTime: Bool) {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.scale(.to(2))
        simulation.scale(.to(1))
        #expect(simulation.take().suffix(2) == ["(update)", "cancel 1"])
        if isInTime { simulation.cancel(1) } else { simulation.complete(1) }
        simulation.settle()
        #expect(simulation.pids == [2])
        #expect(simulation.faults.isEmpty)
    }

    @Test("Scaling down in the middle of a reload takes a slot with both of its processes")
    func duringReload() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.reload() }
        simulation.scale(.to(1))
        #expect(simulation.told == [1])
        #expect(simulation.cancelled == [3])
        simulation.settle()
        #expect(simulation.pids == [4])
        #expect(simulation.faults.isEmpty)
    }

    @Test("Scaling away a slot whose replacement was told to leave takes the old process too")
    func afterStopOfReplacement() {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.run { $0.stopProcess(2) }
        simulation.scale(.to(0))
        #expect(simulation.told == [1])
        simulation.settle()
        #expect(simulation.alive.isEmpty)
        #expect(simulation.machine.state == .running)
        #expect(simulation.machine.wanted == 0)
    }

    @Test("In the middle of a restart of a reload, a scale takes whole slots")
    func duringRestartOfReload() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.reload() }
        simulation.run { $0.restart() }
        simulation.scale(.to(1))
        #expect(simulation.machine.occupied == 1)
        simulation.settle()
        #expect(simulation.untold.count == 1)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A number set while the job is stopped is taken by the next start, and forgotten by the next stop")
    func whileStopped() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.stop() }
        simulation.settle()
        simulation.scale(.by(3))
        #expect(simulation.machine.wanted == 3)
        simulation.run { $0.start() }
        #expect(simulation.launching.count == 3)
        simulation.settle()
        simulation.run { $0.stop() }
        #expect(simulation.machine.wanted == 0)
        simulation.settle()
        simulation.run { $0.start() }
        #expect(simulation.machine.wanted == 2)
    }

    @Test("A reload makes the number the configured one", arguments: [1, 5])
    func reload(scaled: Int) {
        var simulation = JobSimulation.running(3)
        simulation.scale(.to(scaled))
        simulation.settle()
        simulation.run { $0.reload() }
        simulation.settle()
        #expect(simulation.pids.count == 3)
        #expect(simulation.machine.wanted == 3)
        #expect(simulation.faults.isEmpty)
    }

    @Test("Too large a number is refused, and changes nothing")
    func tooLarge() {
        var simulation = JobSimulation.running()
        let error = #expect(throws: GafferError.self) {
            try simulation.machine.scale(.by(ScaleOperation.maximum))
        }
        #expect(error?.code == .badValue)
        #expect(simulation.machine.wanted == 1)
    }

    // MARK: Instances

    @Test("GAFFER_INSTANCE is the lowest number that is free")
    func instances() {
        var simulation = JobSimulation.running(3)
        #expect(simulation.pids.map { simulation.instance(of: $0) } == [1, 2, 3])
        simulation.scale(.by(-1))
        simulation.scale(.by(1))
        // 1 is still leaving, so its number is not free.
        #expect(simulation.instance(of: 4) == 4)
        simulation.settle()
        simulation.scale(.by(1))
        #expect(simulation.instance(of: 5) == 1)
        simulation.settle()
        simulation.exit(2)
        #expect(simulation.instance(of: 6) == 2)
    }

    @Test("A slot that waits keeps its number")
    func waitingInstance() {
        var simulation = JobSimulation.running(2)
        simulation.exit(1)
        simulation.complete(3)
        simulation.exit(3)
        simulation.scale(.by(1))
        #expect(simulation.launching == [4])
        #expect(simulation.instance(of: 4) == 3)
        simulation.advance(by: .seconds(1))
        #expect(simulation.instance(of: 5) == 1)
    }

    @Test("In a reload a replacement takes its predecessor's number")
    func reloadedInstances() {
        var simulation = JobSimulation.running(3)
        simulation.run { $0.stopProcess(1) }
        simulation.settle()
        simulation.run { $0.reload() }
        simulation.settle()
        let instances = simulation.pids.compactMap { simulation.instance(of: $0) }
        #expect(instances.sorted() == [1, 2, 3])
    }

    // MARK: One-offs

    @Test("A one-off runs beside the job, and is not kept alive")
    func commit() {
        var simulation = JobSimulation.running()
        let pid = simulation.commit(env: ["A": "1"])
        #expect(pid == 2)
        #expect(simulation.take() == ["launch 2 once"])
        #expect(simulation.env(of: 2) == ["A": "1"])
        #expect(simulation.instance(of: 2) == 2)
        simulation.complete(2)
        #expect(simulation.machine.info(at: .zero).instances.map(\.isCommit) == [false, true])
        simulation.exit(2, .code(7))
        #expect(simulation.take() == ["(spawn)", "(exit)"])
        #expect(simulation.machine.lastExit?.status == .code(7))
        #expect(simulation.machine.restarts == 0)
    }

    @Test("A one-off counts for no scale")
    func commitAndScale() {
        var simulation = JobSimulation.running(2)
        simulation.commit()
        simulation.completeAll()
        simulation.scale(.by(-1))
        #expect(simulation.told == [1])
        simulation.scale(.to(0))
        #expect(simulation.told == [1, 2])
        simulation.settle()
        #expect(simulation.commits == [3])
    }

    @Test("A one-off that can't be started is told, and not tried again")
    func failedCommit() {
        var simulation = JobSimulation.running()
        simulation.commit()
        simulation.fail(2)
        #expect(simulation.take() == ["launch 2 once", "(spawn_error)"])
        #expect(simulation.machine.state == .running)
    }
}
