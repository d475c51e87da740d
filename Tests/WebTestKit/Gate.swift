internal import Glibc

/// Holds a thread of a scripted server until the test lets it go.
package final class Gate: Sendable {
    private let reader: Int32
    private let writer: Int32

    /// Makes a gate that is closed.
    package init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("A pipe can't be made: errno \(errno).") }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        close(reader)
        close(writer)
    }

    /// Waits until the gate has been opened once more.
    package func wait() {
        var byte: UInt8 = 0
        while read(reader, &byte, 1) < 0, errno == EINTR {}
    }

    /// Lets one wait go on.
    package func open() {
        var byte: UInt8 = 0
        while write(writer, &byte, 1) < 0, errno == EINTR {}
    }
}
