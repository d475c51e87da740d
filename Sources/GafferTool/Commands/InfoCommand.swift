internal import GafferClient
internal import GafferModel

extension Command {
    package static let info = Command(
        name: "info",
        group: .look,
        abstract: "Prints all that gafferd knows of a job or a process.",
        operands: [Operand("JOB|PID", .one, .jobOrPid)],
        examples: [
            Example("info shop.web", "a job, its configuration and its processes"),
            Example("info 12", "the process with pid 12"),
        ],
        json: "the answer of GET /jobs/SESSION/JOB?instances=true, or of GET /PID"
    ) { invocation in
        let client = try invocation.client()
        let word = invocation.operands[0]
        let document: JSON =
            if case .pid(let pid) = try? Selector(word) {
                try client.process(pid).json
            } else {
                try client.job(invocation.job(word)).json
            }
        if invocation.wantsJSON {
            invocation.print(document)
        } else {
            for line in Outline.lines(of: document) { invocation.output.line(line) }
        }
        return .ok
    }

    /// The command of gaffer 0.4: the configuration alone, as JSON.
    package static let getProcess = Command(
        name: "get_process",
        isHidden: true,
        abstract: "Prints the configuration of a job as JSON.",
        operands: [Operand("JOB", .one, .job)],
        examples: [Example("get_process web", "of the job default.web")],
        json: "the member config of GET /jobs/SESSION/JOB"
    ) { invocation in
        let status = try invocation.client().job(invocation.job(invocation.operands[0]))
        invocation.print(status.json["config"] ?? .null)
        return .ok
    }
}
