import Glibc
import Testing

@testable import GafferSystem

@Suite("The program of a spawn")
struct SpawnSearchTests {
    private static let says = "#!/bin/sh\necho "

    @Test("is looked for in the folders of PATH, past those that don't hold it or deny it")
    func searchPath() throws {
        let folder = try TemporaryFolder()
        try folder.folder("empty")
        try folder.folder("denied")
        try folder.file("denied/tool", Self.says + "denied", mode: 0o644)
        try folder.folder("good")
        try folder.program("good/tool", Self.says + "found")
        try folder.folder("later")
        try folder.program("later/tool", Self.says + "later")
        try folder.file("file")
        let folders = ["empty", "missing", "file", "denied", "good", "later"].map { "\(folder.path)/\($0)" }

        let request = SpawnRequest(program: "tool", searchPath: folders.joined(separator: ":"))
        #expect(try run(request).lines == ["found"])
    }

    @Test("is looked for in PATH of its own environment, where nothing else is said")
    func environmentPath() throws {
        let folder = try TemporaryFolder()
        try folder.program("tool", Self.says + "mine")
        let request = SpawnRequest(program: "tool", environment: ["PATH=/nowhere", "PATH=\(folder.path)"])
        #expect(try run(request).lines == ["mine"])
        #expect(try run(SpawnRequest(program: "echo", arguments: ["usual"])).lines == ["usual"])
    }

    @Test("is taken from the new working directory where its path is relative", arguments: ["./tool", "sub/tool"])
    func relative(program: String) throws {
        let folder = try TemporaryFolder()
        try folder.folder("sub")
        try folder.program("tool", Self.says + "./tool")
        try folder.program("sub/tool", Self.says + "sub/tool")
        let request = SpawnRequest(program: program, workingDirectory: folder.path)
        #expect(try run(request).lines == [program])
    }

    @Test("is taken from the working directory where PATH has an empty folder")
    func emptyFolder() throws {
        let folder = try TemporaryFolder()
        try folder.program("tool", Self.says + "here")
        let request = SpawnRequest(program: "tool", searchPath: "/nowhere:", workingDirectory: folder.path)
        #expect(try run(request).lines == ["here"])
    }

    @Test("that is only found where it may not be executed is denied, not missing")
    func denied() throws {
        let folder = try TemporaryFolder()
        try folder.file("tool", Self.says + "never", mode: 0o644)
        let path = "\(folder.path):/nowhere"
        #expect(throws: SpawnFailure(step: .exec, errno: EACCES, program: "tool")) {
            try run(SpawnRequest(program: "tool", searchPath: path))
        }
        #expect(throws: SpawnFailure(step: .exec, errno: ENOENT, program: "other")) {
            try run(SpawnRequest(program: "other", searchPath: path))
        }
    }
}
