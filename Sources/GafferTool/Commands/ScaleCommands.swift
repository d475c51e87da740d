internal import GafferClient
package import GafferModel

extension Command {
    package static let scale = Command(
        name: "scale",
        group: .control,
        abstract: "Changes how many processes of jobs are kept alive.",
        discussion: """
            JOB=N keeps N processes alive, JOB+N so many more, JOB-N so many fewer. The
            others are not touched; the oldest goes first.
            """,
        operands: [Operand("JOB=N", .atLeastOne, .job)],
        options: Option.waiting,
        examples: [
            Example("scale web=3", "three processes of default.web"),
            Example("scale shop.web+1 shop.worker-2", "one more, and two fewer"),
        ],
        json: ScaleCommand.document
    ) { invocation in
        let scales = try invocation.operands.map { word in
            guard let scale = ScaleCommand.parse(word) else {
                throw invocation.usage("\(word.quoted) is no scale: give JOB=N, JOB+N or JOB-N.")
            }
            return scale
        }
        return try ScaleCommand.run(invocation, scales)
    }

    package static let add = Command(
        name: "add",
        group: .control,
        abstract: "Keeps N processes more of a job alive; one, where N is not given.",
        operands: [Operand("JOB", .one, .job), Operand("N", .optional)],
        options: Option.waiting,
        examples: [Example("add web 2", "two processes more of default.web")],
        json: ScaleCommand.document
    ) { invocation in
        try ScaleCommand.run(invocation, [ScaleCommand.difference(invocation, sign: 1)])
    }

    package static let sub = Command(
        name: "sub",
        group: .control,
        abstract: "Keeps N processes fewer of a job alive; one, where N is not given.",
        operands: [Operand("JOB", .one, .job), Operand("N", .optional)],
        options: Option.waiting,
        examples: [Example("sub web", "one process fewer of default.web")],
        json: ScaleCommand.document
    ) { invocation in
        try ScaleCommand.run(invocation, [ScaleCommand.difference(invocation, sign: -1)])
    }
}

/// What `scale`, `add` and `sub` share.
package enum ScaleCommand {
    /// A job as the user names it, and what is wanted of it.
    package typealias Scale = (job: String, operation: ScaleOperation)

    package static let document =
        #"{"ok": true, "jobs": [{"name": "SESSION.JOB", "numprocesses": 3}, ...], "errors": [...]}"#

    /// Reads `web=3`, `web+1` or `web-2`; nil where it is none.
    ///
    /// The number begins at the last of the three signs, for names may have dashes and digits.
    package static func parse(_ word: String) -> Scale? {
        guard let sign = word.lastIndex(where: { $0 == "=" || $0 == "+" || $0 == "-" }), sign > word.startIndex else {
            return nil
        }
        let digits = word[word.index(after: sign)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let operation = try? ScaleOperation(parsing: String(word[sign...]))
        else { return nil }
        return (String(word[..<sign]), operation)
    }

    package static func difference(_ invocation: Invocation, sign: Int) throws -> Scale {
        let text = invocation.operands.count > 1 ? invocation.operands[1] : "1"
        guard let number = Int(text), (1...ScaleOperation.maximum).contains(number) else {
            throw invocation.usage("\(text.quoted) is no number of processes: give 1 to \(ScaleOperation.maximum).")
        }
        return (invocation.operands[0], .by(sign * number))
    }

    package static func run(_ invocation: Invocation, _ scales: [Scale]) throws -> ExitCode {
        let wait = try invocation.wait()
        let client = try invocation.client()
        // All names are looked up before anything changes.
        let jobs = try scales.map { try (names: invocation.jobs([$0.job]), operation: $0.operation) }
        let all = jobs.flatMap(\.names)
        let report = try invocation.showingProgress("scaling", .wanted, of: all, wait: wait != .no) {
            var report = Report()
            for (names, operation) in jobs {
                for (name, outcome) in zip(names, client.change(names, .scale(operation), wait: wait)) {
                    do throws(ClientError) {
                        let number = try GafferClient.numprocesses(outcome.get())
                        let noun = number == 1 ? "process" : "processes"
                        report.add(name, "\(number) \(noun)", extra: [.init("numprocesses", .integer(Int64(number)))])
                    } catch {
                        report.add(name, error)
                    }
                }
            }
            return report
        }
        return report.finish(invocation)
    }
}
