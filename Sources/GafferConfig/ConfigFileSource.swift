internal import Glibc

/// Where configuration files come from; the tests have one in memory.
package protocol ConfigFileSource: Sendable {
    /// The content of a file; nil: there is none.
    ///
    /// - Throws: ``ConfigFileFailure`` where it is there and can't be read.
    func read(_ path: String) throws(ConfigFileFailure) -> [UInt8]?
    func isFolder(_ path: String) -> Bool
    /// The paths of all `*.ini` files in a folder and those below it, sorted; nil: there is no such folder.
    func iniFiles(below path: String) -> [String]?
}

/// Why a file can't be read, as `permission denied`.
package struct ConfigFileFailure: Error, Sendable, Hashable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// The real files.
package struct SystemConfigFiles: ConfigFileSource {
    /// The longest file that is read, in bytes.
    static let limit = 16 << 20

    package init() {}

    package func read(_ path: String) throws(ConfigFileFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConfigFileFailure(reason: String(cString: strerror(errno)).lowercased())
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw ConfigFileFailure(reason: String(cString: strerror(errno)).lowercased())
            }
            content.append(contentsOf: buffer[..<count])
            guard content.count <= Self.limit else { throw ConfigFileFailure(reason: "it is longer than 16 MiB") }
        }
    }

    package func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package func iniFiles(below path: String) -> [String]? {
        files(below: path, depth: 0)?.sorted()
    }

    private func files(below path: String, depth: Int) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Hidden ones are editors' leftovers.
            guard !name.hasPrefix(".") else { continue }
            let child = "\(path)/\(name)"
            if isFolder(child) {
                // A link that leads back up would never end.
                if depth < 8 { found += files(below: child, depth: depth + 1) ?? [] }
            } else if name.hasSuffix(".ini") {
                found.append(child)
            }
        }
        return found
    }
}
