import GafferConfig
import Testing

@Suite("Which configuration is read")
struct ConfigLocationTests {
    @Test(
        "The command line comes first, then the environment, then the default",
        arguments: [
            ("/a.ini", ["GAFFERD_CONFIG": "/b.ini"], true, "/a.ini", true),
            (nil, ["GAFFERD_CONFIG": "/b.ini"], true, "/b.ini", true),
            (nil, ["GAFFERD_CONFIG": ""], true, "/etc/gaffer/gafferd.ini", false),
            (nil, [:], true, "/etc/gaffer/gafferd.ini", false),
            (nil, ["HOME": "/home/a"], false, "/home/a/.config/gaffer/gafferd.ini", false),
            (nil, ["HOME": "/home/a", "XDG_CONFIG_HOME": "/c"], false, "/c/gaffer/gafferd.ini", false),
            (
                nil, ["HOME": "/home/a", "XDG_CONFIG_HOME": "relative"], false, "/home/a/.config/gaffer/gafferd.ini",
                false
            ),
            (nil, ["HOME": "/root", "XDG_CONFIG_HOME": "/c"], true, "/etc/gaffer/gafferd.ini", false),
        ] as [(String?, [String: String], Bool, String, Bool)]
    )
    func location(named: String?, environment: [String: String], isRoot: Bool, path: String, mustExist: Bool) {
        let location = ConfigLocation.resolve(named: named, environment: environment, isRoot: isRoot)
        #expect(location?.path == path)
        #expect(location?.mustExist == mustExist)
    }

    @Test("A user without a home has no default")
    func homeless() {
        #expect(ConfigLocation.resolve(named: nil, environment: [:], isRoot: false) == nil)
    }

    private func load(_ location: ConfigLocation?, _ files: MemoryFiles) throws -> DaemonConfig {
        try ConfigReader.load(location, files: files, accounts: Reading.accounts, inherited: [:])
    }

    @Test("A file, or a folder that holds gafferd.ini, can be named", arguments: ["/x/gafferd.ini", "/x", "/x/"])
    func fileOrFolder(path: String) throws {
        let files = MemoryFiles(["/x/gafferd.ini": Array("[gaffer]\npidfile = /p".utf8)])
        let location = ConfigLocation.resolve(named: path, environment: [:], isRoot: true)
        #expect(try load(location, files).pidfile == "/p")
    }

    @Test("A named file that is missing is an error that names it", arguments: ["/y.ini", "/x"])
    func missing(path: String) throws {
        let files = MemoryFiles(["/x/other.ini": []])
        let location = ConfigLocation.resolve(named: path, environment: [:], isRoot: true)
        let errors = try #require(throws: ConfigErrors.self) { try load(location, files) }
        #expect(errors.description.hasPrefix(path))
    }

    @Test("A default file that is missing is none")
    func missingDefault() throws {
        let location = ConfigLocation.resolve(named: nil, environment: [:], isRoot: true)
        #expect(try load(location, MemoryFiles([:])) == DaemonConfig())
        #expect(try load(nil, MemoryFiles([:])) == DaemonConfig())
    }

    @Test("A default file that can't be read is an error")
    func unreadableDefault() {
        let location = ConfigLocation.resolve(named: nil, environment: [:], isRoot: true)
        #expect(throws: ConfigErrors.self) {
            try load(location, MemoryFiles([:], unreadable: ["/etc/gaffer/gafferd.ini"]))
        }
    }
}
