package import GafferClient
package import GafferModel

/// How far a change of jobs is, from what gafferd tells of them.
package struct ProgressModel: Sendable {
    /// What the jobs come to.
    package enum Goal: Sendable {
        /// Their processes are gone.
        case gone
        /// As many processes run as are wanted.
        case wanted
        /// New processes run in the place of those that there were.
        case replaced
    }

    /// What is done, as `stopping`.
    package let verb: String
    package let goal: Goal
    /// When it was begun, in seconds since 1970.
    package let start: Double

    private var jobs: [JobStatus] = []
    /// When they were told, in seconds since 1970.
    private var time = 0.0
    /// The processes that there were at first.
    private var first: Set<Int>?
    /// When processes were told to leave.
    private var told: [Int: Double] = [:]

    package init(verb: String, goal: Goal, start: Double) {
        self.verb = verb
        self.goal = goal
        self.start = start
    }

    /// Takes what the jobs do now; those that were unloaded are left out.
    package mutating func take(_ jobs: [JobStatus], now: Double) {
        self.jobs = jobs
        time = now
        let processes = jobs.flatMap(\.instances).filter { !$0.isCommit }
        let isFirst = first == nil
        if isFirst {
            // A process that was started since is one of the new ones.
            first = Set(processes.filter { goal == .gone || $0.createTime < start }.map(\.pid))
        }
        for process in processes where process.state == "stopping" && told[process.pid] == nil {
            told[process.pid] = isFirst ? start : now
        }
    }

    /// Takes an event.
    package mutating func take(event: JSON) {
        guard ["stop_process", "reap"].contains(JobEvent.word(of: event)), let pid = event["pid"]?.intValue,
            let time = event["time"]?.doubleValue
        else { return }
        told[pid] = time
    }

    /// The line that tells it: `stopping 3/12: waiting for web.2, SIGKILL in 22 s`; nil: nothing is known yet.
    package func line(now: Double) -> String? {
        guard let first else { return nil }
        let processes = jobs.flatMap(\.instances).filter { !$0.isCommit }
        let done: Int
        let all: Int
        switch goal {
        case .gone:
            all = first.count
            done = all - processes.count { first.contains($0.pid) }
        case .wanted:
            all = jobs.reduce(0) { $0 + $1.wanted }
            done = min(all, processes.count { $0.state == "running" })
        case .replaced:
            all = jobs.reduce(0) { $0 + $1.wanted }
            done = min(all, processes.count { $0.state == "running" && !first.contains($0.pid) })
        }
        guard all > 0 else { return "\(verb)..." }
        return "\(verb) \(done)/\(all)" + (waiting(first, now).map { ": waiting for \($0)" } ?? "")
    }

    /// What is in the way: a process that does not leave, one that is not there yet, or a job that waits.
    private func waiting(_ first: Set<Int>, _ now: Double) -> String? {
        for job in jobs {
            let leaving = job.instances.filter { !$0.isCommit && ($0.state == "stopping" || isOld($0, first)) }
            guard let process = leaving.min(by: { told[$0.pid] ?? start < told[$1.pid] ?? start }) else { continue }
            let name = "\(job.name.shown).\(process.instance)"
            guard process.state == "stopping" else { return name }
            let grace = JobReason(job: job, now: now).gracefulTimeout
            let left = ((told[process.pid] ?? start) + grace - now).rounded(.up)
            return left > 0 ? "\(name), SIGKILL in \(Int(min(left, 1e9))) s" : "\(name), SIGKILL was sent"
        }
        guard goal != .gone else { return nil }
        for job in jobs where job.state != "running" {
            if let process = job.instances.first(where: { !$0.isCommit && $0.state == "starting" }) {
                return "\(job.name.shown).\(process.instance) to start"
            }
            if let wait = job.retryIn {
                let error = job.lastError.map { ": \($0)" } ?? ""
                return "\(job.name.shown), started in \(Int(max(0, wait - (now - time)).rounded(.up))) s\(error)"
            }
        }
        return nil
    }

    private func isOld(_ process: JobStatus.Instance, _ first: Set<Int>) -> Bool {
        goal != .wanted && first.contains(process.pid)
    }
}
