internal import GafferModel

/// When a change that was asked of a job is done.
struct Goal: Sendable {
    /// Processes that have to be gone, with what is left of their trees.
    var leaving: Set<Int>
    /// Whether all wanted processes have to be there too.
    var isSteady: Bool
    /// A process that has to have been started, as a one-off.
    var started: Int?
    /// How many starts had failed when the change was asked for.
    var failedStarts: Int
}

/// How far a change is.
enum Progress: Equatable {
    case done
    /// Not yet; the sentence tells who is waited for.
    case pending(String)
    /// It will not be done; the sentence tells why.
    case failed(String)
}

extension JobMachine {
    /// The goal of a command that was just carried out.
    ///
    /// - Parameter before: the processes there were before it.
    func goal(leaving before: some Sequence<Int>, isSteady: Bool, failedStartsBefore: Int) -> Goal {
        Goal(leaving: Set(before), isSteady: isSteady, started: nil, failedStarts: failedStartsBefore)
    }

    func progress(of goal: Goal) -> Progress {
        if failedStarts > goal.failedStarts, goal.isSteady || goal.started != nil {
            return .failed("\(name): \(lastError ?? "a process could not be started.")")
        }
        if let pid = goal.started {
            guard let index = index(of: pid), processes[index].state == .starting else { return .done }
            return .pending("\(name): pid \(pid) is being started.")
        }
        let left = processes.filter { goal.leaving.contains($0.pid) }
        if let first = left.first {
            let others = left.count > 1 ? " and \(left.count - 1) more" : ""
            return .pending("\(name): waiting for pid \(first.pid) (os pid \(first.osPid))\(others) to leave.")
        }
        if let remnant = remnants.intersection(goal.leaving).min() {
            return .pending("\(name): waiting for what pid \(remnant) left behind to end.")
        }
        guard goal.isSteady, wish == .running else { return .done }
        if suspension == .gaveUp { return .failed("\(name): it died too often and was given up.") }
        let running = processes.count { !$0.isCommit && !$0.isLeaving && $0.state == .running }
        if running + finished >= number { return .done }
        return .pending("\(name): \(running) of \(number) processes are running (\(state.rawValue)).")
    }
}
