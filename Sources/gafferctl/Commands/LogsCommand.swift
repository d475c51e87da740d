internal import GafferClient
internal import GafferModel

extension Command {
    static let logs = Command(
        name: "logs",
        group: .look,
        abstract: "Prints the last lines that a job or a process wrote.",
        discussion: """
            gafferd remembers the end of every stream of every process that runs. The bytes
            are printed as they came; on a terminal, control characters are made visible.
            Where there are several streams, a heading names each. Following with -f comes
            with a later version.
            """,
        operands: [Operand("JOB|PID", .one, .jobOrPid)],
        options: [
            Option(name: "lines", short: "n", value: "N", help: "how many lines of each stream, 10000 at most (10)"),
            Option(name: "stream", value: "LABEL", help: "only that stream, as stdout or stderr"),
            Option(name: "follow", short: "f", help: "comes with a later version", isHidden: true),
        ],
        examples: [
            Example("logs web", "the last 10 lines of each stream"),
            Example("logs -n 100 --stream stderr web", "the last 100 lines of stderr"),
            Example("logs 12", "those of the process with pid 12"),
        ],
        json: #"{"tail": [{"pid": 1, "stream": "stdout", "data": "text", "data_b64": "the bytes in Base64"}, ...]}"#
    ) { invocation in
        guard !invocation.line.has("follow") else {
            throw invocation.usage("Following the output (-f) comes with a later version; -n prints what there is.")
        }
        let text = invocation.line.value("lines") ?? "10"
        guard let lines = Int(text), (1...10_000).contains(lines) else {
            throw invocation.usage("\(text.quoted) is no value of --lines: give a number from 1 to 10000.")
        }
        let client = try invocation.client()
        let word = invocation.operands[0]
        var pid: Int?
        let name: JobName
        if case .pid(let number) = try? Selector(word) {
            pid = number
            name = try client.process(number).name
        } else {
            name = try invocation.job(word)
        }
        let tail = try client.tail(name, lines: lines, stream: invocation.line.value("stream"))
        let parts = tail.parts.filter { pid == nil || $0.pid == pid }
        if invocation.wantsJSON {
            invocation.print(["tail": .array(parts.map(\.json))])
        } else {
            let isTerminal = invocation.output.terminal.width != nil
            invocation.output.write(TailView.bytes(parts, isTerminal: isTerminal))
        }
        return .ok
    }
}

/// How the tails of streams are printed.
enum TailView {
    /// The bytes; where there are several parts, under headings as tail(1) prints them.
    static func bytes(_ parts: [TailAnswer.Part], isTerminal: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        let filled = parts.filter { !$0.bytes.isEmpty }
        for part in filled {
            if filled.count > 1 {
                if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
                bytes += "==> \(part.pid) \(part.stream.escaped) <==\n".utf8
            }
            bytes += isTerminal ? harmless(part.bytes) : part.bytes
            if (filled.count > 1 || isTerminal), part.bytes.last != UInt8(ascii: "\n") {
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }

    /// The text with its line ends and tabs, everything else that a terminal would obey made visible.
    private static func harmless(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).escaped }
                .joined(separator: "\t")
        }
        return Array(lines.joined(separator: "\n").utf8)
    }
}
