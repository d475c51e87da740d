import Glibc

/// A named pipe by which a test holds a child back.
///
/// The child opens it both ways before it says that it is ready (`exec 3<>PATH`), so that what the test writes is kept
/// for it, and then waits by `read go <&3`.
package struct Barrier: Sendable {
    package let path: String

    /// Lets one reader go on.
    package func release() throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure.call("open", path, errno: errno) }
        defer { close(descriptor) }
        guard write(descriptor, "go\n", 3) == 3 else { throw Failure.call("write", path, errno: errno) }
    }
}

extension ScratchDirectory {
    /// Makes a barrier.
    package func makeBarrier(_ name: String) throws -> Barrier {
        let path = self(name)
        guard mkfifo(path, 0o600) == 0 else { throw Failure.call("mkfifo", path, errno: errno) }
        return Barrier(path: path)
    }
}
