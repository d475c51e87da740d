package import GafferSystem
internal import Glibc

/// Where gafferd's log goes: a thread writes the lines to stderr or a file, so that nobody who logs ever waits.
///
/// Lines that find its buffer full are dropped, counted and said.
package final class LogWriter: Sendable {
    private let file: FileSink?
    private let writer: LineWriter

    /// Logs to stderr.
    package convenience init() {
        self.init(target: DescriptorTarget(STDERR_FILENO), file: nil)
    }

    /// Logs to a file, which is opened like a file of output: see ``FileSink``.
    ///
    /// What goes wrong with it later stands on stderr, if anywhere.
    ///
    /// - Throws: ``SystemError`` where it can't be opened.
    package convenience init(path: String, rotation: FileRotation = .none) throws(SystemError) {
        let report: @Sendable (SinkReport) -> Void = { report in
            Array("gafferd: \(report)\n".utf8).withByteView { DescriptorTarget(STDERR_FILENO).write($0) }
        }
        let file = FileSink(path: path, rotation: rotation, report: report)
        if let error = file.open() { throw error }
        self.init(target: file, file: file)
    }

    /// Logs to whatever takes bytes; `capacity` bytes may wait.
    package init(target: any ByteTarget, file: FileSink? = nil, capacity: Int = 1 << 20) {
        self.file = file
        writer = LineWriter(name: "gaffer-log", target: target, capacity: capacity) { dropped in
            "\(LogLine.timestamp(wallNow())) warning gafferd: \(dropped) lines of the log dropped"
        }
    }

    /// Writes a line, to which the newline is added.
    package func write(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        writer.write(bytes)
    }

    /// Opens the file anew with the next line, since somebody else has renamed it.
    package func reopen() {
        file?.reopen()
    }

    /// Writes what waits, for at most so long; false where it took longer.
    ///
    /// Blocks meanwhile: for the end of a program, once.
    @discardableResult
    package func finish(within limit: Duration = .seconds(1)) -> Bool {
        writer.finish(within: limit)
    }
}
