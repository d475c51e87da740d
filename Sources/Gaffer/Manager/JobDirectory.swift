internal import GafferModel
internal import Synchronization

/// The jobs that are loaded, in the order of loading, for reading from anywhere; only ``ManagerActor`` writes.
final class JobDirectory: Sendable {
    private struct Content {
        var order: [JobName] = []
        var jobs: [JobName: JobActor] = [:]
    }

    private let content = Mutex(Content())

    func insert(_ job: JobActor) {
        content.withLock { content in
            content.order.append(job.name)
            content.jobs[job.name] = job
        }
    }

    func remove(_ name: JobName) {
        content.withLock { content in
            content.order.removeAll { $0 == name }
            content.jobs[name] = nil
        }
    }

    /// - Throws: `not_found`.
    func job(_ name: JobName) throws(GafferError) -> JobActor {
        guard let job = content.withLock({ $0.jobs[name] }) else {
            throw GafferError(.notFound, "There is no job \(name).")
        }
        return job
    }

    var all: [JobActor] {
        content.withLock { content in content.order.compactMap { content.jobs[$0] } }
    }

    var names: [JobName] {
        content.withLock { $0.order }
    }

    var sessions: [String] {
        var seen: Set<String> = []
        return names.compactMap { seen.insert($0.session).inserted ? $0.session : nil }
    }

    /// The jobs that a command is meant for, those with the smallest priority first.
    ///
    /// - Throws: `not_found` where the job or the session does not exist.
    func jobs(of target: Target) throws(GafferError) -> [JobActor] {
        switch target {
        case .job(let name):
            return [try job(name)]
        case .session(let session):
            let jobs = all.filter { $0.name.session == session }
            guard !jobs.isEmpty else { throw GafferError(.notFound, "There is no session \(session).") }
            return jobs.inStartOrder
        case .everything:
            return all.inStartOrder
        }
    }
}

extension [JobActor] {
    /// By priority, jobs without one last; equal ones in the order they have here.
    var inStartOrder: [JobActor] {
        let ranked = map { (priority: $0.board.withMachine { $0.config.priority ?? .max }, job: $0) }
        return ranked.enumerated()
            .sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map(\.element.job)
    }
}
