package import GafferClient
package import GafferModel

/// What a key asks the loop to do.
package enum TopAction: Hashable, Sendable {
    case quit, suspend, repaint
    /// Changes a job.
    case change(JobName, GafferClient.JobChange)
    /// Stops one process.
    case stop(pid: Int, JobName)
    /// Sends a signal to one process.
    case signal(pid: Int, Signal, JobName)
}

/// What has come for the screen.
package enum TopReport: Sendable {
    /// All jobs there are.
    case jobs([JobStatus])
    /// Some jobs, and names that no job has any more.
    case some([JobStatus], gone: [JobName])
    /// What happened concerns these jobs.
    case changed(Set<JobName>)
    /// What happened may concern any job.
    case everythingChanged
    /// Answers of `GET /jobs/SESSION/JOB/stats`.
    case stats([(job: JobName, answer: JSON)])
    /// The last lines of a job.
    case tail(JobName, TailAnswer)
    /// What became of a change.
    case told(String, isBad: Bool)
    /// gafferd went away.
    case lost(String)
    /// gafferd is there.
    case connected
    /// Nothing more can come.
    case failed(ClientError)
}

/// What is to be asked of gafferd next.
package struct TopLook: Equatable, Sendable {
    /// Whether all jobs are asked for.
    package var isEverything = false
    /// The jobs that are asked for.
    package var jobs: Set<JobName> = []
    /// The jobs whose use of the machine is asked for.
    package var stats: [JobName] = []
    /// The job whose last lines are asked for, and how many.
    package var tail: JobName?
    package var tailLines = 0

    package init() {}

    /// Whether nothing is asked.
    package var isEmpty: Bool { !isEverything && jobs.isEmpty && stats.isEmpty && tail == nil }
}
