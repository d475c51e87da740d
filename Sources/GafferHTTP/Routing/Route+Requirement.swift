package import GafferModel

extension Route {
    /// What a request needs, or nil where the route does not know the method: the table that decides for every route.
    ///
    /// | needs | routes |
    /// |---|---|
    /// | nothing | `/`, `/ping`, `/version`, `/healthz`, `/readyz`, `/openapi.json`; `/auth`, which has credentials of its own; `/channel…` and `/<pid>/channel…`, which ask by themselves |
    /// | any right, and tells only what the right is for | lists: `/sessions`, `/jobs`, `/pids`, `/events`, `/watch`, `/stats`, `/processes`, `/groups` |
    /// | read | GET of a job, a process, a session, a stream |
    /// | write | POST to a stream |
    /// | operate | `state`, `numprocesses`, `signal`, DELETE of a process, and what 0.4 calls these |
    /// | manage | loading, PUT and DELETE of a job, removing a session; `commit` needs it of the session |
    /// | a key or a peer that is known | one key, one user: whose they are decides |
    /// | `create_key`, `create_user` | POST `/keys`, POST `/users` |
    /// | admin | lists of keys and users, `/reload` |
    ///
    /// - Parameter job: the job of a process; nil where there is no such process, which whoever has any right may learn.
    package func requirement(for method: Method, job: (Int) -> JobName?) -> Requirement? {
        func of(_ right: Right, _ pid: Int) -> Requirement {
            job(pid).map { .right(right, .job($0)) } ?? .anyRight
        }
        let isReading = method == .get || method == .head
        switch self {
        case .welcome, .ping, .version, .healthz, .readyz, .description:
            return isReading ? .nothing : nil
        case .metrics:
            return isReading ? .right(.read, .everything) : nil
        case .sessions, .jobs, .pids, .events, .watch:
            return isReading ? .anyRight : nil
        case .session(let session):
            if isReading { return .right(.read, .session(session)) }
            return method == .post ? .right(.manage, .session(session)) : nil
        case .job(let name, let part):
            return Route.requirement(for: method, part, of: name)
        case .sessionWhole(let session):
            if isReading { return .right(.read, .session(session)) }
            return method == .delete ? .right(.manage, .session(session)) : nil
        case .sessionState(let session), .sessionSignal(let session):
            return method == .post ? .right(.operate, .session(session)) : nil
        case .state:
            return method == .post ? .right(.operate, .everything) : nil
        case .reload:
            return method == .post ? .admin : nil
        case .process(let pid, .whole):
            if isReading { return of(.read, pid) }
            return method == .delete ? of(.operate, pid) : nil
        case .process(let pid, .stats):
            return isReading ? of(.read, pid) : nil
        case .process(let pid, .signal):
            return method == .post ? of(.operate, pid) : nil
        case .stream(let pid, _):
            if isReading { return of(.read, pid) }
            return method == .post ? of(.write, pid) : nil
        case .webStream, .ioChannel:
            return method == .get ? .nothing : nil
        case .channel:
            // SockJS says which methods it knows.
            return .nothing
        case .account(let route):
            return route.requirement(for: method)
        case .legacy(let route):
            return route.requirement(for: method, of: of)
        }
    }

    private static func requirement(for method: Method, _ part: JobPart, of job: JobName) -> Requirement? {
        switch (part, method) {
        case (.signal, .get), (.signal, .head), (.commit, .get), (.commit, .head): nil
        case (_, .get), (_, .head): .right(.read, .job(job))
        case (.whole, .put), (.whole, .delete): .right(.manage, .job(job))
        case (.state, .post), (.numprocesses, .post), (.signal, .post): .right(.operate, .job(job))
        case (.commit, .post): .right(.manage, .session(job.session))
        case (_, .put), (_, .delete), (_, .post): nil
        }
    }

    /// The process that it is about, but for websockets, which ask by themselves.
    var pid: Int? {
        switch self {
        case .process(let pid, _), .stream(let pid, _): pid
        case .legacy(.process(let pid)), .legacy(.signalProcess(let pid, _)), .legacy(.stopProcess(let pid)),
            .legacy(.statsOfProcess(_, let pid)):
            pid
        default: nil
        }
    }

    /// The methods that it knows.
    package var methods: [Method] {
        Method.allCases.filter { requirement(for: $0) { _ in nil } != nil }
    }
}

extension AccountRoute {
    fileprivate func requirement(for method: Method) -> Requirement? {
        switch (self, method) {
        case (.login, .get), (.login, .head): .nothing
        case (.keys, .get), (.keys, .head), (.users, .get), (.users, .head): .admin
        case (.keys, .post): .createKey
        case (.users, .post): .createUser
        case (.key, .get), (.key, .head), (.key, .delete): .identity
        case (.user, .get), (.user, .head), (.user, .put), (.user, .delete): .identity
        case (.password, .put), (.userKey, .put): .identity
        case (.login, _), (.keys, _), (.users, _), (.key, _), (.user, _), (.password, _), (.userKey, _): nil
        }
    }
}

extension LegacyRoute {
    fileprivate func requirement(for method: Method, of: (Right, Int) -> Requirement) -> Requirement? {
        let isReading = method == .get || method == .head
        switch self {
        case .processes:
            // The job that is loaded is named in the body: what it needs is decided there.
            return isReading || method == .post ? .anyRight : nil
        case .stats, .groups:
            return isReading ? .anyRight : nil
        case .job(let job):
            if isReading { return .right(.read, .job(job)) }
            return method == .put || method == .delete ? .right(.manage, .job(job)) : nil
        case .process(let pid):
            if isReading { return of(.read, pid) }
            return method == .delete ? of(.operate, pid) : nil
        case .pids(let job), .status(let job), .statsOfJob(let job):
            return isReading ? .right(.read, .job(job)) : nil
        case .statsOfProcess(_, let pid):
            return isReading ? of(.read, pid) : nil
        case .command(let job, _), .scale(let job, _), .signalJob(let job, _):
            return method == .post ? .right(.operate, .job(job)) : nil
        case .signalProcess(let pid, _), .stopProcess(let pid):
            return method == .post ? of(.operate, pid) : nil
        case .group(let session):
            if isReading { return .right(.read, .session(session)) }
            return method == .delete ? .right(.manage, .session(session)) : nil
        case .groupCommand(let session, _):
            return method == .post ? .right(.operate, .session(session)) : nil
        }
    }
}
