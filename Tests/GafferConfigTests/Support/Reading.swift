import GafferConfig
import GafferModel
import Testing

/// Reads configurations in memory, on a machine with a user `web` and a group `www`.
enum Reading {
    static let path = "/etc/gaffer/gafferd.ini"
    static let environment = ["HOME": "/root", "LANG": "C.UTF-8"]

    static let accounts = ConfigReader.Accounts(userExists: { $0 == "web" }, groupExists: { $0 == "www" })

    static func load(_ files: MemoryFiles, inherited: [String: String] = environment) throws -> DaemonConfig {
        try ConfigReader.load(
            ConfigLocation.resolve(named: path, environment: [:], isRoot: true),
            files: files,
            accounts: accounts,
            inherited: inherited
        )
    }

    /// Reads one text, and other files that it includes.
    static func load(_ text: String, _ others: [String: String] = [:]) throws -> DaemonConfig {
        try load(files(text, others))
    }

    /// What is wrong with a text.
    static func errors(_ text: String, _ others: [String: String] = [:]) -> [ConfigError] {
        errors(files(text, others))
    }

    static func errors(_ files: MemoryFiles) -> [ConfigError] {
        do {
            _ = try load(files)
            return []
        } catch {
            return (error as? ConfigErrors)?.errors ?? []
        }
    }

    /// The one job of a section with these lines below its `cmd = /bin/true`.
    static func job(_ lines: String) throws -> JobConfig {
        let config = try load("[process:one]\ncmd = /bin/true\n" + lines)
        return try #require(config.jobs.first).config
    }

    /// What is wrong with a section with these lines below its `cmd = /bin/true`; the first of them is line 3.
    static func jobErrors(_ lines: String) -> [ConfigError] {
        errors("[process:one]\ncmd = /bin/true\n" + lines)
    }

    private static func files(_ text: String, _ others: [String: String]) -> MemoryFiles {
        MemoryFiles(others.mapValues { Array($0.utf8) }.merging([path: Array(text.utf8)]) { _, new in new })
    }
}

extension [ConfigError] {
    /// As `gafferd.ini:3 numprocesses`, to be compared with what a test expects.
    var places: [String] {
        map { error in
            let file = error.file.split(separator: "/").last.map(String.init) ?? error.file
            return ["\(file):\(error.line)", error.key].compactMap { $0 }.joined(separator: " ")
        }
    }
}
