internal import CGafferSystem
internal import Glibc

/// The border to files: `write(2)` and what goes with it, so that tests can have a disk that is full or hangs.
package protocol ByteWriter: Sendable {
    /// Writes some bytes to an open file; how many it took, or the negative errno.
    func write(_ bytes: ByteView, to descriptor: Int32) -> Int
    /// Opens a file to append to it, made with mode 0640 where it is not there; or the negative errno.
    func open(_ path: String) -> Int32
    /// Gives a file another name, in place of one that has it; 0 or the negative errno.
    func rename(_ path: String, to newPath: String) -> Int32
}

/// The real files.
package struct SystemWriter: ByteWriter {
    package init() {}

    package func write(_ bytes: ByteView, to descriptor: Int32) -> Int {
        while true {
            let count = Glibc.write(descriptor, bytes.buffer.baseAddress, bytes.count)
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }

    package func open(_ path: String) -> Int32 {
        while true {
            let descriptor = gaffer_open_for_appending(path, 0o640)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { return -errno }
        }
    }

    package func rename(_ path: String, to newPath: String) -> Int32 {
        Glibc.rename(path, newPath) == 0 ? 0 : -errno
    }
}
