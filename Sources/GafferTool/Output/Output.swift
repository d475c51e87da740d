internal import Glibc

/// What the results are shown on.
package struct Terminal: Equatable {
    /// Its width in columns; nil: it is no terminal, and nothing is shortened.
    package var width: Int?
    /// Whether colours are wanted.
    package var isColored: Bool

    /// The width of the terminal at a descriptor; nil where it is none.
    package static func width(of descriptor: Int32, environment: Environment) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment.nonEmpty("COLUMNS").flatMap { Int($0) } ?? 80
    }
}

/// The results (stdout) and the messages (stderr) of a command, gathered and written at its end with one call each, or
/// as they come by a command that goes on.
package final class Output {
    /// Where they go to.
    package enum Sink {
        case results, messages
    }

    /// That nobody reads the results any more, so that nothing is left to be done.
    package struct ReaderGone: Error {}

    /// The program's name, before each message.
    package let program: String
    /// What the results are shown on.
    package var terminal: Terminal
    /// The results so far.
    private(set) var results: [UInt8] = []
    /// The messages so far.
    private(set) var messages: [UInt8] = []

    /// The descriptor of the results, to be told when nobody reads it any more; nil: there is none.
    package let descriptor: Int32?

    private let write: (_ bytes: [UInt8], _ sink: Sink) -> Int32?

    /// - Parameter write: writes all of the bytes, and gives the errno of a failure; to stdout and stderr where nothing
    ///   else is said.
    package init(
        program: String,
        terminal: Terminal,
        descriptor: Int32? = nil,
        write: @escaping (_ bytes: [UInt8], _ sink: Sink) -> Int32? = { bytes, sink in
            Output.write(bytes, to: sink == .results ? STDOUT_FILENO : STDERR_FILENO)
        }
    ) {
        self.program = program
        self.terminal = terminal
        self.descriptor = descriptor
        self.write = write
    }

    /// Adds a line to the results.
    package func line(_ text: String) {
        results += text.utf8
        results.append(UInt8(ascii: "\n"))
    }

    /// Adds bytes to the results as they are.
    package func write(_ bytes: [UInt8]) {
        results += bytes
    }

    /// Adds a line to the messages, with the program's name, safe on a terminal.
    package func message(_ text: String) {
        messages += "\(program): \(text.escaped)\n".utf8
    }

    /// Writes everything to stdout and stderr.
    ///
    /// - Returns: the errno where the results could not be written; that nobody reads them any more is no failure.
    package func flush() -> Int32? {
        let code = writeAll()
        return code == EPIPE ? nil : code
    }

    /// Writes everything so far, and goes on.
    ///
    /// - Throws: ``ReaderGone``, or ``Failure`` where the results can't be written.
    package func deliver() throws {
        guard let code = writeAll() else { return }
        guard code != EPIPE else { throw ReaderGone() }
        throw Failure(.failed, Output.unwritable(code))
    }

    /// The message for results that can't be written.
    package static func unwritable(_ code: Int32) -> String {
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return "The results can't be written: \(reason)."
    }

    private func writeAll() -> Int32? {
        let code = results.isEmpty ? nil : write(results, .results)
        if !messages.isEmpty { _ = write(messages, .messages) }
        results = []
        messages = []
        return code
    }

    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    // A terminal or a pipe that another program made non-blocking.
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
