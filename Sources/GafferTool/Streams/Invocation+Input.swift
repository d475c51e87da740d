internal import Glibc

extension Invocation {
    /// Reads what has come on the standard input, waiting for something.
    ///
    /// - Returns: the bytes; nil at its end.
    /// - Throws: ``Failure``.
    package func readInput(atMost count: Int) throws(Failure) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        while true {
            let number = read(environment.input, &buffer, count)
            if number > 0 { return Array(buffer[..<number]) }
            if number == 0 { return nil }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var entry = pollfd(fd: environment.input, events: Int16(POLLIN), revents: 0)
                poll(&entry, 1, -1)
            case let code:
                let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
                throw Failure(.failed, "The standard input can't be read: \(reason).")
            }
        }
    }
}
