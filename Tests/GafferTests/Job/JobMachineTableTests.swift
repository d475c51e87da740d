import GafferModel
import Testing

@testable import Gaffer

/// The table of ``JobMachine``'s documentation: every command in every state.
///
/// The job is configured for two processes, was scaled to three where it runs, and has a one-off beside them. A cell
/// tells what is done at once (events of the job in brackets; `stop 3+1`: three processes and the one-off are told
/// to leave) and, after `→`, what the job is once everybody who was told has left and everybody who was asked for is
/// there: its state, how many run, and how many are wanted where that differs.
@Suite struct JobMachineTableTests {
    enum Situation: String, CaseIterable, Sendable {
        case idle, running, starting, backoff, flapping, failed, finished, stopping, stopped
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let command: String
        let perform: @Sendable (inout JobSimulation) -> Void
        let cells: [Situation: String]

        var testDescription: String { command }

        init(
            _ command: String,
            _ perform: @escaping @Sendable (inout JobSimulation) -> Void,
            _ cells: KeyValuePairs<Situation, String>
        ) {
            self.command = command
            self.perform = perform
            self.cells = Dictionary(uniqueKeysWithValues: cells.map { ($0.key, $0.value) })
        }
    }

    static let table: [Row] = [
        Row(
            "start",
            { $0.run { $0.start() } },
            [
                .idle: "(start) launch 2 → running 2",
                .running: "→ running 3",
                .starting: "→ running 3",
                .backoff: "launch 1 → running 3",
                .flapping: "(start) launch 3 → running 3",
                .failed: "(start) launch 3 → running 3",
                .finished: "(start) launch 3 → running 3",
                .stopping: "(start) → running 2",
                .stopped: "(start) launch 2 → running 2",
            ]
        ),
        Row(
            "stop",
            { $0.run { $0.stop() } },
            [
                .idle: "(stop) stop 0+1 → stopped 0",
                .running: "(stop) stop 3+1 → stopped 0",
                .starting: "(stop) stop 2+1 cancel 1 → stopped 0",
                .backoff: "(stop) stop 2+1 → stopped 0",
                .flapping: "(stop) stop 0+1 → stopped 0",
                .failed: "(stop) stop 0+1 → stopped 0",
                .finished: "(stop) stop 0+1 → stopped 0",
                .stopping: "→ stopped 0",
                .stopped: "stop 0+1 → stopped 0",
            ]
        ),
        Row(
            "restart",
            { $0.run { $0.restart() } },
            [
                .idle: "(start) launch 2 → running 2",
                .running: "(restart) stop 3+0 → running 3",
                .starting: "(restart) stop 2+0 cancel 1 → running 3",
                .backoff: "(restart) stop 2+0 launch 1 → running 3",
                .flapping: "(start) launch 3 → running 3",
                .failed: "(start) launch 3 → running 3",
                .finished: "(start) launch 3 → running 3",
                .stopping: "(start) → running 2",
                .stopped: "(start) launch 2 → running 2",
            ]
        ),
        Row(
            "reload",
            { $0.run { $0.reload() } },
            [
                .idle: "(start) launch 2 → running 2",
                .running: "(reload) stop 1+0 launch 2 → running 2",
                .starting: "(reload) stop 1+0 launch 1 → running 2",
                .backoff: "(reload) launch 2 → running 2",
                .flapping: "(start) launch 2 → running 2",
                .failed: "(start) launch 2 → running 2",
                .finished: "(start) launch 2 → running 2",
                .stopping: "→ stopped 0",
                .stopped: "→ stopped 0",
            ]
        ),
        Row(
            "scale +1",
            { $0.scale(.by(1)) },
            [
                .idle: "(update) (start) launch 1 → running 1",
                .running: "(update) launch 1 → running 4",
                .starting: "(update) launch 1 → running 4",
                .backoff: "(update) launch 1 → backoff 3 of 4",
                .flapping: "(update) → flapping 0 of 4",
                .failed: "(update) → failed 0 of 4",
                .finished: "(update) launch 1 → running 1 of 4",
                .stopping: "(update) → stopped 0 of 1",
                .stopped: "(update) → stopped 0 of 1",
            ]
        ),
        Row(
            "scale =1",
            { $0.scale(.to(1)) },
            [
                .idle: "(update) (start) launch 1 → running 1",
                .running: "(update) stop 2+0 → running 1",
                .starting: "(update) stop 2+0 → running 1",
                .backoff: "(update) stop 1+0 → running 1",
                .flapping: "(update) → flapping 0 of 1",
                .failed: "(update) → failed 0 of 1",
                .finished: "(update) → finished 0 of 1",
                .stopping: "(update) → stopped 0 of 1",
                .stopped: "(update) → stopped 0 of 1",
            ]
        ),
        Row(
            "commit",
            { $0.commit() },
            [
                .idle: "launch 1 → idle 0",
                .running: "launch 1 → running 3",
                .starting: "launch 1 → running 3",
                .backoff: "launch 1 → backoff 2 of 3",
                .flapping: "launch 1 → flapping 0 of 3",
                .failed: "launch 1 → failed 0 of 3",
                .finished: "launch 1 → finished 0 of 3",
                .stopping: "launch 1 → stopped 0",
                .stopped: "launch 1 → stopped 0",
            ]
        ),
        Row(
            "update, start",
            { $0.run { $0.update(.other(start: true), relaunch: true) } },
            [
                .idle: "(update) (start) launch 2 → running 2",
                .running: "(update) stop 3+0 → running 2",
                .starting: "(update) stop 2+0 cancel 1 → running 2",
                .backoff: "(update) stop 2+0 → running 2",
                .flapping: "(update) launch 2 → running 2",
                .failed: "(update) launch 2 → running 2",
                .finished: "(update) launch 2 → running 2",
                .stopping: "(update) (start) → running 2",
                .stopped: "(update) (start) launch 2 → running 2",
            ]
        ),
        Row(
            "update, no start",
            { $0.run { $0.update(.other(start: false), relaunch: true) } },
            [
                .idle: "(update) → idle 0",
                .running: "(update) (stop) stop 3+1 → stopped 0",
                .starting: "(update) (stop) stop 2+1 cancel 1 → stopped 0",
                .backoff: "(update) (stop) stop 2+1 → stopped 0",
                .flapping: "(update) (stop) stop 0+1 → stopped 0",
                .failed: "(update) (stop) stop 0+1 → stopped 0",
                .finished: "(update) (stop) stop 0+1 → stopped 0",
                .stopping: "(update) → stopped 0",
                .stopped: "(update) stop 0+1 → stopped 0",
            ]
        ),
        Row(
            "stop of a process",
            { simulation in simulation.run { $0.stopProcess($0.processes.first?.pid ?? 0) } },
            [
                .idle: "stop 0+1 → idle 0",
                .running: "stop 1+0 → running 3",
                .starting: "stop 1+0 → running 3",
                .backoff: "stop 1+0 → backoff 2 of 3",
                .flapping: "stop 0+1 → flapping 0 of 3",
                .failed: "stop 0+1 → failed 0 of 3",
                .finished: "stop 0+1 → finished 0 of 3",
                .stopping: "→ stopped 0",
                .stopped: "stop 0+1 → stopped 0",
            ]
        ),
        Row(
            "stop of an unknown process",
            { $0.run { $0.stopProcess(99) } },
            [
                .idle: "→ idle 0",
                .running: "→ running 3",
                .starting: "→ running 3",
                .backoff: "→ backoff 2 of 3",
                .flapping: "→ flapping 0 of 3",
                .failed: "→ failed 0 of 3",
                .finished: "→ finished 0 of 3",
                .stopping: "→ stopped 0",
                .stopped: "→ stopped 0",
            ]
        ),
        Row(
            "unload",
            { $0.run { $0.unload() } },
            [
                .idle: "(unload) (stop) stop 0+1 → gone",
                .running: "(unload) (stop) stop 3+1 → gone",
                .starting: "(unload) (stop) stop 2+1 cancel 1 → gone",
                .backoff: "(unload) (stop) stop 2+1 → gone",
                .flapping: "(unload) (stop) stop 0+1 → gone",
                .failed: "(unload) (stop) stop 0+1 → gone",
                .finished: "(unload) (stop) stop 0+1 → gone",
                .stopping: "(unload) (stop) → gone",
                .stopped: "(unload) (stop) stop 0+1 → gone",
            ]
        ),
    ]

    @Test("Every command has its result in every state", arguments: table, Situation.allCases)
    func cell(row: Row, situation: Situation) throws {
        var simulation = JobSimulation.in(situation)
        simulation.forget()
        row.perform(&simulation)
        let done = simulation.summary()
        simulation.settle()
        let outcome = [done, "→ \(simulation.outcome)"].filter { !$0.isEmpty }.joined(separator: " ")
        #expect(outcome == row.cells[situation])
        #expect(simulation.faults.isEmpty)
    }

    @Test("The states of the table are what they are called", arguments: Situation.allCases)
    func situations(situation: Situation) {
        let simulation = JobSimulation.in(situation)
        #expect(simulation.machine.state.rawValue == situation.rawValue)
        #expect(simulation.commits.count == 1)
    }
}

extension JobConfig {
    /// Another command for two processes.
    fileprivate static func other(start: Bool) -> JobConfig {
        var config = JobConfig(cmd: "other")
        config.numprocesses = 2
        config.start = start
        return config
    }
}

extension JobSimulation {
    fileprivate static func `in`(_ situation: JobMachineTableTests.Situation) -> JobSimulation {
        var simulation: JobSimulation
        switch situation {
        case .idle:
            var config = JobConfig(cmd: "web")
            config.numprocesses = 2
            simulation = JobSimulation(config)
        case .running, .stopping, .stopped:
            simulation = .scaled()
        case .starting:
            simulation = .running(2)
            simulation.scale(.to(3))
            // The one-off must not complete the start.
            let starting = simulation.launching
            simulation.complete(simulation.commit())
            precondition(simulation.launching == starting)
            return simulation
        case .backoff:
            simulation = .scaled { $0.backoff = .standard }
            simulation.exit(3)
            simulation.completeAll()
            simulation.exit(4)
        case .flapping:
            simulation = .scaled { $0.flapping = FlappingRule() }
            simulation.die(twiceOf: 3)
        case .failed:
            simulation = .scaled { $0.flapping = FlappingRule(maxRetry: 0) }
            simulation.die(twiceOf: 3)
        case .finished:
            simulation = .scaled { $0.restart = .never }
            for pid in simulation.pids { simulation.exit(pid) }
        }
        if situation == .stopped {
            simulation.run { $0.stop() }
            simulation.settle()
        }
        simulation.complete(simulation.commit())
        if situation == .stopping { simulation.run { $0.stop() } }
        return simulation
    }

    /// Configured for two, scaled to three, all running.
    private static func scaled(_ change: (inout JobConfig) -> Void = { _ in }) -> JobSimulation {
        var simulation = running(2, change)
        simulation.scale(.to(3))
        simulation.completeAll()
        return simulation
    }

    private mutating func die(twiceOf pid: Int) {
        exit(pid)
        completeAll()
        exit(pid + 1)
        settle()
    }

    /// The actions since the last look, summed up.
    fileprivate mutating func summary() -> String {
        var events: [String] = []
        var launched = 0
        var cancelled = 0
        var stopped = (processes: 0, commits: 0)
        for action in actions {
            switch action {
            case .publish(.stopProcess), .publish(.reap): break
            case .publish(let kind): events.append("(\(kind.word))")
            case .launch: launched += 1
            case .cancelLaunch: cancelled += 1
            case .stop(let pids):
                stopped.commits += pids.count { commits.contains($0) }
                stopped.processes += pids.count { !commits.contains($0) }
            case .kill, .arm, .disarm: break
            }
        }
        forget()
        if stopped.processes + stopped.commits > 0 { events.append("stop \(stopped.processes)+\(stopped.commits)") }
        if cancelled > 0 { events.append("cancel \(cancelled)") }
        if launched > 0 { events.append("launch \(launched)") }
        return events.joined(separator: " ")
    }

    /// As `running 3` or `flapping 0 of 3`.
    fileprivate var outcome: String {
        if machine.isGone { return "gone" }
        let running = untold.count
        return "\(machine.state.rawValue) \(running)" + (machine.wanted == running ? "" : " of \(machine.wanted)")
    }
}
