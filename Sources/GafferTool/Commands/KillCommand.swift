internal import GafferClient
internal import GafferModel

extension Command {
    package static let kill = Command(
        name: "kill",
        group: .control,
        abstract: "Sends a signal to the processes of a job or a session, or to one process.",
        discussion: """
            The signal is a name (HUP, SIGHUP, RTMIN+1) or a number. A process that dies of
            it is replaced, as after any exit that was not asked for; to stop a job, use
            'gafferctl stop'.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("SIGNAL", .one, .signal)],
        examples: [
            Example("kill web HUP", "all processes of default.web"),
            Example("kill 12 SIGUSR1", "the process with pid 12"),
            Example("kill 'shop.*' 10", "all processes of the session shop"),
        ],
        json: Report.document
    ) { invocation in
        let word = invocation.operands[1]
        let signal: Signal
        do throws(GafferError) {
            signal = try Signal(parsing: word.hasPrefix("-") ? String(word.dropFirst()) : word)
        } catch {
            throw invocation.usage(error.message)
        }
        let client = try invocation.client()
        let text = "sent \(signal.name)"
        var report = Report()
        for target in try invocation.targets([invocation.operands[0]]) {
            switch target {
            case .pid(let pid):
                report.add([pid], "\(pid)", text) { () throws(ClientError) in
                    try client.signal(pid: pid, signal)
                }
            case .session(let session, let names):
                report.add(names, session, text) { () throws(ClientError) in
                    try client.signal(session: session, signal)
                }
            case .job, .everything:
                for (name, outcome) in zip(target.jobs, client.change(target.jobs, .signal(signal), wait: .no)) {
                    switch outcome {
                    case .success: report.add(name, text)
                    case .failure(let error): report.add(name, error)
                    }
                }
            }
        }
        return report.finish(invocation)
    }
}
