import GafferConfig
import GafferModel
import Testing

/// What supervisord 4.3 itself makes of the corpus was recorded: a line of JSON for each process, or why it refuses the
/// file.
@Suite("Importing from supervisord, beside supervisord itself")
struct SupervisorRecordTests {
    static let all = ImportCase.all.filter { $0.format == .supervisor }

    private func records(_ example: ImportCase) throws -> [JSON] {
        try Golden.text("Import/Golden/supervisor/\(example.name).supervisord").split(separator: "\n").map { line in
            try JSON(parsing: Array(line.utf8))
        }
    }

    @Test("Only what is meant to be odd is refused by it")
    func refused() throws {
        let refused = try Self.all.filter { try records($0).contains { $0["refused"] != nil } }
        #expect(refused.map(\.name) == ["odd.conf", "unknown.conf"])
    }

    @Test("Each process has the same arguments, variables and folder", arguments: all)
    func processes(example: ImportCase) throws {
        let records = try records(example).filter { $0["refused"] == nil }
        let jobs = try ImportedIni.jobs(example.run().ini)
        var told: [String: Int] = [:]
        for record in records {
            let group = try #require(record["group"]?.stringValue)
            let program = try #require(record["program"]?.stringValue)
            let session = group == program ? "default" : group
            let name = "\(session).\(program)"
            let config = try #require(jobs[name] ?? jobs["\(group).\(program)"], "there is no \(name)")
            let instance = try #require(record["instance"]?.intValue)
            told[name] = max(told[name] ?? 0, instance)
            let process = try ImportedProcess(config, instance: instance, inherited: ImportCase.environment)
            #expect(process.arguments == record["argv"]?.arrayValue?.compactMap(\.stringValue), "\(name)")
            for variable in record["env"]?.objectValue ?? [] {
                #expect(process.environment[variable.name] == variable.value.stringValue, "\(name): \(variable.name)")
            }
            #expect(process.directory == record["directory"]?.stringValue, "\(name)")
            #expect(
                config.umask.map { Int($0) } == record["umask"]?.intValue ?? config.umask.map { Int($0) },
                "\(name)"
            )
            #expect(Int(config.stopSignal.rawValue) == record["stopsignal"]?.intValue, "\(name)")
            #expect(config.gracefulTimeout == .seconds(try #require(record["stopwaitsecs"]?.intValue)), "\(name)")
            #expect(config.start == record["autostart"]?.boolValue || example.name == "fastcgi.conf", "\(name)")
            let policies = [
                "RestartUnconditionally": "always", "RestartWhenExitUnexpected": "on-failure", "False": "never",
            ]
            #expect(config.restart.rawValue == policies[record["autorestart"]?.stringValue ?? ""], "\(name)")
            let isMerged = config.redirectOutput == ["stdout", "stdout"]
            #expect(isMerged == record["redirect_stderr"]?.boolValue, "\(name)")
            let codes = record["exitcodes"]?.arrayValue?.compactMap(\.intValue) ?? []
            #expect(codes.isEmpty || config.successExit.codes == Set(codes.map { Int32($0) }), "\(name)")
        }
        for (name, count) in told {
            #expect((jobs[name]?.numprocesses ?? count) == count, "\(name)")
        }
    }
}
