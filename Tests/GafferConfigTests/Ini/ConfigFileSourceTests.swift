import GafferConfig
import Glibc
import Testing

/// The real files and the fake ones have to behave alike, or the other tests prove nothing.
@Suite("Configuration files")
struct ConfigFileSourceTests {
    enum Kind: CaseIterable {
        case memory, system
    }

    private static let content = [
        "a.ini": "[a]", "conf/b.ini": "[b]", "conf/deep/er/c.ini": "[c]", "conf/notes.txt": "", "conf/.b.ini": "",
        "conf/.hidden/d.ini": "", "conf/z.ini": "",
    ]

    private func with(_ kind: Kind, _ body: (any ConfigFileSource, String) throws -> Void) throws {
        switch kind {
        case .memory:
            let files = Self.content.map { ("/x/\($0.key)", Array($0.value.utf8)) }
            try body(MemoryFiles(Dictionary(uniqueKeysWithValues: files)), "/x")
        case .system:
            let folder = try TemporaryFolder()
            for (name, text) in Self.content { try folder.write(name, text) }
            try body(SystemConfigFiles(), folder.path)
        }
    }

    private func expect<Value: Equatable>(
        _ value: Value,
        _ expected: Value,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(value == expected, sourceLocation: location)
    }

    @Test("A file has its content, and one that is missing none", arguments: Kind.allCases)
    func reads(kind: Kind) throws {
        try with(kind) { files, root in
            try expect(files.read("\(root)/conf/b.ini"), Array("[b]".utf8))
            try expect(files.read("\(root)/conf/../a.ini"), Array("[a]".utf8))
            try expect(files.read("\(root)/missing.ini"), nil)
            try expect(files.read("\(root)/missing/a.ini"), nil)
        }
    }

    @Test("Folders are told from files", arguments: Kind.allCases)
    func folders(kind: Kind) throws {
        try with(kind) { files, root in
            #expect(files.isFolder("\(root)/conf"))
            #expect(files.isFolder("\(root)/conf/"))
            #expect(!files.isFolder("\(root)/a.ini"))
            #expect(!files.isFolder("\(root)/missing"))
        }
    }

    @Test("All ini files below a folder are found, sorted, hidden ones left out", arguments: Kind.allCases)
    func finds(kind: Kind) throws {
        try with(kind) { files, root in
            let found = try files.iniFiles(below: "\(root)/conf")
            #expect(found == ["b.ini", "deep/er/c.ini", "z.ini"].map { "\(root)/conf/\($0)" })
            try expect(files.iniFiles(below: "\(root)/missing"), nil)
            try expect(files.iniFiles(below: "\(root)/a.ini"), nil)
        }
    }

    @Test("Two names of one file have one identity", arguments: Kind.allCases)
    func identities(kind: Kind) throws {
        try with(kind) { files, root in
            let identity = files.identity(of: "\(root)/a.ini")
            #expect(files.identity(of: "\(root)/conf/../a.ini") == identity)
            #expect(files.identity(of: "\(root)/./a.ini") == identity)
            #expect(files.identity(of: "\(root)/conf/b.ini") != identity)
        }
    }

    @Test("A folder that links to itself is gone through once")
    func circle() throws {
        let folder = try TemporaryFolder()
        try folder.write("conf/a.ini", "")
        try folder.link("conf/one", to: "..")
        try folder.link("conf/two", to: "../conf")
        let found = try SystemConfigFiles().iniFiles(below: "\(folder.path)/conf")
        #expect(found?.count == 1)
    }

    @Test("A file that links to another has its identity")
    func link() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.ini", "")
        try folder.link("b.ini", to: "a.ini")
        let files = SystemConfigFiles()
        #expect(files.identity(of: "\(folder.path)/b.ini") == files.identity(of: "\(folder.path)/a.ini"))
    }

    @Test("A folder that is read as a file says so, and an endless file is not read for ever")
    func refusals() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ConfigFileFailure.self) { try SystemConfigFiles().read(folder.path) }
        #expect(throws: ConfigFileFailure.self) { try SystemConfigFiles().read("/dev/zero") }
    }

    @Test("A folder that can't be read is an error, never an empty one", .enabled(if: geteuid() != 0))
    func closedFolder() throws {
        let folder = try TemporaryFolder()
        try folder.write("conf/closed/a.ini", "")
        chmod("\(folder.path)/conf/closed", 0)
        #expect(throws: ConfigFileFailure.self) { try SystemConfigFiles().iniFiles(below: "\(folder.path)/conf") }
    }
}
