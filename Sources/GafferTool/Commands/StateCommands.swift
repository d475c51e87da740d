internal import GafferClient
internal import GafferModel

extension Command {
    package static let start = Command(
        name: "start",
        group: .control,
        abstract: "Starts jobs.",
        operands: [Operand("JOB", .atLeastOne, .job)],
        options: Option.waiting,
        examples: [
            Example("start web", "the job default.web"),
            Example("start 'shop.*'", "all jobs of the session shop, in the order of their priority"),
            Example("start '*'", "everything"),
        ],
        json: Report.document
    ) { invocation in
        try invocation.change(.start, done: "started", asked: "is being started")
    }

    package static let stop = Command(
        name: "stop",
        group: .control,
        abstract: "Stops jobs, or single processes.",
        discussion: """
            Processes get the stop signal, and SIGKILL where they do not leave within their
            graceful timeout. In the place of a single process that is stopped, its job gets
            a new one.
            """,
        operands: [Operand("JOB|PID", .atLeastOne, .jobOrPid)],
        options: Option.waiting,
        examples: [
            Example("stop web", "the job default.web"),
            Example("stop --no-wait '*'", "everything, without waiting until it is gone"),
            Example("stop 12", "the process with pid 12"),
        ],
        json: Report.document
    ) { invocation in
        try invocation.change(.stop, done: "stopped", asked: "is being stopped")
    }

    package static let restart = Command(
        name: "restart",
        group: .control,
        abstract: "Stops jobs and starts them again.",
        operands: [Operand("JOB", .atLeastOne, .job)],
        options: Option.waiting,
        examples: [
            Example("restart web", "the job default.web"),
            Example("restart shop", "all jobs of the session shop"),
        ],
        json: Report.document
    ) { invocation in
        try invocation.change(.restart, done: "restarted", asked: "is being restarted")
    }

    package static let reload = Command(
        name: "reload",
        group: .control,
        abstract: "Replaces the processes of jobs; without a job, gafferd reads its configuration again.",
        discussion: """
            New processes of a job are started before the old ones are stopped, where that
            can be done. A configuration is taken only where all of it is right; then jobs
            that did not change keep their processes. One that is wrong changes nothing,
            and all of its errors are printed.
            """,
        operands: [Operand("JOB", .any, .job)],
        options: Option.waiting,
        examples: [
            Example("reload", "the configuration"),
            Example("reload web", "the processes of default.web"),
        ],
        json: Report.document
            + #"; without a job {"ok": true, "added": [...], "changed": [...], "removed": [...], "unchanged": 3}"#
    ) { invocation in
        guard invocation.operands.isEmpty else {
            return try invocation.change(.reload, done: "reloaded", asked: "is being reloaded")
        }
        let answer = try invocation.client().reloadConfiguration(wait: invocation.wait())
        if invocation.wantsJSON {
            invocation.print(answer)
            return .ok
        }
        for kind in ["added", "changed", "removed"] {
            for name in answer[kind]?.arrayValue ?? [] { invocation.confirm("\(Outline.text(name)): \(kind)") }
        }
        invocation.confirm("\(answer["unchanged"]?.intValue ?? 0) unchanged")
        return .ok
    }
}

extension Report {
    /// What `--json` prints after a change.
    package static let document =
        #"{"ok": true, "jobs": [{"name": "SESSION.JOB"}, ...], "errors": [{"name", "reason", "message", "details"}, ...]}"#
}

extension Invocation {
    /// Carries a state command out on everything that is named, and tells what became of it.
    fileprivate func change(_ state: StateCommand, done: String, asked: String) throws -> ExitCode {
        let wait = try wait()
        let text = wait == .no ? asked : done
        let client = try client()
        let targets = try targets(operands)
        if state != .stop {
            for case .pid(let pid) in targets { throw usage("\(pid) is a pid; a job is wanted here.") }
        }
        let names = targets.flatMap(\.jobs)
        let report = try showingProgress(state.progress.verb, state.progress.goal, of: names, wait: wait != .no) {
            var report = Report()
            for target in targets {
                switch target {
                case .everything(let names):
                    report.add(names, "everything", text) { () throws(ClientError) in
                        try client.setStateOfAll(state, wait: wait)
                    }
                case .session(let session, let names):
                    report.add(names, session, text) { () throws(ClientError) in
                        try client.setState(ofSession: session, state, wait: wait)
                    }
                case .pid(let pid):
                    report.add([pid], "\(pid)", text) { () throws(ClientError) in
                        try client.stop(pid, wait: wait)
                    }
                case .job: break
                }
            }
            let jobs = targets.compactMap { if case .job(let name) = $0 { name } else { nil } }
            for (name, outcome) in zip(jobs, client.change(jobs, .state(state), wait: wait)) {
                switch outcome {
                case .success: report.add(name, text)
                case .failure(let error): report.add(name, error)
                }
            }
            return report
        }
        return report.finish(self)
    }
}

extension StateCommand {
    /// How the progress of it is told.
    fileprivate var progress: (verb: String, goal: ProgressModel.Goal) {
        switch self {
        case .start: ("starting", .wanted)
        case .stop: ("stopping", .gone)
        case .restart: ("restarting", .replaced)
        case .reload: ("reloading", .replaced)
        }
    }
}
