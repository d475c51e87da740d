import GafferModel
import Testing

@testable import Gaffer

/// Replacing processes: the new one first (reload), the old one first (restart, update).
@Suite struct JobReloadTests {
    @Test("A reload starts a replacement for each, and stops the old one once the new one is there")
    func reload() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.reload() }
        #expect(simulation.take() == ["(reload)", "launch 3 as 1", "launch 4 as 2"])
        simulation.complete(4)
        #expect(simulation.take() == ["(spawn)", "(reap)", "stop 2", "arm grace of 2: 30.0 seconds"])
        simulation.complete(3)
        simulation.settle()
        #expect(simulation.pids == [3, 4])
        #expect(simulation.machine.restarts == 0)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A reload whose start fails keeps the old process")
    func failed() {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.fail(2)
        #expect(simulation.machine.state == .running)
        #expect(simulation.pids == [1])
        #expect(simulation.timers.isEmpty)
        #expect(simulation.machine.lastError != nil)
        simulation.run { $0.reload() }
        simulation.settle()
        #expect(simulation.pids == [3])
        #expect(simulation.machine.lastError == nil)
    }

    @Test("Where the old process dies first, its replacement is the one that counts")
    func oldDies() {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.exit(1)
        #expect(simulation.launching == [2])
        simulation.fail(2)
        // Nobody has the slot any more, so it is tried again.
        #expect(simulation.launching == [3])
        simulation.complete(3)
        #expect(simulation.pids == [3])
        #expect(simulation.faults.isEmpty)
    }

    @Test("A reload in the middle of a reload does not double anything")
    func twice() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.reload() }
        simulation.run { $0.reload() }
        #expect(simulation.launching == [3, 4])
        simulation.complete(3)
        simulation.run { $0.reload() }
        // 3 is replaced by 5; 1 is leaving; 4 is still being started for 2.
        #expect(simulation.launching == [4, 5])
        simulation.settle()
        #expect(simulation.pids == [4, 5])
        #expect(simulation.faults.isEmpty)
    }

    @Test("A new process that dies is followed by another, though the old one is still leaving")
    func replacementDies() {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.complete(2)
        simulation.exit(2)
        #expect(simulation.launching == [3])
        #expect(simulation.instance(of: 3) == 1)
        simulation.settle()
        #expect(simulation.pids == [3])
    }

    @Test("A restart in the middle of a reload ends with new processes only", arguments: [true, false])
    func restartDuringReload(isInTime: Bool) {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.reload() }
        simulation.run { $0.restart() }
        for pid in [3, 4] {
            if isInTime { simulation.cancel(pid) } else { simulation.complete(pid) }
        }
        simulation.settle()
        #expect(simulation.untold.count == 2)
        #expect(Set(simulation.untold).isDisjoint(with: [1, 2, 3, 4]))
        #expect(simulation.machine.state == .running)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A stop in the middle of a reload stops old and new", arguments: [true, false])
    func stopDuringReload(isInTime: Bool) {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.run { $0.stop() }
        if isInTime { simulation.cancel(2) } else { simulation.complete(2) }
        simulation.settle()
        #expect(simulation.alive.isEmpty)
        #expect(simulation.machine.state == .stopped)
        #expect(simulation.faults.isEmpty)
    }

    @Test("A stop of the replacement keeps the old process, where it comes in time")
    func stopOfReplacement() {
        var simulation = JobSimulation.running()
        simulation.run { $0.reload() }
        simulation.run { $0.stopProcess(2) }
        simulation.cancel(2)
        #expect(simulation.untold == [1])
        #expect(simulation.machine.state == .running)
    }

    @Test("A reload gives all retries and waits back")
    func forgiveness() {
        var simulation = JobSimulation.running(2)
        simulation.exit(1)
        simulation.complete(3)
        simulation.exit(3)
        #expect(simulation.machine.state == .backoff)
        simulation.run { $0.reload() }
        simulation.settle()
        #expect(simulation.machine.state == .running)
        simulation.forget()
        let pid = simulation.pids.first { simulation.instance(of: $0) == 1 } ?? 0
        simulation.exit(pid)
        #expect(simulation.take().last?.hasPrefix("launch") == true, "it is a first exit again")
    }

    // MARK: Restart

    @Test("A restart replaces each process as it ends, under its own number")
    func restart() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.restart() }
        #expect(
            simulation.take() == [
                "(restart)", "(stop_process)", "(stop_process)", "stop 1 2", "arm grace of 1: 30.0 seconds",
                "arm grace of 2: 30.0 seconds",
            ]
        )
        simulation.exit(2, .signal(.terminate))
        #expect(simulation.take().last == "launch 3 as 2")
        simulation.exit(1, .signal(.terminate))
        #expect(simulation.take().last == "launch 4 as 1")
        #expect(simulation.machine.restarts == 2)
    }

    @Test("A restart leaves one-offs alone")
    func restartCommits() {
        var simulation = JobSimulation.running()
        simulation.commit()
        simulation.completeAll()
        simulation.run { $0.restart() }
        simulation.settle()
        #expect(simulation.commits == [2])
    }

    // MARK: Update

    @Test("An update that does not concern the processes keeps them")
    func harmlessUpdate() {
        var simulation = JobSimulation.running(2)
        var config = simulation.machine.config
        config.numprocesses = 3
        config.gracefulTimeout = .seconds(1)
        config.priority = 4
        config.restart = .onFailure
        simulation.run { $0.update(config, relaunch: false) }
        #expect(simulation.take() == ["(update)", "launch 3 as 3"])
        #expect(simulation.untold == [1, 2])
        #expect(simulation.machine.wanted == 3)
    }

    @Test(
        "An update that concerns the processes replaces them",
        arguments: ["cmd", "args", "env", "cwd", "uid", "shell", "limits", "outputs", "detach"]
    )
    func update(setting: String) {
        var simulation = JobSimulation.running()
        var config = simulation.machine.config
        switch setting {
        case "cmd": config.cmd = "other"
        case "args": config.args = ["x"]
        case "env": config.env = ["A": "1"]
        case "cwd": config.cwd = "/"
        case "uid": config.uid = .id(1)
        case "shell": config.shell = true
        case "limits": config.rlimits = ["core": ResourceLimit(soft: 0, hard: 0)]
        case "outputs": config.redirectOutput = []
        default: config.detach = true
        }
        simulation.run { $0.update(config, relaunch: false) }
        #expect(simulation.told == [1])
        simulation.settle()
        #expect(simulation.pids == [2])
    }

    @Test("An update sets the configured number, and forgets what was scaled while the job was stopped")
    func updateForgetsScale() {
        var simulation = JobSimulation.running(2)
        simulation.run { $0.stop() }
        simulation.settle()
        simulation.scale(.to(5))
        var config = simulation.machine.config
        config.start = false
        simulation.run { $0.update(config, relaunch: true) }
        #expect(simulation.machine.wanted == 0)
        simulation.run { $0.start() }
        #expect(simulation.machine.wanted == 2)
    }

    @Test("An update while starting takes the old command back and starts the new one", arguments: [true, false])
    func updateWhileStarting(isInTime: Bool) {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.run { $0.start() }
        simulation.run { $0.update(JobConfig(cmd: "other"), relaunch: true) }
        if isInTime { simulation.cancel(1) } else { simulation.complete(1) }
        simulation.settle()
        #expect(simulation.pids == [2])
        #expect(simulation.faults.isEmpty)
    }

    // MARK: Adoption

    @Test("An adopted process counts as one of the job's")
    func adoption() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        simulation.machine.config.numprocesses = 2
        simulation.run { machine in
            machine.adopted(osPid: 4711, instance: 2, at: .zero, time: 17).actions
        }
        #expect(simulation.take() == ["(adopt)"])
        simulation.run { $0.start() }
        #expect(simulation.take() == ["(start)", "launch 2 as 1"])
        let info = simulation.machine.info(at: .zero)
        #expect(info.instances.map(\.osPid) == [4711, 0])
        #expect(info.instances.map(\.createTime) == [17, 0])
    }

    @Test("Of more adopted processes than are wanted the oldest leave")
    func adoptionOfTooMany() {
        var simulation = JobSimulation(JobConfig(cmd: "web"))
        for number in 1...3 {
            simulation.run { $0.adopted(osPid: Int32(number), instance: number, at: .zero, time: 0).actions }
        }
        simulation.forget()
        simulation.run { $0.start() }
        #expect(simulation.take().contains("(reap)"))
        let states = simulation.machine.processes.map(\.state)
        #expect(states == [.stopping, .stopping, .running])
    }
}
