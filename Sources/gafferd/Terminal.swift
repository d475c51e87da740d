internal import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// Where the signals are told that end a question; -1: nowhere.
private let interruption = Atomic<Int32>(-1)

/// Questions to whoever started the program.
enum Terminal {
    /// Whether there is somebody to ask on stdin.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

    /// Asks, and reads a line; nil where the user gave up (Ctrl-C, Ctrl-D).
    ///
    /// - Parameter isHidden: what is typed is not shown.
    static func ask(_ question: String, isHidden: Bool) throws -> [UInt8]? {
        guard isHidden else {
            tell(question)
            return try line(of: STDIN_FILENO)
        }
        var before = termios()
        try SystemError.check("tcgetattr") { tcgetattr(STDIN_FILENO, &before) }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // A signal has to end the question, not the program, which would leave the terminal without echo; and by a pipe,
        // since it may come before anything is read, and to another thread.
        let pipe = try Pipe().take()
        interruption.store(pipe.writeEnd, ordering: .sequentiallyConsistent)
        var interrupting = sigaction()
        interrupting.__sigaction_handler.sa_handler = { _ in
            let before = errno
            var byte: UInt8 = 0
            _ = write(interruption.load(ordering: .sequentiallyConsistent), &byte, 1)
            errno = before
        }
        let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
        let actions = signals.map { signal in
            var old = sigaction()
            sigaction(signal, &interrupting, &old)
            return old
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            for (signal, var old) in zip(signals, actions) { sigaction(signal, &old, nil) }
            interruption.store(-1, ordering: .sequentiallyConsistent)
            close(pipe.readEnd)
            close(pipe.writeEnd)
            // The one that ended the line was not shown.
            tell("\n")
        }
        try SystemError.check("tcsetattr") { tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) }
        // Whoever answers at once must neither be shown nor lose the answer.
        tell(question)
        return try line(of: STDIN_FILENO, until: pipe.readEnd)
    }

    /// The first line of what can be read, without its end; nil where there is nothing, or `end` can be read before.
    ///
    /// - Throws: ``SystemError``; ``GafferError`` (`bad_request`) where it is longer than a password may be.
    static func line(of descriptor: Int32, until end: Int32 = -1) throws -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var entries = [descriptor, end].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, 2, -1) >= 0 || errno == EINTR else { throw SystemError("poll") }
            if entries[1].revents != 0 { return nil }
            guard entries[0].revents != 0 else { continue }
            // One by one, so that nothing is taken of what follows the line.
            let count = read(descriptor, &byte, 1)
            guard count >= 0 else { throw SystemError("read") }
            if count == 0, line.isEmpty { return nil }
            if count == 0 || byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
            guard line.count <= Password.maximumLength else {
                throw GafferError(.badRequest, "The line is longer than \(Password.maximumLength) bytes.")
            }
        }
    }

    /// To stderr: what is asked is no part of the answer.
    private static func tell(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
