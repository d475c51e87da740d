internal import CGafferSystem
internal import Glibc

/// Whether processes can have cgroups of their own.
package enum CgroupSupport: Sendable {
    case delegated(JobCgroups)
    /// The reason is a clause, as `the cgroup /system.slice/x.service is not delegated`.
    case unavailable(reason: String)

    /// The place of the jobs' cgroups, where there is one.
    package var cgroups: JobCgroups? {
        if case .delegated(let cgroups) = self { cgroups } else { nil }
    }

    /// Why processes have no cgroups; nil: they have.
    package var reason: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }

    /// Why a controller can't be used, as a clause; nil: it can be.
    package func lack(of controller: CgroupController) -> String? {
        switch self {
        case .delegated(let cgroups): cgroups.lack(of: controller)
        case .unavailable(let reason): reason
        }
    }
}

extension CgroupSupport {
    /// The leaf that this process moves to, so that it is beside the jobs.
    package static let supervisorName = "supervisor"
    private static let jobsName = "jobs"

    /// Takes the cgroup that this process is in for it and its jobs, where that is delegated to it.
    ///
    /// This process moves to a leaf in it, a folder for the jobs is made, and the controllers that it has are handed
    /// down. Call it before any process is started.
    ///
    /// - Parameter isTrusted: whether it counts as delegated, marked or not.
    package static func take(isTrusted: Bool) -> CgroupSupport {
        guard let tree = CgroupTree.find() else {
            return .unavailable(reason: "this machine has no cgroups of the second version")
        }
        guard let path = CgroupTree.ownPath() else {
            return .unavailable(reason: "gafferd is in no cgroup that can be seen from here")
        }
        return take(path, in: tree, isTrusted: isTrusted)
    }

    /// The same for a tree and the path of this process's cgroup in it.
    package static func take(_ path: String, in tree: CgroupTree, isTrusted: Bool) -> CgroupSupport {
        let own = tree.directory(path)
        // Started by a unit that puts it there (DelegateSubgroup=), or by a gafferd that was here before.
        let isInLeaf = path.hasSuffix("/\(supervisorName)")
        let unitPath = isInLeaf ? String(path.dropLast(supervisorName.utf8.count + 1)) : path
        let unit = tree.directory(unitPath.isEmpty ? "/" : unitPath)
        guard isTrusted || isDelegated(unit) else {
            return .unavailable(reason: "the cgroup \(tree.path(of: unit)) is not delegated to gafferd (Delegate=yes)")
        }
        do throws(SystemError) {
            let supervisor = unit.child(supervisorName)
            if own != supervisor {
                let isNew = try makeIfMissing(supervisor)
                do throws(SystemError) {
                    try supervisor.write("0", to: "cgroup.procs")
                } catch {
                    if isNew { try? supervisor.remove() }
                    throw error
                }
            }
            let jobs = unit.child(jobsName)
            _ = try makeIfMissing(jobs)
            for old in jobs.children where old.removeAll() {}
            let (controllers, refusals) = handDown(from: unit, to: jobs)
            return .delegated(JobCgroups(tree: tree, jobs: jobs, controllers: controllers, refusals: refusals))
        } catch {
            return .unavailable(reason: "\(error)")
        }
    }

    /// The mark that a service manager puts on a cgroup which it leaves to the service.
    private static func isDelegated(_ directory: CgroupDirectory) -> Bool {
        ["user.delegate", "trusted.delegate"].contains { name in
            var value: UInt8 = 0
            return gaffer_extended_attribute(directory.path, name, &value, 1) == 1 && value == UInt8(ascii: "1")
        }
    }

    private static func makeIfMissing(_ directory: CgroupDirectory) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try directory.make()
            return true
        } catch {
            guard error.errno == EEXIST else { throw error }
            return false
        }
    }

    /// One by one, so that a controller that can't be had does not cost the others.
    private static func handDown(
        from unit: CgroupDirectory,
        to jobs: CgroupDirectory
    ) -> (controllers: Set<CgroupController>, refusals: [CgroupController: String]) {
        var controllers: Set<CgroupController> = []
        var refusals: [CgroupController: String] = [:]
        let offered = (try? unit.read("cgroup.controllers")).map(CgroupController.list) ?? []
        for controller in CgroupController.allCases where offered.contains(controller) {
            do throws(SystemError) {
                try unit.write("+\(controller.rawValue)", to: "cgroup.subtree_control")
                try jobs.write("+\(controller.rawValue)", to: "cgroup.subtree_control")
                controllers.insert(controller)
            } catch {
                // Another process is in the unit's own cgroup, where none may be beside controllers.
                let others = error.errno == EBUSY ? CgroupDirectory.numbers((try? unit.read("cgroup.procs")) ?? []) : []
                let hint = others.first.map { "; os pid \($0) is in it" } ?? ""
                refusals[controller] = "\(error)\(hint)"
            }
        }
        return (controllers, refusals)
    }
}
