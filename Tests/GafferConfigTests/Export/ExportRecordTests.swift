import GafferConfig
import GafferModel
import Testing

/// What supervisord 4.3 and systemd 252 make of exported files was recorded: first the files themselves, then a line of
/// JSON for each process.
@Suite("Exported files, as those read them for whom they are")
struct ExportRecordTests {
    private func records(_ application: ExportedApplication, _ format: String) throws -> [JSON] {
        let path = "Export/Golden/\(application.name).\(format)"
        let lines = try Golden.text("\(path).read").split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
        // Else it is time to record anew.
        #expect(try lines.first?["source"]?.stringValue == Golden.text(path), "\(path).read is of other files")
        return Array(lines.dropFirst())
    }

    private func strings(_ json: JSON?) -> [String] {
        json?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func variables(_ json: JSON?) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (json?.objectValue ?? []).map { ($0.name, $0.value.stringValue ?? "") })
    }

    /// The words that a process is started with, its program being looked for as the folder says.
    private func words(_ type: ProcfileApplication.ProcessType, _ application: ProcfileApplication) -> [String] {
        [type.command.program] + type.command.arguments
    }

    /// Whether a word of a record names the program of the application.
    private func isProgram(_ word: String, _ program: String, in folder: String) -> Bool {
        let path = program.hasPrefix("./") ? String(program.dropFirst(2)) : program
        return word == program || word == "\(folder)/\(path)"
    }

    @Test("supervisord starts the same processes", arguments: ExportedApplication.all)
    func supervisor(example: ExportedApplication) throws {
        let application = try example.read()
        var records = try records(example, "supervisor")
        for type in application.types {
            let name = "\(application.name)-\(type.name.job)"
            for instance in 1...type.count {
                let record = try #require(
                    records.first { record in
                        let own = record["name"]?.stringValue ?? ""
                        return own == name || own.hasPrefix("\(name)_")
                    }
                )
                records.removeAll { $0 == record }
                #expect(record["group"]?.stringValue == application.name)
                #expect(record["directory"]?.stringValue == application.folder)
                // Variables that supervisord can't have are given by env(1).
                var argv = strings(record["argv"])
                var environment = variables(record["env"])
                if argv.first == "/usr/bin/env" {
                    argv.removeFirst()
                    while let first = argv.first, let equals = first.firstIndex(of: "="), !first.hasPrefix("/") {
                        environment[String(first[..<equals])] = String(first[first.index(after: equals)...])
                        argv.removeFirst()
                    }
                    if argv.prefix(3) == ["/bin/sh", "-c", "exec \"$0\" \"$@\""] { argv.removeFirst(3) }
                }
                #expect(environment == application.environment(of: type, instance: instance), "\(name)")
                let words = words(type, application)
                #expect(argv.dropFirst() == words.dropFirst(), "\(name)")
                #expect(isProgram(argv.first ?? "", words[0], in: application.folder), "\(name): \(argv)")
            }
        }
        #expect(records.isEmpty)
    }

    @Test("systemd starts the same processes", arguments: ExportedApplication.all)
    func systemd(example: ExportedApplication) throws {
        let application = try example.read()
        var records = try records(example, "systemd")
        for type in application.types {
            for instance in 1...type.count {
                let suffix = type.port.map { $0 + instance - 1 } ?? instance
                let unit = "\(application.name)-\(type.name.job)@\(suffix).service"
                let record = try #require(records.first { $0["unit"]?.stringValue == unit }, "there is no \(unit)")
                records.removeAll { $0 == record }
                #expect(record["directory"]?.stringValue == application.folder)
                let environment = application.environment(of: type, instance: instance)
                #expect(variables(record["env"]) == environment, "\(unit)")
                // Variables are replaced when it is started, and only then two dollars become one.
                let argv = strings(record["argv"]).map { word in
                    #expect(!word.replacing("$$", with: "").contains("$"), "\(unit): \(word)")
                    return word.replacing("$$", with: "$")
                }
                let words = words(type, application)
                let own = argv.first == "/usr/bin/env" ? Array(argv.dropFirst()) : argv
                #expect(own.dropFirst() == words.dropFirst(), "\(unit)")
                #expect(isProgram(own.first ?? "", words[0], in: application.folder), "\(unit): \(argv)")
            }
        }
        #expect(records.isEmpty)
    }
}
