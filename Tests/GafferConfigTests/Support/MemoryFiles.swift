import GafferConfig

/// Files that exist in memory only; paths are those that the test writes.
struct MemoryFiles: ConfigFileSource {
    private let files: [String: [UInt8]]
    /// Files and folders that are there and can't be read.
    private let unreadable: Set<String>
    /// Names of further paths, as links make them.
    private let links: [String: String]

    init(_ files: [String: [UInt8]], unreadable: Set<String> = [], links: [String: String] = [:]) {
        self.files = files
        self.unreadable = unreadable
        self.links = links
    }

    func read(_ path: String) throws(ConfigFileFailure) -> [UInt8]? {
        let path = identity(of: path)
        guard !unreadable.contains(path) else { throw ConfigFileFailure(reason: "permission denied") }
        return files[path]
    }

    func isFolder(_ path: String) -> Bool {
        let folder = identity(of: path) + "/"
        return files.keys.contains { $0.hasPrefix(folder) } || unreadable.contains { $0.hasPrefix(folder) }
    }

    func iniFiles(below path: String) throws(ConfigFileFailure) -> [String]? {
        guard isFolder(path) else { return nil }
        let folder = identity(of: path) + "/"
        if let closed = unreadable.first(where: { $0.hasPrefix(folder) && !files.keys.contains($0) }) {
            throw ConfigFileFailure(reason: "\(closed): permission denied")
        }
        return files.keys.filter { $0.hasPrefix(folder) && $0.hasSuffix(".ini") && !$0.contains("/.") }.sorted()
    }

    func identity(of path: String) -> String {
        if let target = links[path] { return target }
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case ".." where !parts.isEmpty: parts.removeLast()
            default: parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
