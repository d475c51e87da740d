import ProgramTestKit

/// Where the project's own files are.
enum Project {
    /// Its top folder.
    static let folder: String = {
        // This file stands in Tests/SystemdTests/Harness; by its real path, since a machine sees no links of ours.
        var path = realPath(#filePath)[...]
        for _ in 0..<4 { path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        return String(path)
    }()

    /// The text of one of its files.
    static func text(_ path: String) throws -> String {
        let text = readText("\(folder)/\(path)")
        guard !text.isEmpty else { throw Failure("there is no \(folder)/\(path)") }
        return text
    }

    /// A script of the machines.
    static func script(_ name: String) -> String { "\(folder)/Tests/SystemdTests/Machine/\(name)" }

    /// The folders that the programs under test need, besides those that every machine has: themselves, and the Swift
    /// runtime that they were linked to.
    static func neededFolders() throws -> [String] {
        var folders: Set<String> = [folder, try Programs.folder()]
        for library in swiftLibraries() { folders.insert(library) }
        return folders.sorted()
    }

    /// The folders that this process has Swift's libraries from.
    static func swiftLibraries() -> Set<String> {
        let paths = readText("/proc/self/maps").split(separator: "\n").compactMap { line -> Substring? in
            guard let slash = line.firstIndex(of: "/"), line.contains("/libswift") else { return nil }
            return line[slash...]
        }
        return Set(paths.compactMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } })
    }
}
