internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// Gives each process that is started its cgroup, with the limits of its job.
///
/// Called on the launcher's thread.
final class CgroupPlacer: Sendable {
    private let support: CgroupSupport
    private let tell: @Sendable (JobName, String) -> Void
    /// What was said of a job, so that it is said once.
    private let said = Mutex<[JobName: String]>([:])

    init(support: CgroupSupport, tell: @escaping @Sendable (JobName, String) -> Void) {
        self.support = support
        self.tell = tell
    }

    /// - Returns: nil: the process runs where gafferd does.
    /// - Throws: ``LaunchFailure`` where a limit that the job requires can't be had.
    func place(_ order: LaunchOrder) throws(LaunchFailure) -> ProcessCgroup? {
        let name = order.name
        let demand = CgroupDemand(order.config.cgroupLimits) { support.lack(of: $0) }
        if let refusal = demand.refusal(of: name) { throw LaunchFailure(reason: refusal) }
        if let notice = demand.notice(of: name) { say(notice, of: name) }
        guard let cgroups = support.cgroups else { return nil }
        do throws(SystemError) {
            let made = try cgroups.makeLeaf(
                ofJob: name.description,
                pid: order.pid,
                limits: demand.limits,
                isRequired: demand.isRequired
            )
            if let error = made.unset.first { say("\(name) runs without a limit: \(error).", of: name) }
            return made.leaf
        } catch {
            guard demand.limits.isEmpty || !demand.isRequired else {
                throw LaunchFailure(error, doing: "\(name): its cgroup can't be made")
            }
            say("\(name) runs without a cgroup of its own: \(error).", of: name)
            return nil
        }
    }

    /// The process could not be started in it.
    func giveUp(_ leaf: ProcessCgroup?) {
        guard let leaf, !leaf.directory.removeAll() else { return }
        support.cgroups?.release(leaf)
    }

    /// The limits of a job that may have processes are others.
    func limit(_ name: JobName, to config: JobConfig) {
        let demand = CgroupDemand(config.cgroupLimits) { support.lack(of: $0) }
        var unset = demand.lacks.map(\.clause)
        unset += support.cgroups?.limit(name.description, to: demand.limits).map(\.description) ?? []
        if let first = unset.first { say("\(name) goes on without a limit: \(first).", of: name) }
    }

    /// Whether a start failed since the job has as many processes as it may have.
    func isFull(_ order: LaunchOrder, _ failure: SpawnFailure) -> Bool {
        guard failure.errno == EAGAIN, let most = order.config.cgroupLimits.tasksMax else { return false }
        let tasks = support.cgroups?.directory(ofJob: order.name.description).counts().tasks
        return tasks.map { $0 >= UInt64(most) } ?? false
    }

    private func say(_ text: String, of name: JobName) {
        let isNew = said.withLock { $0.updateValue(text, forKey: name) != text }
        if isNew { tell(name, text) }
    }

    /// The job is gone.
    func forget(_ name: JobName) {
        said.withLock { $0[name] = nil }
        support.cgroups?.forget(name.description)
    }
}
