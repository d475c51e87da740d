internal import GafferClient
internal import GafferModel
internal import WebClient

extension Command {
    package static let wait = Command(
        name: "wait",
        group: .look,
        abstract: "Waits until jobs are started, stopped, or have exited.",
        discussion: """
            started: all processes that are wanted run, or the job has finished; a job that
            was given up is an error (1). stopped: no process runs, and none will be
            started. exited: a process of the job ends from now on, or none runs any more.
            gafferd tells when it happens; nothing that happens after the command began is
            missed. Exits with 7 where it takes longer than --timeout.
            """,
        operands: [Operand("JOB", .atLeastOne, .job)],
        options: [
            Option(
                name: "for",
                value: "WHAT",
                choices: WaitModel.Goal.allCases.map(\.rawValue),
                help: "what is waited for: started, stopped or exited (started)"
            ),
            Option(name: "timeout", value: "SECONDS", help: "how long to wait, in seconds (90)"),
        ],
        examples: [
            Example("wait web", "until all processes of default.web run"),
            Example("wait 'shop.*' --for stopped", "until nothing of the session shop runs"),
            Example("wait batch --for exited --timeout 3600", "for at most an hour"),
        ],
        json: #"{"ok": true, "jobs": [{"name": "SESSION.JOB", "state", "exit_status", "term_signal"}, ...], "#
            + #""errors": [{"name", "reason": "timed_out" or "failed", "message", "details"}, ...]}"#
    ) { invocation in
        try WaitCommand(invocation).run()
    }
}

private struct WaitCommand {
    private let invocation: Invocation
    private let goal: WaitModel.Goal
    private let seconds: Double

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        goal = invocation.line.value("for").flatMap(WaitModel.Goal.init(rawValue:)) ?? .started
        seconds = try invocation.line.value("timeout").map { try invocation.seconds($0, of: "timeout") } ?? 90
    }

    func run() throws -> ExitCode {
        let client = try invocation.client()
        let deadline = Deadline(after: .milliseconds(Int64((seconds * 1_000).rounded(.up))))
        let names = try invocation.jobs(invocation.operands)
        // What happens after this is told, and what was before is looked at after it: nothing is missed.
        let feed = try client.events(names.count == 1 ? names.first.map { "job.\($0)" } : nil)
        var model = WaitModel(goal, names)
        for job in try client.jobs(names) { model.take(job) }
        while !model.pending.isEmpty, !deadline.hasPassed {
            try take(feed, &model, until: deadline)
            try look(client, &model)
        }
        return finish(model)
    }

    /// Waits for the next event and takes all that came.
    private func take(_ feed: EventFeed, _ model: inout WaitModel, until deadline: Deadline) throws {
        var wait = deadline.remaining
        if model.isBlind { wait = min(wait, .seconds(1)) }
        var item = try feed.next(waiting: wait)
        if case .nothing = item, model.isBlind { model.lookAgain() }
        while true {
            switch item {
            case .nothing: return
            case .event(let event):
                if event.event == "gap" {
                    model.lookAgain()
                } else if let json = try? JSON(parsing: Array(event.data.utf8)) {
                    model.take(event: json)
                }
            case .lost: return
            case .reconnected: model.lookAgain()
            case .end: feed.resume()
            }
            guard !model.pending.isEmpty, feed.isReadable else { return }
            item = try feed.next(waiting: .zero)
        }
    }

    private func look(_ client: GafferClient, _ model: inout WaitModel) throws {
        for name in model.unknown.sorted(by: { "\($0)" < "\($1)" }) {
            do throws(ClientError) {
                model.take(try client.job(name))
            } catch {
                switch error.kind {
                case .notFound: model.takeAbsence(of: name)
                // gafferd went away; the feed tells when it is back.
                case .unreachable, .timedOut: return
                default: throw error
                }
            }
        }
    }

    private func finish(_ model: WaitModel) -> ExitCode {
        var report = Report()
        for outcome in model.outcomes {
            if let failure = outcome.failure {
                let kind: ClientError.Kind = outcome.state == "unloaded" ? .notFound : .failed
                report.add(
                    outcome.name,
                    ClientError(kind, reason: "failed", message: "It can't be \(goal.rawValue): \(failure).")
                )
            } else {
                var extra: [JSON.Member] = [.init("state", .string(outcome.state))]
                var text = goal.rawValue
                if let exit = outcome.exit {
                    extra.append(.init("exit_status", exit.code.map { .integer(Int64($0)) } ?? .null))
                    extra.append(.init("term_signal", .integer(Int64(exit.signal ?? 0))))
                    text += ": \(JobReason.words(for: exit))"
                }
                report.add(outcome.name, text, extra: extra)
            }
        }
        for name in model.pending {
            let sentence = model.last[name].map { JobReason(job: $0, now: invocation.now).sentence } ?? ""
            let state = model.last[name]?.state ?? "unknown"
            report.add(
                name,
                ClientError(
                    .timedOut,
                    reason: "timed_out",
                    message: "It is not \(goal.rawValue) within \(Human.wait(seconds)), but \(state). \(sentence)"
                )
            )
        }
        return report.finish(invocation)
    }
}
