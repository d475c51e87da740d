package import GafferClient
package import GafferModel

/// How the tails of streams are printed.
package struct TailView {
    /// The tails of one job.
    package struct Tail {
        package let job: JobName
        package let parts: [TailAnswer.Part]

        /// The parts as gafferd told them, with the job's name where there are several jobs.
        package func json(isNamed: Bool) -> [JSON] {
            parts.map { part in
                guard isNamed, let members = part.json.objectValue else { return part.json }
                return .object([.init("name", .string("\(job)"))] + members)
            }
        }
    }

    package let tails: [Tail]
    package let printer: LogPrinter
    /// The seconds since 1970.
    package let now: Double

    /// The bytes; where there are several parts, under headings as tail(1) prints them, or with prefixes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let filled = tails.flatMap { tail in tail.parts.filter { !$0.bytes.isEmpty }.map { (tail.job, $0) } }
        let hasHeadings = filled.count > 1 && !printer.hasPrefix
        for (job, part) in filled {
            if hasHeadings {
                if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
                let name = tails.count > 1 ? "\(job.shown(in: printer.home).escaped) " : ""
                bytes += "==> \(name)\(part.pid) \(part.stream.escaped) <==\n".utf8
            }
            if printer.hasPrefix || printer.isTerminal, !printer.isRaw {
                bytes += lines(part, job)
            } else {
                bytes += part.bytes
                if hasHeadings, part.bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
            }
        }
        return bytes
    }

    private func lines(_ part: TailAnswer.Part, _ job: JobName) -> [UInt8] {
        let instance = part.json["instance"]?.intValue
        let source = LogPrinter.Source(job: job, pid: part.pid, instance: instance, label: part.stream)
        var lines = part.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.flatMap { printer.line(Array($0), of: source, now: now) }
    }
}
