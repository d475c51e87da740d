package import GafferClient
internal import GafferModel

/// How a job is shown to people.
package struct JobView {
    package let job: JobStatus
    /// The seconds since 1970.
    package let now: Double

    package init(job: JobStatus, now: Double) {
        self.job = job
        self.now = now
    }

    /// Many jobs, a line each.
    package static func table(_ jobs: [JobStatus], now: Double) -> Table {
        var table = Table([
            Table.Column(title: "JOB"),
            Table.Column(title: "STATE"),
            Table.Column(title: "PROCS", isNumber: true),
            Table.Column(title: "RESTARTS", isNumber: true, isOptional: true),
            Table.Column(title: "UPTIME", isNumber: true, isOptional: true),
            Table.Column(title: "LAST EXIT", minimum: 12, isOptional: true),
            Table.Column(title: "NEXT", minimum: 16),
        ])
        for job in jobs {
            let view = JobView(job: job, now: now)
            table.add(
                Table.Cell("\(job.name)"),
                Table.Cell(job.state, Style(state: job.state)),
                Table.Cell(view.count),
                Table.Cell(job.restarts),
                Table.Cell(view.uptime),
                Table.Cell(view.lastExit ?? "-"),
                Table.Cell(view.next ?? "-")
            )
        }
        return table
    }

    /// What is known of the job itself, a line each.
    package func lines(isColored: Bool) -> [String] {
        let state = job.state.escaped
        let shown = isColored ? Style(state: job.state).applied(to: state) : state
        var lines = ["\(job.name): \(shown), \(job.supervised) of \(job.wanted) processes"]
        if job.commits > 0 { lines[0] += ", \(job.commits) one-off" + (job.commits == 1 ? "" : "s") }
        let config = job.json["config"]
        if let cmd = config?["cmd"]?.stringValue {
            let args = config?["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
            lines.append("  Command:    \(([cmd] + args).joined(separator: " ").escaped)")
        }
        lines.append("  Restarts:   \(job.restarts)")
        if let lastExit { lines.append("  Last exit:  \(lastExit)") }
        if let error = job.lastError { lines.append("  Last error: \(error.escaped)") }
        if let retry { lines.append("  Next:       \(retry)") }
        if job.state != "running" {
            // What is only known of the job itself; `why` asks for more.
            lines.append("  Why:        \(JobReason(job: job, now: now).sentence.escaped)")
        }
        return lines
    }

    /// The job's processes.
    package var processes: Table {
        var table = Table([
            Table.Column(title: "PID", isNumber: true),
            Table.Column(title: "OS PID", isNumber: true),
            Table.Column(title: "INSTANCE", isNumber: true),
            Table.Column(title: "STATE"),
            Table.Column(title: "UPTIME", isNumber: true),
        ])
        for process in job.instances {
            table.add(
                Table.Cell(process.pid),
                process.osPid == 0 ? Table.Cell("-") : Table.Cell(process.osPid),
                process.isCommit ? Table.Cell("one-off") : Table.Cell(process.instance),
                Table.Cell(process.state, Style(state: process.state)),
                Table.Cell(process.createTime > 0 ? Human.duration(now - process.createTime) : "-")
            )
        }
        return table
    }

    /// How many supervised processes run of those wanted, and one-offs beside them: `2/3+1`.
    package var count: String {
        let supervised = "\(job.supervised)/\(job.wanted)"
        return job.commits > 0 ? "\(supervised)+\(job.commits)" : supervised
    }

    /// How long the oldest process is up.
    package var uptime: String {
        let oldest = job.instances.lazy.filter { !$0.isCommit && $0.createTime > 0 }.map(\.createTime).min()
        return oldest.map { Human.duration(now - $0) } ?? "-"
    }

    /// How the last process ended, and when; nil: none did.
    package var lastExit: String? {
        guard let exit = job.lastExit else { return nil }
        let status =
            if let signal = exit.signal {
                Signal(rawValue: Int32(clamping: signal)).name + (exit.isOutOfMemory ? " (out of memory)" : "")
            } else if let code = exit.code {
                "code \(code)"
            } else {
                "unknown"
            }
        return "\(status), \(Human.duration(now - exit.time)) ago"
    }

    /// When a process that waits is started; nil: none waits.
    package var retry: String? { job.retryIn.map { "restart in \(Human.wait($0))" } }

    /// What comes next, and why it came so far.
    package var next: String? {
        // The last error matters only where a process is missing for it.
        let error = job.supervised < job.wanted || job.state == "failed" ? job.lastError : nil
        let parts = [retry, error].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }
}
