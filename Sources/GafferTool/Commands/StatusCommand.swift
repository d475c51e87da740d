internal import GafferClient
internal import GafferModel

extension Command {
    package static let status = Command(
        name: "status",
        group: .look,
        abstract: "Shows what the jobs are doing: all of them, or those that are named.",
        discussion: """
            With the name of one job, its processes are listed, too. PROCS is how many
            processes run of those wanted, +N one-offs beside them; UPTIME is that of the
            oldest. Exits with 3 where a named job has no process.
            """,
        operands: [Operand("NAME", .any, .jobOrPid)],
        examples: [
            Example("status", "all jobs"),
            Example("status web", "the job default.web and its processes"),
            Example("status shop", "all jobs of the session shop"),
            Example("status '*.web'", "the job web of every session"),
            Example("status -q web", "no output: only the exit code"),
        ],
        json: #"{"jobs": [the answers of GET /jobs/SESSION/JOB?instances=true]}"#
    ) { invocation in
        try StatusCommand(invocation: invocation).run()
    }
}

private struct StatusCommand {
    let invocation: Invocation

    func run() throws -> ExitCode {
        let client = try invocation.client()
        guard !invocation.operands.isEmpty else {
            let jobs = try client.jobs()
            show(jobs, inDetail: false)
            return .ok
        }
        let targets = try targets()
        let jobs: [JobStatus]
        if targets.count == 1, case .job(let name) = targets[0] {
            jobs = [try client.job(name)]
        } else {
            jobs = try client.jobs(targets.flatMap(\.jobs))
        }
        show(jobs, inDetail: targets.count == 1 && jobs.count == 1)
        return jobs.allSatisfy { $0.supervised > 0 } ? .ok : .notRunning
    }

    /// A pid stands for the job whose process it is.
    private func targets() throws -> [Target] {
        var targets: [Target] = []
        for target in try invocation.targets(invocation.operands) {
            if case .pid(let pid) = target {
                targets.append(.job(try invocation.client().process(pid).name))
            } else {
                targets.append(target)
            }
        }
        return targets
    }

    private func show(_ jobs: [JobStatus], inDetail: Bool) {
        if invocation.isQuiet { return }
        if invocation.wantsJSON {
            invocation.print(["jobs": .array(jobs.map(\.json))])
        } else if inDetail, let job = jobs.first {
            let view = JobView(job: job, now: invocation.now)
            for line in view.lines(isColored: invocation.output.terminal.isColored) { invocation.output.line(line) }
            if !job.instances.isEmpty {
                invocation.output.line("")
                invocation.print(view.processes)
            }
        } else {
            invocation.print(JobView.table(jobs, now: invocation.now))
        }
    }
}
