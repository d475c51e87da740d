internal import CGafferSystem
internal import Glibc

/// Whole files, by blocking calls: keep them off the shared threads.
package enum FileContent {
    /// Reads a file.
    ///
    /// - Throws: ``SystemError``; `EFBIG` where it is longer than `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = Descriptor(
            owning: try SystemError.check("open", on: path) { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        )
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let number = file.rawValue
            let count = try SystemError.check("read", on: path) { Glibc.read(number, &buffer, buffer.count) }
            if count == 0 { return content }
            guard content.count + count <= limit else { throw SystemError(errno: EFBIG, call: "read", what: path) }
            content.append(contentsOf: buffer[..<count])
        }
    }

    /// Puts a new file in the place of one, so that at every moment there is the old or the new one, whole.
    ///
    /// - Throws: ``SystemError``; then the old one is still there.
    package static func replace(_ path: String, with content: [UInt8], mode: UInt32) throws(SystemError) {
        let temporary = path + ".new"
        unlink(temporary)
        do {
            let file = Descriptor(
                owning: try SystemError.check("open", on: temporary) {
                    open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
                }
            )
            let number = file.rawValue
            var rest = content[...]
            while !rest.isEmpty {
                let count = try SystemError.check("write", on: temporary) {
                    rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
                }
                rest = rest.dropFirst(count)
            }
            try SystemError.check("fsync", on: temporary) { fsync(number) }
            try SystemError.check("rename", on: path) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
        // The new name has to be on the disk too.
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
