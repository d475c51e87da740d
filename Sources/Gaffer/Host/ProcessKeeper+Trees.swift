package import GafferModel
internal import GafferSystem
internal import Glibc

/// Stopping trees; ``ProcessKeeper`` says what a tree is.
extension ProcessKeeper {
    /// How often a tree that keeps making processes is looked at before it is left to the sweep at the end.
    static let maximumRounds = 50
    /// How old a process has to be for its start to be over for certain.
    static let settledAge: Duration = .seconds(5)

    /// What is done with a tree once its processes are known.
    enum TreeOrder: Equatable {
        /// It is told to leave.
        case stop(Signal)
        case kill
        /// All that was known of it has ended: is there more?
        case lookAgain
    }

    package func stop(_ pids: [Int], with signal: Signal) {
        order(.stop(signal), for: pids.compactMap { processes[$0] })
    }

    package func kill(_ pids: [Int]) {
        order(.kill, for: pids.compactMap { processes[$0] })
    }

    /// Orders of one turn of the loop share one look at /proc, however many jobs they come from; trees that have a cgroup
    /// need none.
    func order(_ order: TreeOrder, for trees: [TrackedProcess]) {
        guard !trees.isEmpty else { return }
        let isFirst = orders.isEmpty
        orders.append((order, trees))
        guard isFirst else { return }
        loop.perform { [self] in carryOutOrders() }
    }

    private func carryOutOrders() {
        let orders = orders
        self.orders = []
        let isLookNeeded = orders.contains { order in
            order.trees.contains { $0.cgroup == nil && processes[$0.pid] === $0 }
        }
        let attribution = isLookNeeded ? attribution() : nil
        for (order, trees) in orders {
            for tree in trees where processes[tree.pid] === tree {
                if let cgroup = tree.cgroup {
                    // Those that are killed all at once are looked for only where nothing else tells of their end.
                    let isKilled = order == .kill && killAll(in: cgroup)
                    if !isKilled || tree.isEnded { takeMembers(of: tree, in: cgroup) }
                } else {
                    for member in attribution?.members[tree.pid] ?? [] { take(member, into: tree) }
                }
                carryOut(order, on: tree)
            }
        }
    }

    private func carryOut(_ order: TreeOrder, on tree: TrackedProcess) {
        switch order {
        case .stop(let signal):
            if tree.stage == .running { tree.stage = .stopping }
            tree.stopDeadline = tree.stopDeadline ?? now + tree.gracefulTimeout
            send(signal, to: tree)
            // A stopped process would sleep through the signal.
            send(.continue, to: tree)
        case .kill:
            tree.stage = .killing
            send(.kill, to: tree)
        case .lookAgain:
            if tree.stage == .killing, let cgroup = tree.cgroup { _ = killAll(in: cgroup) }
            send(tree.stage == .killing ? .kill : tree.stopSignal, to: tree)
        }
        guard tree.isEnded else { return }
        if tree.stage == .stopping, !tree.members.isEmpty { armGrace(of: tree) }
        endIfGone(tree)
    }

    /// What is left of a tree when its main process has ended has the rest of the time that the tree was given.
    private func armGrace(of tree: TrackedProcess) {
        guard tree.graceTimer == nil else { return }
        let deadline = tree.stopDeadline ?? now + tree.gracefulTimeout
        tree.graceTimer = loop.schedule(after: max(.zero, deadline - now)) { [weak self, weak tree] in
            guard let self, let tree, self.processes[tree.pid] === tree else { return }
            tree.graceTimer = nil
            self.order(.kill, for: [tree])
        }
    }

    /// The main process has ended, or another process of its tree after it.
    func lookAgain(at tree: TrackedProcess) {
        guard tree.isEnded else { return }
        if !tree.members.isEmpty {
            if tree.stage == .stopping { armGrace(of: tree) }
        } else if tree.rounds < Self.maximumRounds {
            tree.rounds += 1
            order(.lookAgain, for: [tree])
        } else {
            endIfGone(tree)
        }
    }

    private func endIfGone(_ tree: TrackedProcess) {
        guard tree.isEnded, tree.members.isEmpty, processes[tree.pid] === tree else { return }
        if let cgroup = tree.cgroup, isPopulated(tree) == true {
            if tree.stage == .stopping { armGrace(of: tree) }
            return watchCgroup(of: tree, cgroup)
        }
        let wasInCgroup = tree.cgroup != nil
        unwatchCgroup(of: tree)
        releaseCgroup(of: tree)
        if let timer = tree.graceTimer { loop.cancel(timer) }
        processes[tree.pid] = nil
        tree.report(.remnantEnded)
        guard wasInCgroup, adoptsOrphans else { return }
        // What has left the cgroup by itself is found as after any other end.
        recentlyEnded.append(tree)
        scheduleSweep()
    }

    private func send(_ signal: Signal, to tree: TrackedProcess) {
        if !tree.isEnded { _ = ProcessProof.send(signal, to: tree.pidfd) }
        for member in tree.members.values { _ = ProcessProof.send(signal, to: member.pidfd) }
    }

    // MARK: Finding

    func attribution() -> ProcessTable.Attribution? {
        // A number that is used again means the one that lives.
        let all = recentlyEnded + Array(processes.values)
        let roots = all.map {
            ProcessTable.Root(osPid: $0.osPid, gafferPid: $0.pid, startTime: $0.startTime)
        }
        do {
            let files = try ProcessFiles()
            return try ProcessTable.snapshot().attribution(roots: roots, supervisor: getpid()) { osPid in
                files.gafferPid(of: osPid)
            }
        } catch {
            log("/proc can't be read, so that only main processes are signalled: \(error)")
            return nil
        }
    }

    private func take(_ member: ProcessTable.Member, into tree: TrackedProcess) {
        guard !member.isZombie, tree.members[member.osPid] == nil else { return }
        guard let pidfd = ProcessProof.open(member.osPid, startedAt: member.startTime) else { return }
        hold(member.osPid, by: pidfd, in: tree)
    }

    /// Watches another process of a tree; the pidfd becomes the tree's.
    func hold(_ osPid: Int32, by pidfd: Int32, in tree: TrackedProcess) {
        let token = try? loop.watch(pidfd) { [weak self, weak tree] in
            guard let self, let tree else { return }
            self.memberEnded(osPid, of: tree)
        }
        guard let token else {
            // It can be signalled this once, but not be waited for.
            _ = ProcessProof.send(tree.stage == .killing ? .kill : tree.stopSignal, to: pidfd)
            close(pidfd)
            return
        }
        tree.members[osPid] = TrackedProcess.Member(pidfd: pidfd, token: token)
    }

    private func memberEnded(_ osPid: Int32, of tree: TrackedProcess) {
        guard let member = tree.members.removeValue(forKey: osPid) else { return }
        // An orphan is this process's child by now; anybody else's is reaped by its parent.
        _ = try? ChildExit.reap(pidfd: member.pidfd)
        if let token = member.token { loop.unwatch(token) }
        close(member.pidfd)
        lookAgain(at: tree)
    }

    // MARK: Sweeping

    /// Looks, a moment after an end, for what left its group and session, and reaps what nobody else does.
    package func scheduleSweep() {
        guard adoptsOrphans, sweep == nil else { return }
        sweep = loop.schedule(after: Self.sweepDelay) { [weak self] in
            guard let self else { return }
            self.sweep = nil
            self.sweepNow()
        }
    }

    private func sweepNow() {
        let ended = recentlyEnded
        let found = attribution()
        recentlyEnded.removeAll()
        guard let attribution = found else { return }
        for tree in ended where processes[tree.pid] == nil {
            let strays = (attribution.members[tree.pid] ?? []).filter { !$0.isZombie }
            guard !strays.isEmpty else { continue }
            // They are not where the others were.
            releaseCgroup(of: tree)
            processes[tree.pid] = tree
            for stray in strays { take(stray, into: tree) }
            tree.report(.remnantFound(osPids: strays.map(\.osPid)))
            carryOut(.stop(tree.stopSignal), on: tree)
        }
        reapOrphans(attribution.unattributed + attribution.members.values.joined())
    }

    private func reapOrphans(_ candidates: [ProcessTable.Member]) {
        for candidate in candidates where candidate.isZombie {
            // A process that is just being started is nobody's in the table yet, and its status is still wanted.
            if pendingLaunches > 0, Machine.age(ofStart: candidate.startTime) < Self.settledAge {
                scheduleSweep()
                continue
            }
            // ECHILD: it is somebody else's to reap.
            _ = try? ChildExit.reap(osPid: candidate.osPid)
        }
    }

    // MARK: At the end

    /// Kills what is left below this process when all jobs are gone, but for detached trees, and tells what it was.
    ///
    /// - Parameter done: is called when nothing is left, or when what is left can't be killed.
    package func endStrays(done: @escaping @Sendable ([Int32]) -> Void) {
        endStrays(known: [:], deadline: now + .seconds(2), isKilling: false, done: done)
    }

    private func endStrays(
        known: [Int32: UInt64],
        deadline: Duration,
        isKilling: Bool,
        done: @escaping @Sendable ([Int32]) -> Void
    ) {
        var known = known
        let detached = Set(processes.keys)
        guard ChildExit.hasChildren, let attribution = attribution() else { return done(known.keys.sorted()) }
        reapOrphans(attribution.unattributed + attribution.members.values.joined())
        let strays =
            attribution.unattributed.filter { !$0.isZombie }
            + attribution.members.filter { !detached.contains($0.key) }.values.joined().filter { !$0.isZombie }
        guard !strays.isEmpty, now < deadline + .seconds(2) else { return done(known.keys.sorted()) }
        for stray in strays {
            let isNew = known.updateValue(stray.startTime, forKey: stray.osPid) == nil
            guard isNew || isKilling, let pidfd = ProcessProof.open(stray.osPid, startedAt: stray.startTime) else {
                continue
            }
            _ = ProcessProof.send(isKilling ? .kill : .terminate, to: pidfd)
            if !isKilling { _ = ProcessProof.send(.continue, to: pidfd) }
            close(pidfd)
        }
        let found = known
        _ = loop.schedule(after: .milliseconds(20)) { [self] in
            endStrays(known: found, deadline: deadline, isKilling: now >= deadline, done: done)
        }
    }
}
