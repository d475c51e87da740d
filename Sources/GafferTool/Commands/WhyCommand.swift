internal import GafferClient
internal import GafferModel

extension Command {
    package static let why = Command(
        name: "why",
        group: .look,
        abstract: "Tells in one screen what a job is doing, and why.",
        discussion: """
            What it waits for and how long, why it was given up or could not be started, how
            its last process ended, its limits, what happened to it last, and its last lines
            of output, also those of a process that is gone. Who stopped a job is not known
            to gafferd; when it was is.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid)],
        options: [
            Option(name: "lines", short: "n", value: "N", help: "how many lines of each stream, 10000 at most (5)")
        ],
        examples: [
            Example("why web", "the job default.web"),
            Example("why -n 50 shop.worker", "with the last 50 lines of its output"),
        ],
        json:
            #"{"name", "state", "reason": "a sentence", "hints": [...], "running", "wanted", "restarts", "retry_in", "#
            + #""last_exit", "last_error", "limits": {...}, "events": [the last 8], "tail": [as of logs], "#
            + #""job": the answer of GET /jobs/SESSION/JOB?instances=true}"#
    ) { invocation in
        let text = invocation.line.value("lines") ?? "5"
        guard let lines = Int(text), (1...10_000).contains(lines) else {
            throw invocation.usage("\(text.quoted) is no value of --lines: give a number from 1 to 10000.")
        }
        let client = try invocation.client()
        let name: JobName
        if case .pid(let pid)? = try invocation.targets(invocation.operands).first {
            name = try client.process(pid).name
        } else {
            name = try invocation.job(invocation.operands[0])
        }
        let view = WhyView(
            job: try client.job(name),
            events: try client.history(of: name),
            tail: try client.tail(name, lines: lines, stream: nil),
            now: invocation.now
        )
        if invocation.wantsJSON {
            invocation.print(view.json)
        } else {
            let terminal = invocation.output.terminal
            for line in view.lines(width: terminal.width, isColored: terminal.isColored) {
                invocation.output.line(line)
            }
        }
        return .ok
    }
}
