internal import GafferClient
internal import GafferModel
internal import GafferTool

extension NodeCommands {
    static let ps = Command(
        name: "ps",
        group: .look,
        abstract: "Shows the processes of the application, with what they use.",
        discussion: """
            A process is named by its job and its pid, gaffer's own number. CPU is in
            percent of one core since the previous look, MEM in percent of the machine's
            memory.
            """,
        operands: [Operand("NAME|JOB", .any, .job)],
        examples: [
            Command.Example("ps", "the application of the current folder"),
            Command.Example("ps shop", "the application shop"),
            Command.Example("ps web", "one job"),
        ],
        json: #"{"jobs": [{"name": "SESSION.JOB", "cmd", "state", "numprocesses", "cpu", "mem", "restarts", "#
            + #""processes": [{"pid", "os_pid", "instance", "state", "uptime"}]}, ...]}"#
    ) { invocation in
        let jobs = try invocation.jobs(invocation.forApplication().operands)
        let client = try invocation.client()
        let view = PsView(
            jobs: zip(try client.jobs(jobs), try client.stats(of: jobs)).map(PsView.Job.init).sorted {
                $0.order < $1.order
            },
            now: invocation.now,
            isColored: invocation.output.terminal.isColored
        )
        if invocation.wantsJSON {
            invocation.print(view.json)
        } else {
            for line in view.lines { invocation.output.line(line) }
        }
        return .ok
    }
}

/// How `gaffer ps` shows an application.
struct PsView {
    struct Job {
        let status: JobStatus
        /// The answer of the route `stats`.
        let stats: JSON

        /// The command line.
        var cmd: String {
            let config = status.json["config"]
            let cmd = config?["cmd"]?.stringValue ?? ""
            let args = config?["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
            // Quoted, so that it is clear which words there are.
            let text = ([cmd] + args.map(Self.shown)).joined(separator: " ")
            // Without a shell a $ is written twice; in the Procfile it stands once.
            return config?["shell"]?.boolValue == true ? text : text.replacing("$$", with: "$")
        }

        /// In the order of the Procfile, which is that of starting.
        var order: (Int, JobName) {
            (status.json["config"]?["priority"]?.intValue ?? .max, status.name)
        }

        private static func shown(_ word: String) -> String {
            word.isEmpty || word.contains { $0.isWhitespace || $0 == "'" || $0 == "\"" } ? ShellWords.quote(word) : word
        }
    }

    let jobs: [Job]
    /// The seconds since 1970.
    let now: Double
    let isColored: Bool

    var lines: [String] { jobs.flatMap(lines) }

    var json: JSON {
        ["jobs": .array(jobs.map(json))]
    }

    private func lines(of job: Job) -> [String] {
        let status = job.status
        let name = status.name.job
        let heading = "=== \(name):"
        let shown = isColored ? JobColor.applied(to: heading, for: "\(status.name)") : heading
        let cpu = Self.decimal(job.stats["cpu"])
        let mem = Self.decimal(job.stats["mem"])
        var lines = ["\(shown) `\(job.cmd.escaped)`", "Total CPU: \(cpu) Total MEM: \(mem)", ""]
        for process in status.instances {
            let what =
                process.createTime > 0 ? "up for \(Self.uptime(now - process.createTime))" : process.state.escaped
            let kind = process.isCommit ? " (one-off)" : ""
            let leaving = process.state == "stopping" ? ", stopping" : ""
            lines.append("\(name).\(process.pid): \(what)\(leaving)\(kind)")
        }
        if status.supervised < status.wanted || status.instances.isEmpty {
            let missing = status.instances.isEmpty ? "" : ", \(status.supervised) of \(status.wanted)"
            let next = status.retryIn.map { ", next try in \(Human.wait($0))" } ?? ""
            let error = status.lastError.map { ": \($0.escaped)" } ?? ""
            lines.append("\(name): \(status.state.escaped)\(missing)\(next)\(error)")
        }
        return lines
    }

    private func json(of job: Job) -> JSON {
        let status = job.status
        let processes: [JSON] = status.instances.map { process in
            [
                "pid": .integer(Int64(process.pid)), "os_pid": .integer(Int64(process.osPid)),
                "instance": .integer(Int64(process.instance)), "state": .string(process.state),
                "uptime": process.createTime > 0 ? .double(max(0, now - process.createTime)) : .null,
            ]
        }
        return [
            "name": .string("\(status.name)"), "cmd": .string(job.cmd), "state": .string(status.state),
            "numprocesses": .integer(Int64(status.wanted)), "cpu": job.stats["cpu"] ?? .null,
            "mem": job.stats["mem"] ?? .null, "restarts": .integer(Int64(status.restarts)),
            "processes": .array(processes),
        ]
    }

    /// With two decimals; what is not known is 0.00, as it is while nothing runs.
    private static func decimal(_ value: JSON?) -> String {
        guard let number = value?.doubleValue, number.isFinite, (0..<1e9).contains(number) else { return "0.00" }
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(twoDigits(hundredths % 100))"
    }

    /// As the manual shows it: `0:00.44`, minutes, seconds and hundredths; from an hour on `2:05:33`, then with days.
    static func uptime(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "-" }
        let hundredths = Int((max(0, seconds) * 100).rounded(.down))
        let whole = hundredths / 100
        guard whole >= 3_600 else {
            return "\(whole / 60):\(twoDigits(whole % 60)).\(twoDigits(hundredths % 100))"
        }
        let time = "\(whole % 86_400 / 3_600):\(twoDigits(whole % 3_600 / 60)):\(twoDigits(whole % 60))"
        let days = whole / 86_400
        return days == 0 ? time : "\(days) day\(days == 1 ? "" : "s"), \(time)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
