import GafferConfig
import GafferModel
import Testing

/// What circus 0.19 itself makes of the corpus was recorded: a line of JSON for each of two processes of a watcher, or
/// why it refuses the file.
@Suite("Importing from circus, beside circus itself")
struct CircusRecordTests {
    static let all = ImportCase.all.filter { $0.format == .circus }

    private func records(_ example: ImportCase) throws -> [JSON] {
        try Golden.text("Import/Golden/circus/\(example.name).circus").split(separator: "\n").map { line in
            try JSON(parsing: Array(line.utf8))
        }
    }

    @Test("Only what is meant to be odd is refused by it")
    func refused() throws {
        let refused = try Self.all.filter { try records($0).contains { $0["refused"] != nil } }
        #expect(refused.map(\.name) == ["odd.ini"])
    }

    @Test("Each process has the same arguments, variables and folder", arguments: all)
    func processes(example: ImportCase) throws {
        let jobs = try ImportedIni.jobs(example.run().ini)
        for record in try records(example) where record["refused"] == nil {
            let name = try #require(record["name"]?.stringValue)
            let config = try #require(jobs["default.\(name)"], "there is no \(name)")
            let instance = try #require(record["wid"]?.intValue)
            let process = try ImportedProcess(config, instance: instance, inherited: ImportCase.environment)
            let arguments = record["argv"]?.arrayValue?.compactMap(\.stringValue) ?? []
            // A program of another name, and variables that circus leaves as they are written, are told in the report.
            let isProgram = name != "limited"
            let known = arguments.firstIndex { $0.lowercased().contains("$(circus.env.") } ?? arguments.count
            #expect(process.arguments.count == arguments.count, "\(name)")
            #expect(process.arguments[(isProgram ? 0 : 1)..<known] == arguments[(isProgram ? 0 : 1)..<known], "\(name)")
            for variable in record["env"]?.objectValue ?? [] {
                let value = process.environment[variable.name] ?? ""
                #expect(value == variable.value.stringValue, "\(name): \(variable.name)")
            }
            #expect(config.osEnv == record["copy_env"]?.boolValue, "\(name)")
            #expect(process.directory == record["directory"]?.stringValue, "\(name)")
            #expect(config.numprocesses == record["numprocesses"]?.intValue, "\(name)")
            #expect(Int(config.stopSignal.rawValue) == record["stop_signal"]?.intValue, "\(name)")
            #expect(config.gracefulTimeout.inSeconds == record["graceful_timeout"]?.doubleValue, "\(name)")
            #expect((config.restart == .always) == record["respawn"]?.boolValue, "\(name)")
        }
    }
}
