package import GafferModel

extension JobMachine {
    /// A process is there.
    ///
    /// - Parameters:
    ///   - now: on a clock that only runs forward.
    ///   - time: in seconds since 1970.
    package mutating func spawned(_ pid: Int, osPid: Int32, at now: Duration, time: Double) -> [Action] {
        guard let index = index(of: pid) else { return [] }
        processes[index].osPid = osPid
        processes[index].state = .running
        processes[index].startedAt = now
        processes[index].createTime = time
        let process = processes[index]
        if !process.isCommit { lastError = nil }
        var actions: [Action] = [
            .publish(
                .spawn(pid: pid, osPid: osPid, isCommit: process.isCommit, isDetached: config.detach)
            )
        ]
        if isLeftRunning {
            processes.remove(at: index)  // It was not cancelled in time, and stays as the others do.
            return actions
        }
        if process.isKilled {
            processes[index].state = .stopping
            return actions + [.kill(pids: [pid])]
        }
        if process.isStopAsked {
            actions += stopProcesses(at: [index], isLeaving: process.isLeaving)
        }
        if let old = process.replaces, let oldIndex = self.index(of: old), !processes[oldIndex].isLeaving {
            actions += stopProcesses(at: [oldIndex], isLeaving: true)
        }
        return actions
    }

    /// A process could not be started.
    ///
    /// - Parameters:
    ///   - reason: a sentence with the failing step and the errno.
    ///   - isShortage: whether the machine lacks something (descriptors, memory, processes), which is not the job's
    ///     fault and no flapping.
    package mutating func spawnFailed(
        _ pid: Int,
        reason: String,
        isShortage: Bool,
        at now: Duration
    ) -> [Action] {
        guard let index = index(of: pid) else { return [] }
        let process = processes.remove(at: index)
        lastError = reason
        let actions: [Action] = [.publish(.spawnError(pid: pid, reason: reason))]
        guard !process.isCommit else {
            noteUnstarted(pid, reason)
            return actions
        }
        failedStarts += 1
        guard !process.isLeaving else { return actions + finishIfOver() }
        guard wish == .running, suspension == nil else { return actions }
        if let old = process.replaces, self.index(of: old) != nil {
            // The old process goes on: a reload that fails changes nothing.
            return actions
        }
        guard config.restart != .never else {
            finished += 1
            return actions + finishIfOver()
        }
        if !isShortage, let rule = config.flapping {
            let verdict = flapping.exited(at: now, afterUptime: .zero, rule: rule)
            if let suspended = suspend(verdict, at: now) { return actions + suspended }
        }
        // Without any wait a missing program would be tried thousands of times a second, whatever the job's back-off.
        let rule = config.effectiveBackoff
        let ownDelay = backoffs[process.instance, default: Backoff()].exited(afterUptime: .zero, rule: rule)
        var floor = failedStartBackoffs[process.instance, default: Backoff()]
        let floorDelay = floor.exited(afterUptime: .zero, rule: .standard)
        failedStartBackoffs[process.instance] = floor
        return actions + respawn(instance: process.instance, after: max(ownDelay, floorDelay), at: now)
    }

    /// A process that was being started was cancelled in time.
    package mutating func launchCancelled(_ pid: Int) -> [Action] {
        guard let index = index(of: pid) else { return [] }
        let process = processes.remove(at: index)
        guard !process.isCommit else {
            noteUnstarted(pid, "pid \(pid) was stopped before it was started.")
            return []
        }
        return fill() + finishIfOver()
    }

    private mutating func noteUnstarted(_ commit: Int, _ reason: String) {
        unstartedCommits[commit] = reason
        // Whoever waited for the oldest has learnt it long since.
        if unstartedCommits.count > 100, let oldest = unstartedCommits.keys.min() { unstartedCommits[oldest] = nil }
    }

    /// The kernel reported the end of a process.
    ///
    /// - Parameters:
    ///   - hasRemnant: whether something of its tree is left; ``remnantEnded(_:)`` follows.
    ///   - now: on a clock that only runs forward.
    ///   - time: in seconds since 1970.
    package mutating func exited(
        _ pid: Int,
        status: ExitStatus,
        hasRemnant: Bool,
        at now: Duration,
        time: Double
    ) -> [Action] {
        guard let index = index(of: pid) else { return [] }
        let process = processes.remove(at: index)
        if hasRemnant { remnants.insert(pid) }
        lastExit = JobInfo.LastExit(pid: pid, status: status, time: time)
        failedStartBackoffs[process.instance] = nil
        var actions: [Action] = []
        if process.state == .stopping { actions.append(.disarm(.grace(pid: pid))) }
        actions.append(
            .publish(.exit(pid: pid, osPid: process.osPid, status: status, isCommit: process.isCommit))
        )
        guard !process.isCommit else { return actions }
        guard !process.isLeaving else { return actions + finishIfOver() }
        guard wish == .running, suspension == nil else { return actions }
        if process.isStopAsked {
            restarts += 1
            return actions + fill()
        }
        if processes.contains(where: { $0.replaces == pid }) {
            return actions  // Its replacement of a reload is on its way.
        }
        guard isRestarted(after: status) else {
            finished += 1
            backoffs[process.instance] = nil
            return actions + finishIfOver()
        }
        let uptime = now - process.startedAt
        if let rule = config.flapping {
            let verdict = flapping.exited(at: now, afterUptime: uptime, rule: rule)
            if let suspended = suspend(verdict, at: now) { return actions + suspended }
        }
        let delay = backoffs[process.instance, default: Backoff()].exited(
            afterUptime: uptime,
            rule: config.effectiveBackoff
        )
        return actions + respawn(instance: process.instance, after: delay, at: now)
    }

    /// Whatever was left of an ended process is gone.
    package mutating func remnantEnded(_ pid: Int) -> [Action] {
        remnants.remove(pid)
        return []
    }

    /// Something is left of the tree of a process that ended before.
    package mutating func remnantFound(_ pid: Int) -> [Action] {
        remnants.insert(pid)
        return []
    }

    /// A process that an earlier gafferd had left running is ours again.
    package mutating func adopted(
        osPid: Int32,
        instance: Int,
        at now: Duration,
        time: Double
    ) -> (pid: Int, actions: [Action]) {
        var process = Process(pid: allocatePID(), instance: instance, isCommit: false)
        process.osPid = osPid
        process.state = .running
        process.startedAt = now
        process.createTime = time
        processes.append(process)
        return (process.pid, [.publish(.adopt(pid: process.pid, osPid: osPid))])
    }

    /// A timer that was armed fired.
    package mutating func timerFired(_ timer: Timer) -> [Action] {
        switch timer {
        case .grace(let pid):
            guard let index = index(of: pid), processes[index].state == .stopping else {
                return []  // It left in the same moment.
            }
            processes[index].isKilled = true
            return [.publish(.kill(pid: pid, osPid: processes[index].osPid)), .kill(pids: [pid])]
        case .respawn(let instance):
            guard waiting.removeValue(forKey: instance) != nil else {
                return []  // Something else has started or given up the slot since.
            }
            restarts += 1
            return [launch(instance: instance)]
        case .retry:
            guard suspension == .flapping else {
                return []  // It was started, stopped or unloaded since.
            }
            suspension = nil
            retryAt = nil
            return trim() + fill()
        }
    }

    private func isRestarted(after status: ExitStatus) -> Bool {
        switch config.restart {
        case .always: true
        case .onFailure: !config.successExit.contains(status)
        case .never: false
        }
    }

    private mutating func respawn(instance: Int, after delay: Duration, at now: Duration) -> [Action] {
        guard number > occupied else { return [] }  // Fewer are wanted since.
        guard delay > .zero else {
            restarts += 1
            return [launch(instance: instance)]
        }
        waiting[instance] = now + delay
        return [
            .publish(.backoff(delay: delay / .seconds(1))),
            .arm(.respawn(instance: instance), delay),
        ]
    }

    private mutating func suspend(_ verdict: FlappingDetector.Verdict, at now: Duration) -> [Action]? {
        let retry: Duration?
        switch verdict {
        case .none: return nil
        case .retry(let after): retry = after
        case .giveUp: retry = nil
        }
        var actions = endWaits()
        suspension = retry == nil ? .gaveUp : .flapping
        actions.append(.publish(.flap(retryIn: retry.map { $0 / .seconds(1) })))
        actions += stopProcesses(at: processes.indices.filter { isSlot($0) }, isLeaving: false)
        if let retry {
            retryAt = now + retry
            actions.append(.arm(.retry, retry))
        }
        return actions
    }

    /// Tells that the job is finished, after the last of its processes has gone.
    private func finishIfOver() -> [Action] {
        suspension == nil && state == .finished ? [.publish(.finish)] : []
    }
}
