/// How much the processes of a job use, as `GET /jobs/<session>/<job>/stats` tells it.
public struct JobStats: Sendable, Hashable {
    /// The job.
    public var name: JobName
    /// Its processes, one-offs included.
    public var processes: [ProcessStats]
    /// What they use together, as the job's cgroup counts it; nil: it has none.
    public var cgroup: CgroupUsage?

    /// Makes statistics.
    public init(name: JobName, processes: [ProcessStats], cgroup: CgroupUsage? = nil) {
        self.name = name
        self.processes = processes
        self.cgroup = cgroup
    }
}
