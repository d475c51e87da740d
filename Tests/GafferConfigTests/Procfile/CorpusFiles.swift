import GafferConfig
import GafferModel
import Glibc
import Testing

/// The files next to this one: the corpus, and what honcho and foreman made of it.
enum CorpusFiles {
    /// How a reader took a file.
    enum Reading: Equatable {
        case entries([[String]])
        case variables([String: String])
        case refused
    }

    static func path(_ name: String) -> String {
        var folders = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        folders.removeLast()
        return folders.joined(separator: "/") + "/" + name
    }

    static func read(_ name: String) throws -> [UInt8] {
        try #require(SystemFile.read(path(name)), "\(name) can't be read")
    }

    /// The names in a folder of the corpus.
    static func names(_ folder: String) throws -> [String] {
        let folder = try #require(opendir(path(folder)))
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func procfile(_ name: String) throws -> ApplicationSources.Text {
        ApplicationSources.Text(file: name, content: try read("Corpus/Procfiles/\(name)"))
    }

    /// The file of that name, or those in the folder of that name.
    static func environment(_ name: String) throws -> [ApplicationSources.Text] {
        let path = "Corpus/Environments/\(name)"
        guard SystemConfigFiles().isFolder(Self.path(path)) else {
            return [ApplicationSources.Text(file: name, content: try read(path))]
        }
        return try names(path).map {
            ApplicationSources.Text(file: "\(name)/\($0)", content: try read("\(path)/\($0)"))
        }
    }

    /// What another program made of the corpus, by name.
    static func recorded(_ program: Peer, _ kind: Difference.Kind) throws -> [String: Reading] {
        let json = try JSON(parsing: read("Recorded/\(program.rawValue).json"))
        let results = try #require(json[kind.rawValue]?.objectValue)
        var readings: [String: Reading] = [:]
        for member in results { readings[member.name] = try reading(member.value) }
        return readings
    }

    private static func reading(_ json: JSON) throws -> Reading {
        switch json["result"] {
        case .array(let entries)?:
            return .entries(entries.map { entry in entry.arrayValue?.compactMap(\.stringValue) ?? [] })
        case .object(let members)?:
            return .variables(members.reduce(into: [:]) { $0[$1.name] = $1.value.stringValue })
        default:
            _ = try #require(json["error"]?.stringValue)
            return .refused
        }
    }
}
