import GafferConfig
import GafferModel
import Testing

@Suite("Exporting an application")
struct ApplicationExportTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let application: ExportedApplication
        let format: ApplicationExport.Format

        var testDescription: String { "\(application.name) as \(format.rawValue)" }
    }

    static let cases = ExportedApplication.all.flatMap { application in
        ApplicationExport.Format.allCases.map { Case(application: application, format: $0) }
    }

    @Test("The files are what they should be", arguments: cases)
    func golden(example: Case) throws {
        let export = try example.application.export(as: example.format)
        let files = export.files.map { "==> \($0.name)\n\($0.text)" }
        let notes = export.notes.map { "note: \($0)\n" }
        let path = "Export/Golden/\(example.application.name).\(example.format.rawValue)"
        try Golden.expect((files + notes).joined(separator: "\n"), in: path)
    }

    @Test("gafferd reads the ini back to the same jobs", arguments: ExportedApplication.all)
    func ini(application: ExportedApplication) throws {
        let jobs = try application.read().jobs
        let file = try #require(application.export(as: .ini).files.first)
        let read = try ImportedIni.jobs(file.text)
        #expect(read.count == jobs.count)
        for (name, config) in jobs {
            let written = try #require(read["\(name)"])
            guard written != config else { continue }
            // A script that would be cut by an ini file's comment is run by the same shell by its name.
            #expect(config.shell && config.cmd.contains(" ;"), "\(name)")
            var expected = config
            expected.shell = false
            expected.cmd = "/bin/sh"
            expected.args = ["-c", config.cmd.replacing("$", with: "$$")]
            #expect(written == expected)
        }
    }

    @Test("A body of the API reads the JSON back to the same jobs", arguments: ExportedApplication.all)
    func json(application: ExportedApplication) throws {
        let jobs = try application.read().jobs
        let file = try #require(application.export(as: .json).files.first)
        let objects = try #require(JSON(parsing: Array(file.text.utf8)).arrayValue)
        #expect(objects.count == jobs.count)
        for (object, job) in zip(objects, jobs) {
            let (name, config) = try JobConfig.read(json: object)
            #expect(name == "\(job.name)")
            #expect(config == job.config)
            #expect(object.objectValue?.prefix(5).map(\.name) == ["name", "cmd", "args", "env", "numprocesses"])
        }
    }

    @Test("One type alone is exported by its name", arguments: ApplicationExport.Format.allCases)
    func one(format: ApplicationExport.Format) throws {
        let export = try ExportedApplication.plain.export(as: format, type: "worker")
        #expect(export.files.allSatisfy { !$0.text.contains("bin/web") && !$0.text.contains("shop-web") })
        #expect(export.files.contains { $0.text.contains("mail") })
        if format == .json { #expect(export.files.first?.text.hasPrefix("{") == true) }
        #expect(throws: ConfigErrors.self) { try ExportedApplication.plain.export(as: format, type: "no-such") }
    }

    @Test("What a format can't hold is told, each thing by its name, and nothing is written")
    func problems() throws {
        let application = ExportedApplication(
            name: "problems",
            procfile: "web: ./web\n",
            environment: """
                LINES="one\\ntwo"
                LEAD=" x"
                CUT="a ; b"
                NAME.WITH.DOTS=x
                BELL="\u{07}"
                """,
            folder: "/srv/problems"
        )
        func messages(_ format: ApplicationExport.Format) throws -> [String] {
            do {
                _ = try application.export(as: format)
                return []
            } catch let error as ConfigErrors {
                return error.errors.map(\.message)
            }
        }
        func named(_ messages: [String]) -> [String] {
            ["LINES", "LEAD", "CUT", "NAME.WITH.DOTS", "BELL"].filter { name in messages.contains { $0.contains(name) }
            }
        }
        #expect(try named(messages(.json)) == [])
        #expect(try named(messages(.ini)) == ["LINES", "LEAD", "CUT"])
        #expect(try named(messages(.systemd)) == ["NAME.WITH.DOTS", "BELL"])
        #expect(try named(messages(.supervisor)) == ["LINES"])
        #expect(try messages(.ini).allSatisfy { $0.contains("json") })
    }

    @Test("An application without processes is no export")
    func empty() throws {
        let nothing = ExportedApplication(name: "n", procfile: "web: ./web\n", folder: "/srv/n", formation: ["web": 0])
        #expect(throws: ConfigErrors.self) { try nothing.export(as: .systemd) }
    }

    /// Words and values of whatever characters mean something somewhere, in every combination of two and in long ones.
    @Test("Any word and any value come back from the ini, or are refused")
    func property() throws {
        let pieces = [
            "a", " ", "'", "\"", "\\", "$", "${", "}", "%", "%(x)s", ";", "#", "=", ":", ",", "[", "]", "\t", "é", "|",
            "&",
            "*", "~", "\u{a0}", "\u{85}", "\u{301}", "日",
        ]
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var texts = pieces.flatMap { first in pieces.map { first + $0 } } + [""]
        for _ in 0..<400 { texts.append((0...random(9)).map { _ in pieces[random(pieces.count)] }.joined()) }
        var refused = 0
        for text in texts {
            let words = ["/bin/echo", text, "x\(text)", "\(text)x"].map(ShellWords.quote).joined(separator: " ")
            let application = ExportedApplication(name: "p", procfile: "web: \(words)\n", folder: "/srv/p")
            let job = try #require(application.read().jobs.first)
            let file = try #require(application.export(as: .ini).files.first)
            #expect(try ImportedIni.jobs(file.text)["p.web"] == job.config, "\(words)")

            // A variable has no quotes that could help it.
            var variable = try application.read()
            variable.environment = ["V": text]
            let config = try #require(variable.jobs.first).config
            do {
                let file = try #require(ApplicationExport(variable, as: .ini).files.first)
                #expect(try ImportedIni.jobs(file.text)["p.web"] == config, "\(text)")
            } catch let error as ConfigErrors {
                refused += 1
                let scalars = text.unicodeScalars
                let ends = [scalars.first, scalars.last].compactMap { $0 }
                let isBlank = ends.contains(" ") || ends.contains("\t")
                #expect(isBlank || scalars.contains(";"), "\(text): \(error)")
            }
        }
        #expect(refused > 10 && refused < texts.count / 2)
    }
}
