package import GafferModel
internal import GafferSystem
internal import Glibc

/// Trees that have a cgroup: their processes are those in it, whatever these did to hide where they come from.
extension ProcessKeeper {
    /// Holds the other processes of a tree's cgroup, so that they can be signalled and waited for.
    ///
    /// A number read may mean another process by the time it is opened; one that stands in the cgroup afterwards too
    /// either is the one that was opened, or that one has ended, and no signal reaches it.
    func takeMembers(of tree: TrackedProcess, in cgroup: ProcessCgroup) {
        guard let listed = try? cgroup.directory.processes() else { return }
        let fresh = listed.filter { tree.members[$0] == nil && (tree.isEnded || $0 != tree.osPid) }
        guard !fresh.isEmpty else { return }
        var opened: [(osPid: Int32, pidfd: Int32)] = []
        for osPid in fresh {
            if let pidfd = try? PidDescriptor.open(osPid) { opened.append((osPid, pidfd)) }
        }
        let proven = Set((try? cgroup.directory.processes()) ?? [])
        for (osPid, pidfd) in opened {
            if proven.contains(osPid) { hold(osPid, by: pidfd, in: tree) } else { close(pidfd) }
        }
    }

    /// Kills all of a tree's cgroup at once, those that are just being started too; false where the kernel can't, before
    /// Linux 5.14.
    func killAll(in cgroup: ProcessCgroup) -> Bool {
        (try? cgroup.directory.kill()) != nil
    }

    /// Whether something is left of a tree whose main process has ended; nil where its cgroup can't tell.
    func isPopulated(_ tree: TrackedProcess) -> Bool? {
        tree.cgroup.flatMap { $0.directory.isPopulated }
    }

    /// Whether a process was killed since memory had run out.
    func diedOfMemory(_ tree: TrackedProcess) -> Bool {
        guard let cgroup = tree.cgroup else { return false }
        return (cgroup.directory.oomKills() ?? 0) > 0
    }

    /// Waits for the end of what is in a cgroup and in no list: processes that are giving back their memory.
    func watchCgroup(of tree: TrackedProcess, _ cgroup: ProcessCgroup) {
        guard tree.cgroupWatch == nil else { return }
        do throws(SystemError) {
            let file = try cgroup.directory.openEvents()
            let token = try loop.watch(file.rawValue, for: .exceptions) { [weak self, weak tree] in
                guard let self, let tree, let watch = tree.cgroupWatch else { return }
                watch.file.readAgain()
                self.lookAgain(at: tree)
            }
            tree.cgroupWatch = TrackedProcess.CgroupWatch(file: file, token: token)
            // It may have emptied since somebody last looked, before there was anything to tell of it.
            guard isPopulated(tree) != true else { return }
            let pid = tree.pid
            loop.perform { [weak self] in
                if let self, let tree = self.processes[pid] { self.lookAgain(at: tree) }
            }
        } catch {
            // No descriptor is left to wait with.
            _ = loop.schedule(after: Self.sweepDelay) { [weak self, weak tree] in
                guard let self, let tree else { return }
                self.lookAgain(at: tree)
            }
        }
    }

    func unwatchCgroup(of tree: TrackedProcess) {
        guard let watch = tree.cgroupWatch else { return }
        loop.unwatch(watch.token)
        tree.cgroupWatch = nil
    }

    /// Nothing is in a tree's cgroup any more; it is removed a little later, where nobody waits for it.
    func releaseCgroup(of tree: TrackedProcess) {
        guard let cgroup = tree.cgroup else { return }
        tree.cgroup = nil
        cgroups?.release(cgroup)
        sweepCgroups()
    }

    private func sweepCgroups() {
        guard let cgroups, let cleaner, cgroupSweep == nil else { return }
        cgroupSweep = loop.schedule(after: Self.sweepDelay) { [weak self] in
            self?.cgroupSweep = nil
            cleaner.perform { cgroups.sweep() }
        }
    }

    // MARK: Jobs

    package func limit(_ name: JobName, to config: JobConfig) {
        launcher.limit(name, to: config)
    }

    package func forget(_ name: JobName) {
        launcher.forget(name)
        sweepCgroups()
    }
}
