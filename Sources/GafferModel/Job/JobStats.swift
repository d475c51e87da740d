/// How much the processes of a job use, as `GET /jobs/<session>/<job>/stats` tells it.
public struct JobStats: Sendable, Hashable {
    /// The job.
    public var name: JobName
    /// Its processes, one-offs included.
    public var processes: [ProcessStats]

    /// Makes statistics.
    public init(name: JobName, processes: [ProcessStats]) {
        self.name = name
        self.processes = processes
    }
}
