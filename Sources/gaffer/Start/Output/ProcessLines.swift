internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// The streams of one process on their way to the writer.
///
/// What is told of the end of a process comes after its last line, unless something that it left holds its pipes open.
final class ProcessLines: Sendable {
    private struct State {
        var formatter: LineFormatter
        var openStreams = 0
        /// What is told when the last stream has ended.
        var last: [UInt8]?
    }

    private let writer: ForegroundWriter
    private let style: LineStyle
    private let source: LineFormatter.Source
    private let state: Mutex<State>

    init(_ source: LineFormatter.Source, style: LineStyle, writer: ForegroundWriter) {
        self.source = source
        self.style = style
        self.writer = writer
        state = Mutex(State(formatter: LineFormatter(style, source)))
    }

    /// The process as it is shown.
    var name: String { source.name }

    /// Shows what a stream gives from now on.
    func follow(_ stream: OutputStream) {
        state.withLock { $0.openStreams += 1 }
        var source = source
        source.stream = stream.label
        stream.addObserver(StreamLines(self, LineFormatter(style, source), writer: writer))
    }

    /// Tells at once what happened to the process.
    func tell(_ text: String, event: String, members: [JSON.Member], at time: Double) {
        writer.note(line(text, event: event, members: members, at: time))
    }

    /// Tells how the process ended, after its last line or ``giveUpWaiting()``.
    func tellLast(_ text: String, event: String, members: [JSON.Member], at time: Double) {
        let line = line(text, event: event, members: members, at: time)
        let isNow = state.withLock { state in
            if state.openStreams > 0 { state.last = line }
            return state.openStreams == 0
        }
        if isNow { writer.note(line) }
    }

    /// Tells how the process ended, though its streams have not.
    func giveUpWaiting() {
        let line = state.withLock { state in
            defer { state.last = nil }
            return state.last
        }
        if let line { writer.note(line) }
    }

    fileprivate func streamEnded() {
        let line: [UInt8]? = state.withLock { state in
            state.openStreams -= 1
            guard state.openStreams == 0 else { return nil }
            defer { state.last = nil }
            return state.last
        }
        if let line { writer.note(line) }
    }

    private func line(_ text: String, event: String, members: [JSON.Member], at time: Double) -> [UInt8] {
        var line: [UInt8] = []
        state.withLock {
            $0.formatter.appendEvent(text, event: event, members: members, at: time, to: &line)
        }
        return line
    }
}

/// One stream: its bytes are cut into lines, and those of one read go on together.
private final class StreamLines: OutputObserver {
    private struct State {
        var cutter = LineCutter(limit: LineStyle.longestLine)
        var formatter: LineFormatter
        var batch: [UInt8] = []
    }

    private let process: ProcessLines
    private let writer: ForegroundWriter
    private let state: Mutex<State>

    init(_ process: ProcessLines, _ formatter: LineFormatter, writer: ForegroundWriter) {
        self.process = process
        self.writer = writer
        state = Mutex(State(formatter: formatter))
    }

    func received(_ bytes: ByteView, at offset: UInt64) {
        show { $0.cut(bytes, into: $1) }
    }

    func ended() {
        show { $0.finish(into: $1) }
        process.streamEnded()
    }

    private func show(_ cut: (inout LineCutter, (ByteView, LineCutter.Piece) -> Void) -> Void) {
        let now = wallNow()
        // Held while the writer is full: this thread alone takes it.
        state.withLock { state in
            var batch: [UInt8] = []
            var formatter = state.formatter
            swap(&batch, &state.batch)
            cut(&state.cutter) { line, piece in formatter.append(line, piece, at: now, to: &batch) }
            state.formatter = formatter
            writer.write(batch)
            batch.removeAll(keepingCapacity: batch.capacity <= 1 << 20)
            swap(&batch, &state.batch)
        }
    }
}
