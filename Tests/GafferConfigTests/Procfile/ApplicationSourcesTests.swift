import GafferConfig
import Testing

@Suite("The files of an application")
struct ApplicationSourcesTests {
    private static let files = MemoryFiles([
        "/srv/shop/Procfile": Array("web: x".utf8), "/srv/shop/.env": Array("A=1".utf8),
        "/srv/shop/Procfile.dev": Array("web: dev".utf8), "/srv/shop/dev.env": Array("A=2".utf8),
        "/srv/other/Procfile": Array("web: other".utf8), "/srv/none/x": [],
    ])

    private func read(
        _ procfile: String? = nil,
        folder: String? = nil,
        env: [String] = [],
        from current: String = "/srv/shop"
    ) throws -> ApplicationSources {
        try ApplicationSources.read(
            procfile: procfile,
            folder: folder,
            environment: env,
            currentFolder: current,
            files: Self.files
        )
    }

    struct Row: Sendable {
        var procfile: String?
        var folder: String?
        var env: [String] = []
        var from = "/srv/shop"
        /// The Procfile, then the files of variables.
        var files: [String]
        var expected = "/srv/shop"
    }

    @Test(
        "Which files are read, how they are named, and which folder is the application's",
        arguments: [
            Row(files: ["Procfile", ".env"]),
            Row(procfile: "Procfile.dev", files: ["Procfile.dev", ".env"]),
            Row(env: ["dev.env"], files: ["Procfile", ".env", "dev.env"]),
            Row(env: ["dev.env", ".env"], files: ["Procfile", "dev.env", ".env"]),
            Row(env: ["./.env"], files: ["Procfile", "./.env"]),
            Row(folder: "shop", from: "/srv", files: ["shop/Procfile", "shop/.env"]),
            Row(folder: "./shop/", from: "/srv", files: ["./shop/Procfile", "./shop/.env"]),
            Row(folder: "../shop", from: "/srv/other", files: ["../shop/Procfile", "../shop/.env"]),
            Row(folder: "/srv/other", files: ["/srv/other/Procfile"], expected: "/srv/other"),
            Row(folder: ".", files: ["./Procfile", "./.env"]),
            Row(procfile: "../other/Procfile", files: ["../other/Procfile"], expected: "/srv/other"),
            Row(procfile: "/srv/shop/Procfile", from: "/", files: ["/srv/shop/Procfile", "/srv/shop/.env"]),
            Row(procfile: "Procfile.dev", folder: "/srv/other", files: ["Procfile.dev"], expected: "/srv/other"),
        ]
    )
    func files(row: Row) throws {
        let sources = try read(row.procfile, folder: row.folder, env: row.env, from: row.from)
        #expect([sources.procfile.file] + sources.environment.map(\.file) == row.files)
        #expect(sources.folder == row.expected)
    }

    @Test("What is missing or can't be read is told by name, all of it")
    func missing() {
        func errors(_ body: () throws -> ApplicationSources) -> String {
            do {
                _ = try body()
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(errors { try read(from: "/srv/none") } == "Procfile: There is no such file.")
        #expect(errors { try read(folder: "/srv/nowhere") } == "/srv/nowhere: There is no such folder.")
        #expect(
            errors { try read("Procfile.x", env: ["a.env", "dev.env"]) }
                == "Procfile.x: There is no such file.\na.env: There is no such file."
        )
        let closed = MemoryFiles(["/app/Procfile": []], unreadable: ["/app/.env"])
        #expect(
            errors { try ApplicationSources.read(currentFolder: "/app", files: closed) }
                == ".env: It can't be read: permission denied."
        )
    }

    @Test("Real files are read in the same way")
    func realFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write("shop/Procfile", "web: x\n")
        try folder.write("shop/.env", "A=1\n")
        try folder.link("current", to: "\(folder.path)/shop")
        let sources = try ApplicationSources.read(
            folder: "current",
            currentFolder: folder.path,
            files: SystemConfigFiles()
        )
        // The link's name, not that of what it leads to, is the application's.
        #expect(sources.folder == "\(folder.path)/current")
        #expect(try ProcfileApplication(sources).environment == ["A": "1"])
    }
}
