package import Glibc

/// A directory of one test's own, removed at its end.
package struct ScratchDirectory: Sendable {
    package let path: String

    /// Makes it.
    ///
    /// It stands right below /tmp, since the path of a unix socket has room for 107 bytes only.
    package init() throws {
        var template = Array("/tmp/gaffer-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure.call("mkdtemp", "/tmp/gaffer-XXXXXX", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path of something in it.
    package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and makes it executable where it begins with `#!`.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8), mode: text.hasPrefix("#!") ? 0o755 : 0o644)
    }

    /// Writes a file of any bytes.
    @discardableResult
    package func write(_ name: String, bytes: [UInt8], mode: mode_t = 0o644) throws -> String {
        let path = self(name)
        // Written beside and renamed, so that a gafferd that reloads meanwhile never sees half of it.
        let new = path + ".new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure.call("open", new, errno: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure.call("write", new, errno: errno) }
            written += count
        }
        guard rename(new, path) == 0 else { throw Failure.call("rename", new, errno: errno) }
        return path
    }

    /// Makes a folder in it.
    @discardableResult
    package func makeFolder(_ name: String) throws -> String {
        guard mkdir(self(name), 0o755) == 0 else { throw Failure.call("mkdir", self(name), errno: errno) }
        return self(name)
    }

    /// The names of what stands in one of its folders, sorted; `.` is the directory itself.
    package func list(_ name: String = ".") -> [String] {
        directoryEntries(self(name)).sorted()
    }

    /// Whether something of that name is there.
    package func has(_ name: String) -> Bool { access(self(name), F_OK) == 0 }

    /// Removes it with all that is in it.
    package func remove() async throws {
        let remover = try Child("/bin/rm", ["-rf", path], environment: [:], directory: "/", streams: .init())
        try await remover.exit()
    }
}

/// All the bytes of a file; none where it can't be read, since a file that is not there yet is like an empty one to
/// everybody here who waits for its content.
package func readFile(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count == -1, errno == EINTR { continue }
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// A file's bytes as text.
package func readText(_ path: String) -> String { String(decoding: readFile(path), as: UTF8.self) }

/// The names in a directory, without `.` and `..`; none where it can't be read.
package func directoryEntries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// Where a symbolic link points to; nil where it can't be read.
package func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
}
