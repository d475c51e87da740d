internal import Glibc

/// A connected stream socket; closed with the value that owns it.
struct Socket: ~Copyable {
    /// What a read gave.
    enum Received {
        /// So many bytes; 0: the peer sends no more.
        case bytes(Int)
        /// The deadline came first.
        case timedOut
        /// It failed for this reason.
        case failed(Failure)
    }

    /// Why nothing more can be sent or received.
    struct Failure: Error, Hashable {
        /// The errno of the system call that failed, or the nearest one.
        let errno: Int32
        /// What is wrong where the errno does not say it, in a few words without a full stop.
        var reason: String?

        /// The system's words, or the better ones.
        var text: String { reason ?? Socket.describe(errno) }
    }

    /// The descriptor, to be waited for beside others; it stays the socket's.
    let descriptor: Int32

    /// Takes a descriptor over.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of `bytes`.
    ///
    /// - Returns: the failure, with `ETIMEDOUT` where the deadline came first; nil: all is sent.
    borrowing func send(_ bytes: [UInt8], until deadline: Deadline) -> Failure? {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                // A peer that is gone is told by EPIPE, not by a signal that would end the program.
                let count = Glibc.send(
                    descriptor,
                    rest.baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                )
                if count >= 0 {
                    sent += count
                } else if errno == EAGAIN {
                    switch wait(for: POLLOUT, until: deadline) {
                    case .bytes: break
                    case .timedOut: return Failure(errno: ETIMEDOUT)
                    case .failed(let failure): return failure
                    }
                } else if errno != EINTR {
                    return Failure(errno: errno)
                }
            }
            return nil
        }
    }

    /// Reads what has come, waiting for something.
    borrowing func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline) -> Received {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                switch wait(for: POLLIN, until: deadline) {
                case .bytes: continue
                case .timedOut: return .timedOut
                case .failed(let failure): return .failed(failure)
                }
            case let code: return .failed(Failure(errno: code))
            }
        }
    }

    borrowing func wait(for event: Int32, until deadline: Deadline) -> Received {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.remainingMilliseconds)
            if count > 0 { return .bytes(0) }
            if count == 0 { return .timedOut }
            if errno != EINTR { return .failed(Failure(errno: errno)) }
        }
    }
}
