internal import Glibc

/// A directory of one test's own, gone with the value that owns it.
package final class TemporaryDirectory: Sendable {
    /// Its path, short enough for a socket within it.
    package let path: String

    /// Makes one.
    package init() {
        var template = Array("/tmp/gaffer-web-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp failed with errno \(errno).") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // Tests put only files into it.
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink("\(path)/\(name)") }
            }
            closedir(directory)
        }
        rmdir(path)
    }

    /// Writes a file and gives its path.
    package func write(_ text: String, to name: String) -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { preconditionFailure("\(file) can't be written: errno \(errno).") }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            preconditionFailure("\(file) can't be written: errno \(errno).")
        }
        close(descriptor)
        return file
    }
}
