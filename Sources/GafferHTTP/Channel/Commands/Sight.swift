internal import Gaffer
internal import GafferAuth
internal import GafferModel

/// What somebody gets to see: the jobs that it may read, the sessions that have one of them, and their processes.
struct Sight {
    let supervisor: any Supervisor
    let principal: Principal

    /// Whether it sees a job.
    private func sees(_ job: JobName) -> Bool {
        principal.permissions.allow(.read, .job(job))
    }

    private var seesEverything: Bool { principal.permissions.allow(.read, .everything) }

    /// The sessions with a job that it sees.
    func sessions() -> [String] {
        guard !seesEverything else { return supervisor.sessionNames() }
        let visible = Set(((try? supervisor.jobNames(in: nil)) ?? []).filter(sees).map(\.session))
        return supervisor.sessionNames().filter(visible.contains)
    }

    /// The jobs that it sees, of all sessions or of one.
    ///
    /// - Throws: `not_found` where there is no such session; `forbidden` instead where it would see nothing there anyway,
    ///   so that it can't be asked which sessions there are.
    func jobs(in session: String?) throws(GafferError) -> [JobName] {
        guard let session else { return try supervisor.jobNames(in: nil).filter(sees) }
        if principal.permissions.allow(.read, .session(session)) { return try supervisor.jobNames(in: session) }
        let jobs = ((try? supervisor.jobNames(in: session)) ?? []).filter(sees)
        guard !jobs.isEmpty else {
            throw GafferError(.forbidden, "Your key does not give the right to read the session \(session).")
        }
        return jobs
    }

    /// The processes of a job, or of all jobs that it sees.
    func pids(of job: JobName?) throws(GafferError) -> [Int] {
        if job != nil || seesEverything { return try supervisor.pids(of: job) }
        // A job that was unloaded since its name was read has none.
        return try supervisor.jobNames(in: nil).filter(sees).flatMap { (try? supervisor.pids(of: $0)) ?? [] }.sorted()
    }
}
