package import GafferModel
package import GafferSystem
internal import Glibc
internal import Synchronization

/// What `gafferd -v` and `-vv` show: events, and with the latter the processes' output, a line each.
///
/// It is fed from any thread and never waits: a thread of its own writes, and what a blocked terminal does not take is
/// dropped, counted and said.
package final class Console: Sendable {
    package let formatter: ConsoleFormatter
    private let writer: LineWriter

    /// Makes a console.
    ///
    /// - Parameters:
    ///   - target: where the lines go; stdout unless told otherwise.
    ///   - capacity: how many bytes may wait.
    package init(
        formatter: ConsoleFormatter,
        target: any ByteTarget = DescriptorTarget(STDOUT_FILENO),
        capacity: Int = 1 << 20
    ) {
        self.formatter = formatter
        writer = LineWriter(name: "gaffer-console", target: target, capacity: capacity) { dropped in
            formatter.dropNote(dropped, at: wallNow())
        }
    }

    /// The console of a program: on stdout, with colours where it is a terminal.
    package static func standard(level: ConsoleLevel) -> Console {
        let hasColors = ConsoleColor.areWanted(isTerminal: isatty(STDOUT_FILENO) == 1) { name in
            getenv(name).map { String(cString: $0) }
        }
        return Console(formatter: ConsoleFormatter(level: level, hasColors: hasColors))
    }

    /// Shows an event, where the level has it.
    package func show(_ event: Event) {
        guard let line = formatter.line(for: event) else { return }
        writer.write(Array(line.utf8))
    }

    /// Shows a stream's output from now on, where the level has it.
    package func follow(_ stream: OutputStream, of job: JobName) {
        guard formatter.level >= .everything else { return }
        stream.addObserver(observer(of: job))
    }

    /// What is to be told of the output of a stream.
    package func observer(of job: JobName) -> any OutputObserver {
        ConsoleOutput(job: job, formatter: formatter, writer: writer)
    }

    /// Writes what waits, for at most so long; false where it took longer.
    ///
    /// Blocks meanwhile: for the end of a program, once.
    @discardableResult
    package func finish(within limit: Duration = .seconds(1)) -> Bool {
        writer.finish(within: limit)
    }
}

/// One stream on its way to the console: its lines are cut and given the job's name.
private final class ConsoleOutput: OutputObserver {
    private let job: JobName
    private let formatter: ConsoleFormatter
    private let writer: LineWriter
    private let cutter = Mutex(LineCutter())

    /// What is queued at once, so that the buffer is filled as far as it goes, in bytes.
    private static let batch = 16 << 10

    init(job: JobName, formatter: ConsoleFormatter, writer: LineWriter) {
        self.job = job
        self.formatter = formatter
        self.writer = writer
    }

    func received(_ bytes: ByteView, at offset: UInt64) {
        show { $0.cut(bytes, into: $1) }
    }

    func ended() {
        show { $0.finish(into: $1) }
    }

    private func show(_ cut: (inout LineCutter, (ByteView, LineCutter.Piece) -> Void) -> Void) {
        let now = wallNow()
        var lines: [UInt8] = []
        var count = 0
        cutter.withLock { cutter in
            cut(&cutter) { line, piece in
                lines.append(contentsOf: formatter.line(for: line.buffer, of: job, at: now, piece: piece))
                count += 1
                guard lines.count >= ConsoleOutput.batch else { return }
                writer.write(lines, count: count)
                lines.removeAll(keepingCapacity: true)
                count = 0
            }
        }
        writer.write(lines, count: count)
    }
}
