import GafferModel
import Testing

@testable import Gaffer

/// Stopping, unloading, releasing, killing.
@Suite struct JobStopTests {
    @Test("A stop tells all processes at once, and kills whoever has not left in time")
    func grace() {
        var simulation = JobSimulation.running(2) { $0.gracefulTimeout = .seconds(5) }
        simulation.run { $0.stop() }
        #expect(
            simulation.take() == [
                "(stop)", "(stop_process)", "(stop_process)", "stop 1 2", "arm grace of 1: 5.0 seconds",
                "arm grace of 2: 5.0 seconds",
            ]
        )
        simulation.exit(1)
        #expect(simulation.take() == ["disarm grace of 1", "(exit)"])
        #expect(simulation.machine.state == .stopping)
        simulation.advance(by: .milliseconds(4999))
        #expect(simulation.take().isEmpty)
        simulation.advance(by: .milliseconds(1))
        #expect(simulation.take() == ["(kill)", "kill 2"])
        simulation.exit(2, .signal(.kill))
        #expect(simulation.machine.state == .stopped)
        #expect(simulation.machine.wanted == 0)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A one-off may have a time of its own to leave")
    func commitGrace() {
        var simulation = JobSimulation.running()
        simulation.commit(gracefulTimeout: .seconds(90))
        simulation.completeAll()
        simulation.run { $0.stop() }
        #expect(simulation.take().suffix(2) == ["arm grace of 1: 30.0 seconds", "arm grace of 2: 90.0 seconds"])
    }

    @Test("What is left of a tree keeps a stopped job stopping")
    func remnants() {
        var simulation = JobSimulation.running()
        simulation.run { $0.stop() }
        simulation.exit(1, leaving: true)
        #expect(simulation.machine.state == .stopping)
        simulation.endRemnant(1)
        #expect(simulation.machine.state == .stopped)
        simulation.findRemnant(1)
        #expect(simulation.machine.state == .stopping)
    }

    @Test("A replacement does not wait for what its predecessor left")
    func replacement() {
        var simulation = JobSimulation.running()
        simulation.exit(1, leaving: true)
        #expect(simulation.launching == [2])
    }

    // MARK: While starting

    @Test("A stop while starting takes the launch back", arguments: ["stop", "unload", "release"])
    func cancelled(command: String) {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.run { $0.start() }
        simulation.forget()
        simulation.leave(by: command)
        #expect(simulation.take().last == "cancel 1")
        simulation.cancel(1)
        #expect(simulation.take().isEmpty)
        #expect(simulation.machine.state == .stopped)
    }

    @Test("A launch that could not be taken back is stopped as it comes", arguments: ["stop", "unload", "release"])
    func tooLate(command: String) {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.run { $0.start() }
        simulation.leave(by: command)
        simulation.forget()
        simulation.complete(1)
        #expect(simulation.take() == ["(spawn)", "(stop_process)", "stop 1", "arm grace of 1: 30.0 seconds"])
    }

    @Test("A start while stopping lets each process be replaced as it ends")
    func startWhileStopping() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.stop() }
        simulation.run { $0.start() }
        #expect(simulation.launching.isEmpty)
        simulation.exit(2)
        #expect(simulation.launching == [3])
        #expect(simulation.instance(of: 3) == 2)
        simulation.settle()
        #expect(simulation.pids == [3, 4])
        #expect(simulation.faults.isEmpty)
    }

    @Test("Stop and start while starting: the launch that is taken back is replaced", arguments: [true, false])
    func stopStartWhileStarting(isInTime: Bool) {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.run { $0.start() }
        simulation.run { $0.stop() }
        simulation.run { $0.start() }
        #expect(simulation.launching == [1])
        if isInTime { simulation.cancel(1) } else { simulation.complete(1) }
        simulation.settle()
        #expect(simulation.pids == [2])
        #expect(simulation.faults.isEmpty)
    }

    @Test("A restart or a reload while starting ends with the number that is wanted", arguments: ["restart", "reload"])
    func restartWhileStarting(command: String) {
        for isInTime in [true, false] {
            var simulation = JobSimulation(JobConfig(cmd: "web"))
            simulation.run { $0.start() }
            simulation.run { command == "restart" ? $0.restart() : $0.reload() }
            // What a reload finds starting is new enough.
            if isInTime, command == "restart" { simulation.cancel(1) } else { simulation.complete(1) }
            simulation.settle()
            #expect(simulation.untold.count == 1)
            #expect(simulation.machine.state == .running)
            #expect(simulation.faults.isEmpty)
        }
    }

    // MARK: Final

    @Test("An unloaded job is gone when its processes and what they left are")
    func gone() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.unload() }
        #expect(simulation.takeEvents() == ["unload", "stop", "stop_process", "stop_process"])
        simulation.exit(1)
        simulation.exit(2, leaving: true)
        #expect(!simulation.machine.isGone)
        simulation.endRemnant(2)
        #expect(simulation.machine.isGone)
    }

    @Test("No command brings an unloaded or released job back", arguments: ["unload", "release"])
    func final(command: String) {
        var simulation = JobSimulation.running()
        simulation.leave(by: command)
        simulation.forget()
        simulation.run { $0.start() }
        simulation.run { $0.stop() }
        simulation.run { $0.restart() }
        simulation.run { $0.reload() }
        simulation.run { $0.update(JobConfig(cmd: "other"), relaunch: true) }
        var idle = JobConfig(cmd: "other")
        idle.start = false
        simulation.run { $0.update(idle, relaunch: true) }
        simulation.run { $0.unload() }
        simulation.run { $0.release() }
        simulation.scale(.by(1))
        let commit = simulation.commit()
        #expect(commit == 0)
        #expect(simulation.take().isEmpty)
        simulation.settle()
        #expect(simulation.machine.isGone)
        #expect(simulation.machine.config.cmd == "web")
    }

    @Test("A commit on a job that is on its way out is an error that names it")
    func commitOnUnloaded() {
        var simulation = JobSimulation.running()
        simulation.run { $0.unload() }
        let error = #expect(throws: GafferError.self) { try simulation.machine.commit(env: [:], gracefulTimeout: nil) }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("shop.web") == true)
    }

    // MARK: Detached

    @Test("When the manager stops, detached processes are left alone")
    func detached() {
        var simulation = JobSimulation.running(2) { $0.detach = true }
        simulation.run { $0.release() }
        #expect(simulation.take().isEmpty)
        #expect(simulation.machine.isGone)
    }

    @Test("A detached job's launch is taken back, and left alone where that was too late", arguments: [true, false])
    func detachedWhileStarting(isInTime: Bool) {
        var simulation = JobSimulation.running { $0.detach = true }
        simulation.scale(.to(2))
        simulation.forget()
        simulation.run { $0.release() }
        #expect(simulation.take() == ["cancel 2"])
        #expect(!simulation.machine.isGone)
        #expect(simulation.machine.goal(isSteady: false, failedStartsBefore: 0).leaving == [2])
        if isInTime { simulation.cancel(2) } else { simulation.complete(2) }
        #expect(simulation.take() == (isInTime ? [] : ["(spawn)"]))
        #expect(simulation.machine.isGone)
    }

    @Test("Detached or not, a stop and an unload stop", arguments: ["stop", "unload"])
    func detachedStop(command: String) {
        var simulation = JobSimulation.running { $0.detach = true }
        simulation.leave(by: command)
        #expect(simulation.told == [1])
    }

    // MARK: In a hurry

    @Test("In a hurry everything is killed, and what comes later too")
    func kill() {
        var simulation = JobSimulation.running(2)
        simulation.exit(1, leaving: true)
        #expect(simulation.launching == [3])
        simulation.run { $0.release() }
        simulation.forget()
        simulation.run { $0.killAll() }
        #expect(simulation.take() == ["kill 2 1"])
        simulation.complete(3)
        #expect(simulation.take() == ["(spawn)", "kill 3"])
        simulation.settle()
        #expect(simulation.machine.isGone)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A job that was not stopped yet is not started again by a hurry")
    func killUnreleased() {
        var simulation = JobSimulation.running()
        simulation.run { $0.killAll() }
        simulation.exit(1, .signal(.kill))
        #expect(simulation.launching.isEmpty)
        #expect(simulation.machine.isGone)
    }

    @Test("A hurry leaves detached processes alone")
    func killDetached() {
        var simulation = JobSimulation.running { $0.detach = true }
        simulation.run { $0.killAll() }
        #expect(simulation.take().isEmpty)
    }
}

extension JobSimulation {
    fileprivate mutating func leave(by command: String) {
        switch command {
        case "stop": run { $0.stop() }
        case "unload": run { $0.unload() }
        default: run { $0.release() }
        }
    }
}
