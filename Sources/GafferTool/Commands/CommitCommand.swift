internal import GafferClient
internal import GafferModel

extension Command {
    package static let commit = Command(
        name: "commit",
        group: .control,
        abstract: "Runs a job's command once, beside its other processes, and prints the pid.",
        discussion: "The process is not kept alive; it has the job's settings.",
        operands: [Operand("JOB", .one, .job)],
        options: [
            Option(name: "env", short: "e", value: "KEY=VALUE", help: "a variable for this process; may be repeated"),
            Option(
                name: "graceful-timeout",
                value: "SECONDS",
                help: "how long it may take to leave when it is stopped"
            ),
        ] + Option.waiting,
        examples: [
            Example("commit worker", "one process more of default.worker, once"),
            Example("commit -e TASK=cleanup shop.worker", "with a variable of its own"),
        ],
        json: #"{"pid": 12}"#
    ) { invocation in
        let env = try invocation.line.values("env").map { text in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw invocation.usage("\(text.quoted) is no variable: give KEY=VALUE.")
            }
            return (name: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
        }
        let timeout = try invocation.line.value("graceful-timeout").map { text in
            guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
                throw invocation.usage("\(text.quoted) is no value of --graceful-timeout: give seconds.")
            }
            return seconds
        }
        // Where a variable is given twice, the last one counts; an object has each name once.
        var last: [(name: String, value: String)] = []
        for entry in env {
            last.removeAll { $0.name == entry.name }
            last.append(entry)
        }
        let wait = try invocation.wait()
        let pid = try invocation.client().commit(
            invocation.job(invocation.operands[0]),
            env: last,
            gracefulTimeout: timeout,
            wait: wait
        )
        if invocation.wantsJSON {
            invocation.print(["pid": .integer(Int64(pid))])
        } else {
            invocation.output.line("\(pid)")
        }
        return .ok
    }
}
