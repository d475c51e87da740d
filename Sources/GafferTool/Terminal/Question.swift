internal import GafferModel
internal import Glibc
internal import WebClient

/// Questions to the user, and secrets that are not given on the command line.
package struct Question {
    private let input: Int32

    /// The most bytes of a line.
    private static let longest = 4_096

    package init(_ environment: Environment) {
        input = environment.input
    }

    /// Whether there is somebody to be asked.
    package var isTerminal: Bool { isatty(input) == 1 }

    /// Asks on the terminal, or takes the next line of the standard input.
    ///
    /// - Throws: ``Failure`` where the line is missing, empty or too long, or the user gave up.
    package func ask(_ question: String, isHidden: Bool, output: Output) throws -> String {
        guard isTerminal else { return try line(after: nil) }
        _ = output.flush()
        // A signal has to end the question, not the program, which would leave the terminal without echo.
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
        let mode = isHidden ? TerminalMode(input) { $0.c_lflag &= ~tcflag_t(ECHO) } : nil
        // Only now: who answers at once must not see the answer.
        tell("\(question): ")
        defer {
            withExtendedLifetime(mode) {}
            // The one that ended the line was not shown.
            if isHidden { tell("\n") }
        }
        return try line(after: signals)
    }

    /// Asks for a new password; on a terminal twice.
    ///
    /// - Throws: ``Failure`` where both differ, or one is missing.
    package func newPassword(of user: String, output: Output) throws -> String {
        let password = try ask("Password of \(user.escaped)", isHidden: true, output: output)
        guard isTerminal else { return password }
        guard try ask("Once more", isHidden: true, output: output) == password else {
            throw Failure(.usage, "The passwords differ.")
        }
        return password
    }

    /// Asks whether something is to be done; an empty line means that it is not.
    ///
    /// Only a terminal is asked: who calls has looked at ``isTerminal``.
    ///
    /// - Throws: ``Failure`` where the line is too long, ``Interrupted``.
    package func confirm(_ question: String, output: Output) throws -> Bool {
        _ = output.flush()
        tell("\(question.escaped) [y/N]: ")
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
        let answer = try line(after: signals, mayBeEmpty: true).trimmed.lowercased()
        return answer == "y" || answer == "yes"
    }

    private func line(after signals: SignalPipe?, mayBeEmpty: Bool = false) throws -> String {
        var line: [UInt8] = []
        while true {
            if let signals {
                _ = Readiness.wait(for: [input, signals.descriptor])
                if let signal = signals.next() { throw Interrupted(signal: signal) }
            }
            var byte: UInt8 = 0
            // One by one, so that nothing is taken of what follows the line.
            let count = read(input, &byte, 1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count <= 0 || byte == UInt8(ascii: "\n") { break }
            line.append(byte)
            guard line.count <= Self.longest else {
                throw Failure(.usage, "The line is longer than \(Self.longest) bytes.")
            }
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw Failure(.usage, "The line is no UTF-8.")
        }
        guard mayBeEmpty || !text.isEmpty else { throw Failure(.usage, "Nothing was given.") }
        return text
    }

    private func tell(_ text: String) {
        _ = Output.write(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// The user ended the program by a signal, as Ctrl-C.
package struct Interrupted: Error {
    package let signal: Int32
}
