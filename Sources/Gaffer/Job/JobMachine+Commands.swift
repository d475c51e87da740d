package import GafferModel

extension JobMachine {
    /// Somebody wants the job to run.
    package mutating func start() -> [Action] {
        switch wish {
        case .running where !isOver:
            let actions = endWaits()
            finished = 0
            return actions + fill()
        case .idle, .running, .stopped:
            if wish != .running, !isNumberScaled { number = config.numprocesses }
            isNumberScaled = false
            wish = .running
            return forgiveFailures() + [.publish(.start)] + trim() + fill()
        case .unloaded, .released:
            return []  // The command came after the job was unloaded.
        }
    }

    /// Somebody wants the job to stop.
    package mutating func stop() -> [Action] {
        switch wish {
        case .idle, .running:
            wish = .stopped
            isNumberScaled = false
            return forgiveFailures() + [.publish(.stop)] + stopAll()
        case .stopped:
            // One-offs may have been started since.
            return stopAll()
        case .unloaded, .released:
            return []
        }
    }

    /// Somebody wants every process to be replaced, the old one first.
    package mutating func restart() -> [Action] {
        guard wish == .running, !isOver else { return start() }
        let actions = endWaits() + [.publish(.restart)]
        finished = 0
        return actions + stopProcesses(at: processes.indices.filter { isSlot($0) }, isLeaving: false) + fill()
    }

    /// Somebody wants every process to be replaced, the new one first.
    package mutating func reload() -> [Action] {
        switch wish {
        case .stopped:
            isNumberScaled = false
            return []
        case .unloaded, .released:
            return []
        case .idle:
            return start()
        case .running where isOver:
            number = config.numprocesses
            return start()
        case .running:
            number = config.numprocesses
            var actions = forgiveFailures() + [.publish(.reload)] + trim()
            let replaced = Set(processes.compactMap(\.replaces))
            for process in processes where process.state == .running && !process.isCommit && !process.isLeaving {
                // A process that a reload before this one is still replacing is on its way out already.
                guard !replaced.contains(process.pid) else { continue }
                actions.append(launch(instance: process.instance, replaces: process.pid))
            }
            return actions + fill()
        }
    }

    /// Somebody wants another number of processes.
    ///
    /// - Throws: ``GafferError`` with the code `bad_value` where the number is too large.
    package mutating func scale(_ operation: ScaleOperation) throws(GafferError) -> [Action] {
        let number = try operation.applied(to: wanted)
        switch wish {
        case .idle:
            self.number = number
            wish = .running
            return [.publish(.update), .publish(.start)] + fill()
        case .stopped:
            self.number = number
            isNumberScaled = true
            return [.publish(.update)]
        case .running:
            self.number = number
            return [.publish(.update)] + trim() + fill()
        case .unloaded, .released:
            return []
        }
    }

    /// Somebody wants a one-off.
    ///
    /// - Throws: ``GafferError`` where the job is on its way out.
    package mutating func commit(
        env: [String: String],
        gracefulTimeout: Duration?
    ) throws(GafferError) -> (pid: Int, actions: [Action]) {
        switch wish {
        case .idle, .running, .stopped: break
        case .unloaded: throw GafferError(.notFound, "The job \(name) was unloaded.")
        case .released: throw GafferError(.shuttingDown, "gafferd is stopping and starts nothing for \(name).")
        }
        let used = Set(processes.map(\.instance)).union(waiting.keys)
        var instance = 1
        while used.contains(instance) { instance += 1 }
        let action = launch(instance: instance, isCommit: true, env: env, gracefulTimeout: gracefulTimeout)
        return (processes[processes.count - 1].pid, [action])
    }

    /// Somebody wants one process to end; a supervised one is replaced.
    package mutating func stopProcess(_ pid: Int) -> [Action] {
        guard let index = index(of: pid) else { return [] }
        return stopProcesses(at: [index], isLeaving: false)
    }

    /// The configuration is another one.
    ///
    /// - Parameter relaunch: whether the processes are replaced even where the difference does not concern them.
    package mutating func update(_ config: JobConfig, relaunch: Bool) -> [Action] {
        guard wish != .unloaded, wish != .released else { return [] }
        let concernsProcesses = relaunch || config.concernsProcesses(comparedTo: self.config)
        self.config = config
        isNumberScaled = false
        guard config.start else {
            if wish == .idle { return [.publish(.update)] }
            return [.publish(.update)] + stop()
        }
        switch wish {
        case .idle, .stopped:
            return [.publish(.update)] + start()
        case .running:
            number = config.numprocesses
            var actions = forgiveFailures() + [.publish(.update)] + trim()
            if concernsProcesses {
                actions += stopProcesses(at: processes.indices.filter { isSlot($0) }, isLeaving: false)
            }
            return actions + fill()
        case .unloaded, .released:
            return []
        }
    }

    /// Somebody wants the job to be gone.
    package mutating func unload() -> [Action] {
        guard wish != .unloaded, wish != .released else { return [] }
        wish = .unloaded
        return forgiveFailures() + [.publish(.unload), .publish(.stop)] + stopAll()
    }

    /// The manager stops: like ``unload()``, but nobody is told of an unloading.
    ///
    /// - Parameter keepsDetached: whether detached processes stay.
    package mutating func release(keepsDetached: Bool = true) -> [Action] {
        guard wish != .unloaded, wish != .released else { return [] }
        let wasStopped = wish == .stopped
        wish = .released
        var actions = forgiveFailures()
        isLeftRunning = config.detach && keepsDetached
        guard !isLeftRunning else {
            processes.removeAll { $0.state != .starting }
            return actions + stopAll()
        }
        if !wasStopped { actions.append(.publish(.stop)) }
        return actions + stopAll()
    }

    /// Somebody does not want to wait any longer: like ``release(keepsDetached:)``, and everything is killed that is still there, or
    /// comes too late to be taken back.
    package mutating func killAll(keepsDetached: Bool = true) -> [Action] {
        let actions = release(keepsDetached: keepsDetached)
        var pids: [Int] = []
        for index in processes.indices {
            processes[index].isKilled = true
            guard processes[index].state != .starting else { continue }
            processes[index].state = .stopping
            pids.append(processes[index].pid)
        }
        pids += remnants.sorted()
        return actions + (pids.isEmpty ? [] : [.kill(pids: pids)])
    }

    /// Whether the job wants to run, and will not without somebody's doing, or for now.
    private var isOver: Bool {
        suspension != nil || state == .finished
    }

    private mutating func stopAll() -> [Action] {
        stopProcesses(at: Array(processes.indices), isLeaving: false)
    }
}

extension JobConfig {
    /// Whether a running process has to be replaced for the difference to take effect.
    func concernsProcesses(comparedTo other: JobConfig) -> Bool {
        var left = self
        // These are looked at by the manager alone, at the moment they matter.
        left.numprocesses = other.numprocesses
        left.start = other.start
        left.flapping = other.flapping
        left.backoff = other.backoff
        left.restart = other.restart
        left.successExit = other.successExit
        left.gracefulTimeout = other.gracefulTimeout
        left.priority = other.priority
        left.stopSignal = other.stopSignal
        left.extra = other.extra
        // These are changed while the processes run.
        left.cgroupLimits = other.cgroupLimits
        return left != other
    }
}
