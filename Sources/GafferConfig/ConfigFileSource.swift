internal import Glibc

/// Where configuration files come from; the tests have one in memory.
package protocol ConfigFileSource: Sendable {
    /// The content of a file; nil: there is none.
    ///
    /// - Throws: ``ConfigFileFailure`` where it is there and can't be read.
    func read(_ path: String) throws(ConfigFileFailure) -> [UInt8]?
    func isFolder(_ path: String) -> Bool
    /// The paths of all `*.ini` files in a folder and those below it, sorted; nil: there is no such folder.
    ///
    /// - Throws: ``ConfigFileFailure`` where a folder can't be read: its files must not be taken for gone.
    func iniFiles(below path: String) throws(ConfigFileFailure) -> [String]?
    /// The one path of the file that is named, links and `..` resolved; the path itself where there is none.
    func identity(of path: String) -> String
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
            throw .system()
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system()
            }
            content.append(contentsOf: buffer[..<count])
            guard content.count <= Self.limit else { throw ConfigFileFailure(reason: "it is longer than 16 MiB") }
        }
    }

    package func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package func iniFiles(below path: String) throws(ConfigFileFailure) -> [String]? {
        guard isFolder(path) else { return nil }
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var seen: Set<String> = []
        return try files(below: path, seen: &seen).sorted()
    }

    package func identity(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// - Parameter seen: the folders that were looked into: a link may lead back up.
    private func files(below path: String, seen: inout Set<String>) throws(ConfigFileFailure) -> [String] {
        guard seen.insert(identity(of: path)).inserted else { return [] }
        guard let folder = opendir(path) else { throw .system(path) }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Hidden ones are editors' leftovers.
            guard !name.hasPrefix(".") else { continue }
            let child = path == "/" ? "/\(name)" : "\(path)/\(name)"
            if isFolder(child) {
                found += try files(below: child, seen: &seen)
            } else if name.hasSuffix(".ini") {
                found.append(child)
            }
        }
        return found
    }
}

extension ConfigFileFailure {
    /// What errno says, of the path where it is not the one that was asked for.
    fileprivate static func system(_ path: String? = nil) -> ConfigFileFailure {
        let reason = String(cString: strerror(errno)).lowercased()
        return ConfigFileFailure(reason: path.map { "\($0): \(reason)" } ?? reason)
    }
}
