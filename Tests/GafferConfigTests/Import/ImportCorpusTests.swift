import GafferConfig
import GafferModel
import Testing

@Suite("Importing configurations as they are found")
struct ImportCorpusTests {
    @Test("There are ten of each kind at least", arguments: ConfigImport.Format.allCases)
    func size(format: ConfigImport.Format) {
        #expect(ImportCase.all.count { $0.format == format } >= 10)
    }

    @Test("The ini and the report are what they should be", arguments: ImportCase.all)
    func golden(example: ImportCase) throws {
        let result = try example.run()
        try Golden.expect(result.ini, in: "Import/Golden/\(example.format.rawValue)/\(example.name).out")
        try Golden.expect(
            result.report(all: true),
            in: "Import/Golden/\(example.format.rawValue)/\(example.name).report"
        )
    }

    @Test("gafferd reads the ini without an error, and has just the jobs that are told", arguments: ImportCase.all)
    func readable(example: ImportCase) throws {
        let result = try example.run()
        let jobs = try ImportedIni.jobs(result.ini)
        #expect(jobs.keys.sorted() == result.jobs.map(\.description).sorted())
    }

    /// By lines, and so without the readers that are tried here.
    @Test("Each line that sets something is in the report", arguments: ImportCase.all)
    func complete(example: ImportCase) throws {
        let result = try example.run()
        for source in try [example.source] + example.dropIns {
            var number = 0
            var isContinued = false
            for line in String(decoding: source.content, as: UTF8.self).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ) {
                number += 1
                let isPart = isContinued
                isContinued = example.format == .systemd && line.hasSuffix("\\")
                guard !isPart, let first = line.first, !first.isWhitespace, !"#;[".contains(first),
                    line.contains("=") || line.contains(":"), !line.hasPrefix("REM ")
                else { continue }
                let key = line.prefix { $0 != "=" && $0 != ":" }.trimmed
                let told = result.findings.contains { finding in
                    finding.file == source.file && finding.line == number
                        && finding.key?.lowercased() == key.lowercased()
                }
                #expect(told, "\(source.file):\(number): nothing is said of \(key)")
            }
        }
    }

    @Test("What is nobody's to see is not in the report", arguments: ImportCase.all)
    func secrets(example: ImportCase) throws {
        for finding in try example.run().findings {
            #expect(!["environment", "password", "Environment"].contains(finding.key ?? "") || finding.value == nil)
            #expect(!finding.text.contains("c0ffee"))
        }
    }

    @Test("A finding as JSON has all that its line has", arguments: ImportCase.all)
    func json(example: ImportCase) throws {
        for finding in try example.run().findings {
            let json = finding.json
            #expect(json["file"]?.stringValue == finding.file)
            #expect(json["line"]?.intValue == finding.line)
            #expect(json["key"]?.stringValue == finding.key)
            #expect(json["verdict"]?.stringValue == finding.verdict.rawValue)
        }
    }

    @Test("The kind of a file is known by what stands in it", arguments: ImportCase.all)
    func kind(example: ImportCase) throws {
        // A file of nothing but watchers without a name that tells is known too.
        #expect(try ConfigImport.format(of: example.source) == example.format)
    }

    @Test(
        "Whatever a file holds, it is refused with a place, or gafferd reads what comes of it",
        arguments: ImportCase.all
    )
    func mutations(example: ImportCase) throws {
        let original = try example.source.content
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15 &+ UInt64(original.count)
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
        let pieces = [
            "\"", "'", "\\", "$", "%", "%(", ")s", "\n", " ;", "#", "=", "$(circus.", "%i", "${", "}", "\t", "é", "[",
            "]",
            "\u{85}", "\u{202E}", "\u{301}", "-", "99999999999999999999", "infinity", "",
        ]
        for _ in 0..<60 {
            var content = original
            for _ in 0...random(4) {
                let at = random(content.count)
                switch random(3) {
                case 0: content.insert(contentsOf: Array(pieces[random(pieces.count)].utf8), at: at)
                case 1: content.removeSubrange(at..<min(content.count, at + random(20)))
                default: content.append(contentsOf: content[at..<min(content.count, at + random(200))])
                }
            }
            let source = ConfigImport.Source(file: example.file, content: content)
            let result: ImportedConfiguration
            do {
                result = try ConfigImport.run(source, as: example.format, options: ImportCase.options)
            } catch {
                #expect(!error.errors.isEmpty)
                continue
            }
            do {
                let jobs = try ImportedIni.jobs(result.ini)
                #expect(jobs.count == result.jobs.count)
            } catch {
                Issue.record("\(error)\n\(result.ini)\n--- of\n\(String(decoding: content, as: UTF8.self))")
                return
            }
        }
    }
}
