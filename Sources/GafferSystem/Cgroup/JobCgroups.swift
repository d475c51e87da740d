internal import Glibc
internal import Synchronization

/// The cgroup of one process and all that it starts.
package struct ProcessCgroup: Sendable, Hashable {
    package let directory: CgroupDirectory
    /// As in /proc/PID/cgroup.
    package let path: String

    package init(directory: CgroupDirectory, path: String) {
        self.directory = directory
        self.path = path
    }
}

/// Where the jobs' cgroups are: one a job, with a leaf for each of its processes.
///
/// ```
/// UNIT/supervisor            gafferd itself
/// UNIT/jobs/shop.web.job     the job's limits
/// UNIT/jobs/shop.web.job/17  the process with the pid 17, and what it starts
/// ```
///
/// Processes are only ever in leaves, as the kernel asks where controllers are in use. The suffix keeps a job's name
/// apart from the files of the kernel. Nobody else knows of the place, so that it can come to be another unit's.
package final class JobCgroups: Sendable {
    package let tree: CgroupTree
    /// The folder of the jobs' cgroups.
    package let jobs: CgroupDirectory
    /// What can be counted and limited.
    package let controllers: Set<CgroupController>
    /// Why a controller can't be used.
    private let refusals: [CgroupController: String]

    private struct Job {
        /// What stands in its files.
        var limits: [CgroupLimit] = []
        /// It was unloaded.
        var isForgotten = false
    }

    /// By name; held while cgroups are made in a job's and while a job's is removed.
    private let known = Mutex<[String: Job]>([:])
    /// Leaves whose processes have ended.
    private let freed = Mutex<[ProcessCgroup]>([])

    /// What stands in a cgroup of a process beside the limits of its job.
    private static let leafControllers: Set<CgroupController> = [.memory, .pids]
    /// How many names are tried for a leaf, where others are taken.
    private static let nameLimit = 100

    init(
        tree: CgroupTree,
        jobs: CgroupDirectory,
        controllers: Set<CgroupController>,
        refusals: [CgroupController: String]
    ) {
        self.tree = tree
        self.jobs = jobs
        self.controllers = controllers
        self.refusals = refusals
    }

    /// Why a controller can't be used, as a clause; nil: it can be.
    package func lack(of controller: CgroupController) -> String? {
        if controllers.contains(controller) { return nil }
        return refusals[controller] ?? "\(tree.path(of: jobs)) has no \(controller.rawValue) controller"
    }

    /// The cgroup of a job, whether it is there or not.
    package func directory(ofJob name: String) -> CgroupDirectory {
        jobs.child("\(name).job")
    }

    // MARK: For processes that are started

    /// Makes the cgroup for a process, and that of its job where it is not there yet.
    ///
    /// It costs some 60 µs and blocks for the kernel's locks: keep it off the shared threads.
    ///
    /// - Parameters:
    ///   - limits: what holds for the job from now on; those whose controller is missing have to be left out.
    ///   - isRequired: whether a limit that can't be set is an error; else it is told in `unset`.
    package func makeLeaf(
        ofJob name: String,
        pid: Int,
        limits: [CgroupLimit],
        isRequired: Bool
    ) throws(SystemError) -> (leaf: ProcessCgroup, unset: [SystemError]) {
        let result = known.withLock { known in
            Result { () throws(SystemError) in
                let unset = try prepare(name, limits, isRequired: isRequired, &known)
                do throws(SystemError) {
                    return (try newLeaf(in: directory(ofJob: name), pid: pid), unset)
                } catch {
                    guard error.errno == ENOENT else { throw error }
                    // Somebody has removed the job's, as an administrator may.
                    known[name] = nil
                    let unset = try prepare(name, limits, isRequired: isRequired, &known)
                    return (try newLeaf(in: directory(ofJob: name), pid: pid), unset)
                }
            }
        }
        return try result.get()
    }

    /// Changes the limits of a job that has a cgroup; one that has none gets them when it is made.
    ///
    /// - Returns: what could not be set.
    package func limit(_ name: String, to limits: [CgroupLimit]) -> [SystemError] {
        known.withLock { known in
            guard known[name] != nil else { return [] }
            // Not required, it throws nothing but what making the folder does, and that is there.
            return (try? prepare(name, limits, isRequired: false, &known)) ?? []
        }
    }

    private func prepare(
        _ name: String,
        _ limits: [CgroupLimit],
        isRequired: Bool,
        _ known: inout [String: Job]
    ) throws(SystemError) -> [SystemError] {
        let directory = directory(ofJob: name)
        var job: Job
        if let old = known[name] {
            job = old
            job.isForgotten = false
        } else {
            job = Job()
            try makeFolder(directory)
        }
        defer { known[name] = job }
        var unset: [SystemError] = []
        for change in CgroupLimit.changes(from: job.limits, to: limits) {
            do throws(SystemError) {
                try directory.write(change.text, to: change.file)
                job.limits.removeAll { $0.file == change.file }
                if let limit = change.limit { job.limits.append(limit) }
            } catch {
                guard !isRequired else { throw error }
                unset.append(error)
            }
        }
        return unset
    }

    private func makeFolder(_ directory: CgroupDirectory) throws(SystemError) {
        do throws(SystemError) {
            try directory.make()
        } catch {
            guard error.errno == EEXIST else { throw error }
            if directory.removeAll() {
                try directory.make()
            } else {
                // Something of an earlier life is still in it, as a detached process: what held for it holds no more.
                for file in ["memory.max", "memory.high", "cpu.max", "cpu.weight", "pids.max"] {
                    try? directory.write(CgroupLimit.textOfNone(in: file), to: file)
                }
            }
        }
        for controller in Self.leafControllers where controllers.contains(controller) {
            try? directory.write("+\(controller.rawValue)", to: "cgroup.subtree_control")
        }
    }

    /// A leaf under the process's number, or one like it where that is still in use by what an earlier gafferd left.
    private func newLeaf(in job: CgroupDirectory, pid: Int) throws(SystemError) -> ProcessCgroup {
        var attempt = 1
        while true {
            let leaf = job.child(attempt == 1 ? "\(pid)" : "\(pid)-\(attempt)")
            do throws(SystemError) {
                try leaf.make()
            } catch {
                guard error.errno == EEXIST, attempt < Self.nameLimit else { throw error }
                if !leaf.removeAll() { attempt += 1 }
                continue
            }
            // Whoever is killed for want of memory takes its whole tree along, instead of leaving half of it.
            if controllers.contains(.memory) { try? leaf.write("1", to: "memory.oom.group") }
            return ProcessCgroup(directory: leaf, path: tree.path(of: leaf))
        }
    }

    // MARK: For processes that have ended

    /// The leaf of a process that an earlier gafferd started; nil: it is in none.
    package func leaf(of osPid: Int32) -> ProcessCgroup? {
        guard let path = CgroupTree.path(of: osPid) else { return nil }
        let parent = tree.path(of: jobs) + "/"
        guard path.hasPrefix(parent) else { return nil }
        let names = path.dropFirst(parent.count).split(separator: "/")
        guard names.count >= 2, names[0].hasSuffix(".job") else { return nil }
        let leaf = jobs.child(String(names[0])).child(String(names[1]))
        return ProcessCgroup(directory: leaf, path: tree.path(of: leaf))
    }

    /// Leaves a leaf whose processes have ended to the next ``sweep()``.
    ///
    /// Returns at once.
    package func release(_ leaf: ProcessCgroup) {
        freed.withLock { $0.append(leaf) }
    }

    /// Leaves the cgroup of a job that was unloaded to the next ``sweep()`` that finds it empty.
    package func forget(_ name: String) {
        known.withLock { $0[name]?.isForgotten = true }
    }

    /// Removes what nobody is in any more; what is still in use stays for the next time.
    ///
    /// It blocks for the kernel's locks, some 40 µs for each.
    package func sweep() {
        let leaves = freed.withLock { freed in
            defer { freed = [] }
            return freed
        }
        let busy = leaves.filter { !$0.directory.removeAll() }
        if !busy.isEmpty { freed.withLock { $0 += busy } }
        let forgotten = known.withLock { known in known.filter(\.value.isForgotten).keys }
        for name in forgotten {
            known.withLock { known in
                guard known[name]?.isForgotten == true, directory(ofJob: name).removeAll() else { return }
                known[name] = nil
            }
        }
    }

    /// Removes all that nobody is in: at the end.
    package func removeUnused() {
        known.withLock { known in
            for job in jobs.children where job.removeAll() {}
            known = known.filter { directory(ofJob: $0.key).exists }
        }
    }
}
