import GafferConfig
import GafferModel
import Testing

@Suite("Including files")
struct IncludeTests {
    private func job(_ name: String) -> String {
        "[process:\(name)]\ncmd = /bin/true\n"
    }

    private func names(_ text: String, _ others: [String: String]) throws -> [String] {
        try Reading.load(text, others).jobs.map(\.name.description)
    }

    @Test(
        "A path is taken from the folder of the file that names it",
        arguments: [
            "other.ini", "./other.ini", "/etc/gaffer/other.ini", "../gaffer/other.ini", "conf/../other.ini",
        ]
    )
    func relative(path: String) throws {
        let found = try names("[gaffer]\ninclude = \(path)\n" + job("one"), ["/etc/gaffer/other.ini": job("two")])
        #expect(found.sorted() == ["default.one", "default.two"])
    }

    @Test("Several are separated by blanks, commas or lines")
    func several() throws {
        let others = ["a", "b", "c"].map { ("/etc/gaffer/\($0).ini", job($0)) }
        for list in ["a.ini b.ini c.ini", "a.ini, b.ini, c.ini", "\n  a.ini\n  b.ini\n  c.ini"] {
            let found = try names("[gaffer]\ninclude = \(list)", Dictionary(uniqueKeysWithValues: others))
            #expect(found == ["default.a", "default.b", "default.c"])
        }
    }

    @Test("An included file may include others, from its own folder")
    func nested() throws {
        let found = try names(
            "[gaffer]\ninclude = conf/a.ini",
            [
                "/etc/gaffer/conf/a.ini": "[gaffer]\ninclude = b.ini\n" + job("a"),
                "/etc/gaffer/conf/b.ini": job("b"), "/etc/gaffer/b.ini": job("wrong"),
            ]
        )
        #expect(found.sorted() == ["default.a", "default.b"])
    }

    @Test("A folder gives all ini files below it, sorted")
    func folder() throws {
        let found = try names(
            "[gaffer]\ninclude_dir = conf.d",
            [
                "/etc/gaffer/conf.d/b.ini": job("b"), "/etc/gaffer/conf.d/a/z.ini": job("z"),
                "/etc/gaffer/conf.d/notes.txt": "this is no ini file",
            ]
        )
        #expect(found == ["default.z", "default.b"])
    }

    @Test("A folder may hold the file that includes it")
    func ownFolder() throws {
        let found = try names("[gaffer]\ninclude_dir = .\n" + job("one"), ["/etc/gaffer/two.ini": job("two")])
        #expect(found.sorted() == ["default.one", "default.two"])
    }

    @Test(
        "What is missing is an error with the line that names it",
        arguments: ["include = missing.ini", "include = conf", "include_dir = missing", "include_dir = a.ini"]
    )
    func missing(line: String) {
        let files = ["/etc/gaffer/a.ini": job("a"), "/etc/gaffer/conf/b.txt": ""]
        let errors = Reading.errors("; a comment\n[gaffer]\n\(line)", files)
        #expect(errors.places == ["gafferd.ini:3 \(line.prefix { $0 != " " })"])
        #expect(errors.first?.value == String(line.drop { $0 != "=" }.dropFirst(2)))
    }

    @Test("What can't be read is an error, and never taken for empty")
    func unreadable() {
        for (line, closed) in [
            ("include = a.ini", "/etc/gaffer/a.ini"), ("include_dir = conf", "/etc/gaffer/conf/a.ini"),
            ("include_dir = conf", "/etc/gaffer/conf/closed"),
        ] {
            let files = MemoryFiles(
                [
                    Reading.path: Array("[gaffer]\n\(line)".utf8), "/etc/gaffer/a.ini": [],
                    "/etc/gaffer/conf/a.ini": [],
                ],
                unreadable: [closed]
            )
            #expect(Reading.errors(files).contains { $0.message.contains("permission denied") }, "\(line) \(closed)")
        }
    }

    @Test(
        "Files that include each other are an error that names them, under whatever name",
        arguments: ["gafferd.ini", "./gafferd.ini", "../gaffer/gafferd.ini", "/etc/gaffer/gafferd.ini", "link.ini"]
    )
    func circle(path: String) throws {
        let files = MemoryFiles(
            [
                Reading.path: Array("[gaffer]\ninclude = a.ini".utf8),
                "/etc/gaffer/a.ini": Array("[gaffer]\ninclude = \(path)".utf8),
            ],
            links: ["/etc/gaffer/link.ini": Reading.path]
        )
        let errors = Reading.errors(files)
        #expect(errors.places == ["a.ini:2 include"])
        #expect(errors.first?.message.contains("gafferd.ini") == true)
    }

    @Test("A file that is included twice is an error")
    func twice() {
        let files = ["/etc/gaffer/a.ini": job("a")]
        #expect(Reading.errors("[gaffer]\ninclude = a.ini ./a.ini", files).places == ["gafferd.ini:2 include"])
    }

    @Test("A chain of files has an end")
    func chain() {
        var files: [String: String] = [:]
        for index in 0..<5000 { files["/etc/gaffer/\(index).ini"] = "[gaffer]\ninclude = \(index + 1).ini" }
        let errors = Reading.errors("[gaffer]\ninclude = 0.ini", files)
        #expect(errors.count == 1)
        #expect(errors.first?.key == "include")
    }

    @Test("A job that stands in two files is an error that names both places, however it is spelt")
    func duplicateJob() throws {
        let errors = Reading.errors(
            "[gaffer]\ninclude = a.ini\n[process:one]\ncmd = x",
            ["/etc/gaffer/a.ini": "\n[job:default.one]\ncmd = y"]
        )
        #expect(errors.places == ["gafferd.ini:3"])
        #expect(errors.first?.message.contains("/etc/gaffer/a.ini:2") == true)
    }

    @Test("Errors of all files are told at once")
    func allFiles() {
        let errors = Reading.errors(
            "[gaffer]\ninclude = a.ini b.ini\nbacklog = x",
            ["/etc/gaffer/a.ini": "[process:a]\ncmd = x\nnice = y", "/etc/gaffer/b.ini": "[what]"]
        )
        #expect(errors.places == ["a.ini:3 nice", "b.ini:1", "gafferd.ini:3 backlog"])
    }
}
