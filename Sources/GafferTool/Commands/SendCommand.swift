internal import GafferClient
internal import GafferModel

extension Command {
    package static let send = Command(
        name: "send",
        group: .control,
        abstract: "Writes a line to the standard input of a process, or to another stream of it.",
        discussion: """
            The words are joined by blanks, and a line end follows. - stands for all that
            comes on the standard input, as it is. The job must say redirect_input = true,
            or have a custom stream of that name.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid), Operand("DATA", .any)],
        options: [
            Option(name: "stream", short: "s", value: "LABEL", help: "a custom stream instead of stdin"),
            Option(name: "eof", help: "close it after that"),
        ],
        examples: [
            Example("send web reload now", "a line to the only process of default.web"),
            Example("send 12 - < file", "a whole file to the process with pid 12"),
            Example("send --eof 12", "nothing more: closes its standard input"),
        ],
        json: #"{"ok": true, "bytes": 11}"#
    ) { invocation in
        let words = invocation.operands.dropFirst()
        let closes = invocation.line.has("eof")
        guard !words.isEmpty || closes else { throw invocation.usage("DATA is missing.") }
        let label = invocation.line.value("stream") ?? "stdin"
        let pid = try invocation.process(invocation.operands[0])
        let client = try invocation.client()
        var count = 0
        if words.elementsEqual(["-"]) {
            // A piece at a time: gafferd takes so much in one request, and the input may have no end.
            while let bytes = try invocation.readInput(atMost: 1 << 16) {
                count += try client.write(bytes, to: pid, label)
            }
            if closes { try client.write([], to: pid, label, closes: true) }
        } else {
            let bytes = words.isEmpty ? [] : Array((words.joined(separator: " ") + "\n").utf8)
            count = try client.write(bytes, to: pid, label, closes: closes)
        }
        if invocation.wantsJSON { invocation.print(["ok": true, "bytes": .integer(Int64(count))]) }
        return .ok
    }
}
