import GafferModel
import Testing

@testable import Gaffer

/// Random sequences of commands and events, and what holds after each of them.
@Suite struct JobPropertyTests {
    @Test("Whatever happens in whatever order, the promises hold", .timeLimit(.minutes(5)), arguments: 1...20)
    func everything(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var simulation = JobSimulation(.random(&random))
        var trail: [String] = []
        for step in 1...5000 {
            if simulation.machine.isGone {
                #expect(simulation.alive.isEmpty || simulation.machine.config.detach)
                simulation = JobSimulation(.random(&random))
                trail = []
            }
            let event = simulation.step(&random)
            trail.append("\(event): \(simulation.take().joined(separator: ", "))")
            var broken = simulation.brokenPromises()
            if step.isMultiple(of: 50) {
                var copy = simulation
                broken += copy.brokenPromisesAtRest()
            }
            guard broken.isEmpty else {
                Issue.record("seed \(seed), step \(step): \(broken)\n\(trail.suffix(30).joined(separator: "\n"))")
                return
            }
        }
    }
}

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension JobConfig {
    fileprivate static func random(_ random: inout SeededGenerator) -> JobConfig {
        var config = JobConfig(cmd: "web\(Int.random(in: 1...3, using: &random))")
        config.numprocesses = Int.random(in: 0...4, using: &random)
        config.start = Int.random(in: 0...9, using: &random) > 0
        config.detach = Int.random(in: 0...9, using: &random) == 0
        config.restart = RestartPolicy.allCases.randomElement(using: &random) ?? .always
        switch Int.random(in: 0...3, using: &random) {
        case 0: config.flapping = FlappingRule(attempts: 3, window: .seconds(2), retryIn: .seconds(3), maxRetry: 2)
        case 1: config.backoff = BackoffRule.none
        case 2: config.backoff = BackoffRule(initial: .seconds(1), factor: 2, max: .seconds(5))
        default: break
        }
        return config
    }
}

extension JobSimulation {
    /// Does one thing at random, and tells what.
    fileprivate mutating func step(_ random: inout SeededGenerator) -> String {
        let choice = Int.random(in: 0..<100, using: &random)
        switch choice {
        case 0..<4: run { $0.start() }; return "start"
        case 4..<7: run { $0.stop() }; return "stop"
        case 7..<10: run { $0.restart() }; return "restart"
        case 10..<14: run { $0.reload() }; return "reload"
        case 14..<18:
            let number = Int.random(in: 0...5, using: &random)
            scale(.to(number))
            return "scale \(number)"
        case 18..<20:
            let difference = Int.random(in: -2...2, using: &random)
            scale(.by(difference))
            return "scale by \(difference)"
        case 20..<23: commit(); return "commit"
        case 23..<27:
            guard let pid = machine.processes.randomElement(using: &random)?.pid else { return "-" }
            run { $0.stopProcess(pid) }
            return "stop of \(pid)"
        case 27..<29:
            let config = JobConfig.random(&random)
            let relaunch = Bool.random(using: &random)
            run { $0.update(config, relaunch: relaunch) }
            return "update to \(config.numprocesses), \(config.restart), relaunch \(relaunch)"
        case 29:
            guard Int.random(in: 0..<10, using: &random) == 0 else { return "-" }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: run { $0.unload() }; return "unload"
            case 1: run { $0.release() }; return "release"
            default: run { $0.killAll() }; return "kill all"
            }
        case 30..<50:
            guard let pid = launching.randomElement(using: &random) else { return "-" }
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                fail(pid, isShortage: Bool.random(using: &random))
                return "failed \(pid)"
            case 1..<5 where cancelled.contains(pid):
                cancel(pid)
                return "cancelled \(pid)"
            default:
                complete(pid)
                return "launched \(pid)"
            }
        case 50..<60:
            guard let pid = alive.keys.sorted().randomElement(using: &random) else { return "-" }
            let status: [GafferModel.ExitStatus] = [.code(0), .code(1), .signal(.kill), .unknown]
            exit(
                pid,
                status.randomElement(using: &random) ?? .unknown,
                leaving: Int.random(in: 0..<4, using: &random) == 0
            )
            return "exit \(pid)"
        case 60..<75:
            guard let pid = told.randomElement(using: &random) else { return "-" }
            exit(pid, .signal(.terminate), leaving: Int.random(in: 0..<4, using: &random) == 0)
            return "left \(pid)"
        case 75..<80:
            guard let pid = remnants.sorted().randomElement(using: &random) else { return "-" }
            endRemnant(pid)
            return "remnant of \(pid) ended"
        default:
            let milliseconds = Int.random(in: 1...4000, using: &random)
            advance(by: .milliseconds(milliseconds))
            return "\(milliseconds) ms"
        }
    }

    /// What must hold at any moment, and does not.
    fileprivate func brokenPromises() -> [String] {
        var broken = faults
        func expect(_ holds: Bool, _ promise: @autoclosure () -> String) {
            if !holds { broken.append(promise()) }
        }
        let slots = machine.processes.filter { !$0.isCommit && !$0.isLeaving }
        let replacements = slots.filter { new in
            slots.contains { $0.pid == new.replaces }
        }
        if machine.wish == .running {
            expect(slots.count <= machine.number + replacements.count, "\(slots.count) slots, \(machine.number) wanted")
            expect(machine.occupied <= machine.number, "\(machine.occupied) of \(machine.number) slots are taken")
            if machine.suspension == nil {
                expect(
                    machine.occupied == machine.number,
                    "only \(machine.occupied) of \(machine.number) slots are taken"
                )
            }
        } else {
            expect(machine.waiting.isEmpty, "a slot waits though nobody wants it")
            expect(machine.suspension == nil, "it flaps though nobody wants it")
        }
        let instances = slots.filter { new in !replacements.contains { $0.pid == new.pid } }.map(\.instance)
        expect(Set(instances).count == instances.count, "a number is given twice: \(instances)")
        expect(Set(instances).isDisjoint(with: machine.waiting.keys), "a slot waits though it has a process")
        expect(instances.allSatisfy { $0 >= 1 }, "a number below 1")
        for new in replacements {
            let old = slots.first { $0.pid == new.replaces }
            expect(old?.instance == new.instance, "\(new.pid) does not have its predecessor's number")
        }
        let armed = Set(timers.keys)
        expect(
            armed.filter { if case .respawn = $0 { true } else { false } }
                == Set(machine.waiting.keys.map { .respawn(instance: $0) }),
            "the timers of waiting slots: \(armed), \(machine.waiting)"
        )
        expect(armed.contains(.retry) == (machine.suspension == .flapping), "the timer of the retry")
        for process in machine.processes where process.state == .stopping && !process.isKilled {
            expect(
                armed.contains(.grace(pid: process.pid)),
                "\(process.pid) was told to leave and would never be killed"
            )
        }
        let known = Set(machine.processes.map(\.pid))
        expect(known.isSuperset(of: launching), "a launch was forgotten")
        if !(machine.config.detach && machine.wish == .released) {
            expect(
                known == Set(launching).union(alive.keys),
                "\(known) are known, \(launching), \(alive.keys) are there"
            )
            expect(machine.remnants == remnants, "remnants \(machine.remnants), \(remnants)")
        }
        expect(machine.finished >= 0, "\(machine.finished) are finished")
        return broken
    }

    /// What must hold once everything that was asked for has happened, and does not.
    fileprivate mutating func brokenPromisesAtRest() -> [String] {
        settle()
        // All waits are over, everybody stays up.
        while let next = nextTimer {
            advance(by: next.due - now)
            settle()
        }
        var broken = brokenPromises()
        func expect(_ holds: Bool, _ promise: @autoclosure () -> String) {
            if !holds { broken.append("at rest: " + promise()) }
        }
        expect(told.isEmpty && launching.isEmpty, "something is left to do")
        switch machine.wish {
        case .running where machine.suspension == nil:
            expect(pids.count + machine.finished == machine.number, "\(pids) run, \(machine.number) are wanted")
            expect([.running, .finished].contains(machine.state), "it is \(machine.state)")
        case .running:
            expect(pids.isEmpty && machine.suspension == .gaveUp, "\(pids) run though it was given up")
        case .idle:
            expect(pids.isEmpty, "\(pids) run though it is idle")
        case .stopped:
            expect(pids.isEmpty && machine.state == .stopped, "\(pids) run though it is \(machine.state)")
        case .unloaded:
            expect(alive.isEmpty && machine.isGone, "\(alive.keys) are left")
        case .released:
            expect(machine.config.detach || alive.isEmpty, "\(alive.keys) are left")
            expect(machine.isGone, "it is not gone")
        }
        let open = ends.filter { $0.value == nil && alive[$0.key] == nil }.keys
        expect(open.isEmpty, "\(open) never ended")
        return broken
    }
}
