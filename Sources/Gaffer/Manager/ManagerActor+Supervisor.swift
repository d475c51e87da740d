public import GafferModel
internal import GafferSystem

extension ManagerActor: Supervisor {
    /// The names of all sessions, in the order of loading.
    public nonisolated func sessionNames() -> [String] {
        directory.sessions
    }

    /// The names of all jobs, or of one session's, in the order of loading.
    ///
    /// - Throws: `not_found` where the session does not exist.
    public nonisolated func jobNames(in session: String?) throws(GafferError) -> [JobName] {
        guard let session else { return directory.names }
        let names = directory.names.filter { $0.session == session }
        guard !names.isEmpty else { throw GafferError(.notFound, "There is no session \(session).") }
        return names
    }

    /// What is known of a job, or `not_found`.
    public nonisolated func info(of job: JobName) throws(GafferError) -> JobInfo {
        try directory.job(job).board.info()
    }

    /// Whether a job has a process, one-offs included, or `not_found`.
    public nonisolated func isActive(_ job: JobName) throws(GafferError) -> Bool {
        try directory.job(job).board.withMachine { !$0.processes.isEmpty }
    }

    /// How many processes of a job are wanted, or `not_found`.
    public nonisolated func wanted(of job: JobName) throws(GafferError) -> Int {
        try directory.job(job).board.withMachine { $0.wanted }
    }

    /// gaffer's numbers of a job's processes, one-offs included, or of all; `not_found` where there is no such job.
    public nonisolated func pids(of job: JobName?) throws(GafferError) -> [Int] {
        guard let job else { return pids.all }
        return try directory.job(job).board.withMachine { $0.processes.map(\.pid) }
    }

    /// What is known of a process, or `not_found`.
    public nonisolated func process(_ pid: Int) throws(GafferError) -> ProcessInfo {
        guard let process = try actor(of: pid).board.process(pid) else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return process
    }

    /// The last lines of a job's outputs, or `not_found`.
    public nonisolated func tail(
        of job: JobName,
        lines: Int,
        label: String?
    ) throws(GafferError) -> [OutputTail] {
        let outputs = try directory.job(job).board.outputs()
        return outputs.flatMap { pid, output in
            output.tails(lines: lines, label: label).map { OutputTail(pid: pid, label: $0.label, bytes: $0.bytes) }
        }
    }

    /// What a job's processes use, or `not_found`.
    public nonisolated func stats(of job: JobName) async throws(GafferError) -> JobStats {
        let processes = try directory.job(job).board.running()
        return JobStats(name: job, processes: await stats.sample(processes), cgroup: await stats.usage(of: job))
    }

    /// What a process uses, or `not_found`.
    public nonisolated func stats(of pid: Int) async throws(GafferError) -> ProcessStats {
        let processes = try actor(of: pid).board.running().filter { $0.pid == pid }
        guard let sample = await stats.sample(processes).first else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return sample
    }

    /// What a process writes from now on, to the stream of that label.
    ///
    /// A reader that falls behind by more than 256 KiB loses the oldest bytes; it never slows the process. The sequence
    /// ends with the stream.
    ///
    /// - Throws: `not_found` where there is no such process or stream.
    public nonisolated func output(
        of pid: Int,
        label: String = "stdout"
    ) throws(GafferError) -> AsyncStream<[UInt8]> {
        guard let stream = try streams(of: pid).first(where: { $0.label == label }) else {
            throw GafferError(.notFound, "Process \(pid) has no stream \(label).")
        }
        let subscription = stream.subscribe()
        return AsyncStream {
            await subscription.next()?.bytes
        } onCancel: {
            subscription.cancel()
        }
    }
}
