internal import Glibc
internal import Synchronization

/// Where the handler of ``SignalPipe`` writes to; -1: nowhere.
private let writingEnd = Atomic<Int32>(-1)

/// Signals that come as bytes of a pipe, to be waited for beside other descriptors.
///
/// There is one at a time; the signals are as they were before when it goes.
package final class SignalPipe {
    /// Can be read once a signal has come.
    package let descriptor: Int32

    private let writer: Int32
    private let signals: [Int32]
    private var earlier: [sigaction] = []

    /// Catches signals.
    ///
    /// - Throws: ``Failure`` where there is no pipe to be had.
    package init(_ signals: [Int32]) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(.failed, "A pipe can't be made: error \(errno).")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writer = ends[1]
        self.signals = signals
        // Made before a handler needs it: that may not wait for anything.
        writingEnd.store(ends[1], ordering: .sequentiallyConsistent)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(writingEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
            errno = before
        }
        for signal in signals {
            var old = sigaction()
            sigaction(signal, &action, &old)
            earlier.append(old)
        }
    }

    deinit {
        for (signal, var old) in zip(signals, earlier) { sigaction(signal, &old, nil) }
        writingEnd.store(-1, ordering: .sequentiallyConsistent)
        close(descriptor)
        close(writer)
    }

    /// The signal that has come; nil: none.
    package func next() -> Int32? {
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
    }
}
