package import GafferModel
internal import WebClient

/// How lines of output are printed.
package struct LogPrinter {
    /// Where a line comes from.
    package struct Source: Hashable {
        package let job: JobName
        /// gaffer's number of the process.
        package let pid: Int
        /// The process's place among those of its job; nil: it is not known.
        package let instance: Int?
        /// The stream; empty where several stand beside each other.
        package var label: String

        /// As it stands before its lines: `web.1`.
        package func shown(in home: String) -> String {
            "\(job.shown(in: home)).\(instance.map { "\($0)" } ?? "\(pid)")"
        }
    }

    /// Whether each line is an object of JSON.
    package var isJSON = false
    /// Whether the bytes are passed on as they are.
    package var isRaw = false
    /// Whether each line says where it comes from.
    package var hasPrefix = false
    /// Whether the prefix has the time.
    package var hasTime = true
    /// Whether it goes to a terminal.
    package var isTerminal = false
    /// Whether colours are wanted.
    package var isColored = false
    /// The session whose jobs are named without it.
    package var home = JobName.defaultSession

    /// One line without its end, as it is printed.
    ///
    /// - Parameter now: the seconds since 1970.
    package func line(_ bytes: [UInt8], of source: Source, now: Double) -> [UInt8] {
        if isJSON { return json(bytes, of: source, now: now) }
        let text: [UInt8] =
            if isRaw || !isTerminal && !hasPrefix {
                bytes
            } else {
                // A carriage return that belongs to the end of the line moves nothing.
                TerminalFilter.line(
                    bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...],
                    keepsColors: isTerminal && isColored
                )
            }
        guard hasPrefix else { return text + [UInt8(ascii: "\n")] }
        let time = hasTime ? "\(Clock.timeOfDay(now)) " : ""
        let prefix = "\(time)\(source.shown(in: home).escaped) |"
        let shown = isColored ? JobColor.applied(to: prefix, for: "\(source.job)") : prefix
        return Array(shown.utf8) + [UInt8(ascii: " ")] + text + [UInt8(ascii: "\n")]
    }

    private func json(_ bytes: [UInt8], of source: Source, now: Double) -> [UInt8] {
        var members: [JSON.Member] = [
            .init("time", .double(now)), .init("name", .string("\(source.job)")),
            .init("pid", .integer(Int64(source.pid))), .init("stream", .string(source.label)),
            .init("data", .string(String(decoding: bytes, as: UTF8.self))),
        ]
        if String(validating: bytes, as: UTF8.self) == nil {
            members.append(.init("data_b64", .string(Base64.encode(bytes))))
        }
        return Array(JSON.object(members).shown.utf8) + [UInt8(ascii: "\n")]
    }
}
