internal import Glibc

extension Transport {
    /// Reads once, and gives an answer what came.
    ///
    /// - Parameters:
    ///   - parser: takes the bytes, and the end of the connection.
    ///   - sendFailure: why not all of the request went out, to be told where no answer comes.
    /// - Returns: the bytes after the end of the answer.
    /// - Throws: ``WebError``, of the code `timedOut` where nothing came until the deadline.
    borrowing func read(
        into parser: inout ResponseParser,
        _ endpoint: Endpoint,
        until deadline: Deadline,
        sendFailure: Socket.Failure? = nil
    ) throws(WebError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        let count: Int
        switch receive(into: buffer, until: deadline) {
        case .bytes(let number): count = number
        case .timedOut: throw WebError(.timedOut, "\(endpoint) did not answer in time.")
        case .failed(let failure): throw endpoint.lost(failure)
        }
        guard count > 0 || !parser.isUntouched else { throw endpoint.lost(sendFailure) }
        do throws(ResponseParser.Failure) {
            guard count > 0 else {
                try parser.endOfInput()
                return []
            }
            let used = try parser.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return Array(buffer[used..<count])
        } catch {
            throw endpoint.unreadable(error)
        }
    }
}

extension Endpoint {
    /// An answer that breaks the rules.
    func unreadable(_ failure: ResponseParser.Failure) -> WebError {
        WebError(
            failure.isTooLarge ? .tooLarge : .malformed,
            "The answer of \(self) can't be read: \(failure.reason)."
        )
    }

    /// A connection that ended before its answer.
    func lost(_ failure: Socket.Failure?) -> WebError {
        if let failure, failure.errno == ETIMEDOUT {
            return WebError(.timedOut, "\(self) did not take the request in time.", errno: failure.errno)
        }
        if let failure, let reason = failure.reason {
            return WebError(.untrusted, "The TLS connection to \(self) failed: \(reason).", errno: failure.errno)
        }
        let reason = failure.map { ": \($0.text)" } ?? ""
        return WebError(
            .closed,
            "\(self) closed the connection without an answer\(reason).",
            errno: failure?.errno
        )
    }
}
