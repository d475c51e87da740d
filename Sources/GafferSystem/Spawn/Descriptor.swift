internal import CGafferSystem
internal import Glibc

/// The owner of a file descriptor: it is closed when its owner goes.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as its owner lives.
    package let rawValue: Int32

    /// Becomes the owner of an open descriptor.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Never repeated: Linux has closed it even where it says EINTR.
        _ = Glibc.close(rawValue)
    }

    /// Hands the number out; whoever takes it closes it.
    package consuming func take() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// Closes it now.
    package consuming func close() {}

    /// Makes reads and writes return at once (`EAGAIN`), or wait, for everybody who shares the open file.
    package borrowing func setNonBlocking(_ enabled: Bool) throws(SystemError) {
        let number = rawValue
        try SystemError.check("fcntl") { gaffer_set_nonblocking(number, enabled ? 1 : 0) }
    }
}

/// Both ends of a pipe, close-on-exec.
package struct Pipe: ~Copyable, Sendable {
    package var readEnd: Descriptor
    package var writeEnd: Descriptor

    /// Makes a pipe whose ends block.
    ///
    /// Where only our end must not block, ``Descriptor/setNonBlocking(_:)`` makes it so: the two ends don't share it.
    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        try SystemError.check("pipe2") { gaffer_pipe(&ends, 0) }
        readEnd = Descriptor(owning: ends[0])
        writeEnd = Descriptor(owning: ends[1])
    }

    /// Closes the end for writing and hands the other one out.
    package consuming func takeReadEnd() -> Descriptor {
        readEnd
    }

    /// Closes the end for reading and hands the other one out.
    package consuming func takeWriteEnd() -> Descriptor {
        writeEnd
    }

    /// Hands both numbers out; whoever takes them closes them.
    package consuming func take() -> (readEnd: Int32, writeEnd: Int32) {
        (readEnd.take(), writeEnd.take())
    }
}
