internal import GafferModel

/// When a change that was asked of a job is done.
struct Goal: Sendable {
    /// Processes that have to be gone, with what is left of their trees.
    var leaving: Set<Int>
    /// Whether all wanted processes have to be there too.
    var isSteady: Bool
    /// A process that has to have been started, as a one-off.
    var started: Int?
    /// Processes of which it has to be known whether they could be started.
    var attempted: Set<Int> = []
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
    /// The goal of a command that was just carried out: whoever was told to leave is gone, and, where that is wanted,
    /// whoever is missing is there.
    ///
    /// - Parameter failedStarts: how many starts had failed before the command.
    func goal(isSteady: Bool, failedStartsBefore failedStarts: Int) -> Goal {
        var leaving = Set(processes.filter(\.isStopAsked).map(\.pid))
        leaving.formUnion(processes.compactMap(\.replaces))
        // A job that keeps running does not wait for what its former processes left; one that stops does.
        if !isSteady { leaving.formUnion(remnants) }
        return Goal(leaving: leaving, isSteady: isSteady, started: nil, failedStarts: failedStarts)
    }

    /// The goal of the end of one process.
    func goal(endOf pid: Int) -> Goal {
        Goal(leaving: [pid], isSteady: false, started: nil, failedStarts: failedStarts)
    }

    /// The goal of the start of a one-off.
    func goal(startOf pid: Int) -> Goal {
        Goal(leaving: [], isSteady: false, started: pid, failedStarts: failedStarts)
    }

    /// The goal that every process which is being started now is there, or could not be started.
    func goalOfAttempts() -> Goal {
        var goal = Goal(leaving: [], isSteady: false, started: nil, failedStarts: failedStarts)
        goal.attempted = Set(processes.filter { $0.state == .starting }.map(\.pid))
        return goal
    }

    func progress(of goal: Goal) -> Progress {
        if !goal.attempted.isEmpty {
            let count = processes.count { $0.state == .starting && goal.attempted.contains($0.pid) }
            return count == 0 ? .done : .pending("\(name): \(count) processes are being started.")
        }
        if let pid = goal.started {
            if let reason = unstartedCommits[pid] { return .failed("\(name): \(reason)") }
            guard let index = index(of: pid), processes[index].state == .starting else { return .done }
            return .pending("\(name): pid \(pid) is being started.")
        }
        let hasFailed = goal.isSteady && failedStarts > goal.failedStarts
        let failure = Progress.failed("\(name): \(lastError ?? "a process could not be started.")")
        let left = processes.filter { goal.leaving.contains($0.pid) }
        if let first = left.first {
            // One whose replacement could not be started stays.
            let stays = left.contains { old in !old.isStopAsked && !processes.contains { $0.replaces == old.pid } }
            if hasFailed, stays { return failure }
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
        if hasFailed { return failure }
        return .pending("\(name): \(running) of \(number) processes are running (\(state.rawValue)).")
    }
}
