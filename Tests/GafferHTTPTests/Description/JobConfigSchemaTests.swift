import GafferModel
import Testing

@testable import GafferHTTP

@Suite("The schema of a job's configuration")
struct JobConfigSchemaTests {
    private let checker = SchemaChecker(document: APIDescription.document)

    /// Values of all kinds, good for some settings and bad for others.
    static let probes: [JSON] = [
        true, 0, 1, 2, 3, 19, 20, -1, -20, -21, 64, 65, 255, 256, 1000, 1001, -1000, -1001, 4095, 4096, 9999, 10_000,
        10_001, 100_000, 100_001, 67_108_864, 67_108_865, 4_194_304, 4_194_305, 4_294_967_294, 4_294_967_295,
        .integer(Int64.max), 0.5, 0.001, 1.5, 3_000_000_000.5, 1e20, "true", "On", "maybe", "5", "+5", "1.5", ".5",
        "7.", "500ms", "2 M",
        "64K", "64kb", "64KiB", "1x", "always", "On-Failure", "sometimes", "required", "TERM", "SIGKILL", "RTMIN+3",
        "022",
        "999", "50%", "10:20", "unlimited", "stdout", "a,b", "none", "/var/log/x", [], ["a"], ["a", "a"],
        ["a", "b", "c"],
        ["a b"], [1, "TERM"], [1, 2], [256], [0.5, 2, 60], [2, 1, 7, 5], [2, "1.", "7s", 5], [2, 1, 7, 5, 5],
        [0, 1, 1, 1],
        [true], [""], [:], ["A": "1"], ["A": 1], ["": "1"], ["A=B": "1"], ["initial": 1],
        ["initial": "1s", "factor": 3],
        ["factor": 0.5], ["initial": 1, "x": 1], ["attempts": 3, "window": 2.5], ["attempts": 0], ["max_retry": 1.5],
    ]

    @Test("It has every setting, and none besides")
    func hasEverySetting() {
        let names = JobConfigSchema.settings.map(\.name)
        #expect(["cmd"] + names == JobConfig.settingNames)
        let properties = JobConfigSchema.schema.json["properties"]?.objectValue?.map(\.name) ?? []
        let limits = ResourceLimit.names.map { "rlimit_\($0)" }
        #expect(properties == ["name", "cmd"] + names + limits + ["custom_channels"])
    }

    @Test("It takes what the reader takes, and of what is no text nothing else", arguments: JobConfigSchema.settings)
    func agreesWithTheReader(_ setting: JobConfigSchema.Setting) throws {
        try compare(setting.name, needs: setting.name.range(of: "_file_"))
    }

    @Test("It takes limits as the reader does", arguments: ResourceLimit.names)
    func agreesOnLimits(_ name: String) throws {
        try compare("rlimit_\(name)", needs: nil)
    }

    private func compare(_ name: String, needs file: String?) throws {
        var accepted = 0
        for probe in Self.probes {
            // Together they say that a text is dropped, which is another matter.
            if name.hasSuffix("_file"), probe == "none" { continue }
            var members: [JSON.Member] = [.init("cmd", "true"), .init(name, probe)]
            if let file { members.append(.init(file, "/var/log/x")) }
            let isRead = (try? JobConfig.read(json: .object(members))) != nil
            let isDescribed = checker.errors(.object(members), JobConfigSchema.schema.json) == []
            if isRead { accepted += 1 }
            // What a text may say is told in words too: a pattern for each would help nobody.
            if probe.stringValue != nil || probe.arrayValue?.contains(where: { $0.stringValue != nil }) == true {
                #expect(!isRead || isDescribed, "\(name): \(probe) is read, but not described")
            } else {
                #expect(isRead == isDescribed, "\(name): \(probe) is \(isRead ? "" : "not ")read")
            }
        }
        #expect(accepted > 0)
    }

    @Test("The defaults that it tells are those in force", arguments: JobConfigSchema.settings)
    func tellsDefaults(_ setting: JobConfigSchema.Setting) throws {
        guard let standard = setting.standard else { return }
        var members: [JSON.Member] = [.init("cmd", "true")]
        let file = setting.name.range(of: "_file_")
        if let file { members.append(.init(file, "/var/log/x")) }
        var without = try JobConfig.read(json: .object(members)).config
        let with = try JobConfig.read(json: .object(members + [.init(setting.name, standard)])).config
        // Said or not, these labels are the same.
        if setting.name == "redirect_output" { without.redirectOutput = ["stdout", "stderr"] }
        #expect(with == without)
    }

    @Test("What is told of a job can be sent again")
    func takesWhatIsTold() throws {
        var config = JobConfig(cmd: "web")
        config.args = ["-v"]
        config.env = ["A": "1"]
        config.uid = .name("www-data")
        config.gid = .id(33)
        config.backoff = BackoffRule(initial: .seconds(1))
        config.flapping = FlappingRule()
        config.successExit = SuccessExit(codes: [0, 3], signals: [.terminate])
        config.redirectOutput = []
        config.stdoutFile = OutputFile(path: "/x")
        config.stopSignal = .quit
        config.umask = 0o22
        config.rlimits = ["nofile": ResourceLimit(soft: 1024, hard: nil)]
        config.cgroupLimits.memoryMax = 1 << 20
        config.cgroupLimits.cpuMax = 0.5
        config.cgroupLimits.isRequired = false
        config.extra = [.init("team", "shop")]
        let json = config.json(name: try JobName(parsing: "shop.web"))
        #expect(checker.errors(json, JobConfigSchema.schema.json) == [])
    }
}

extension JobConfigSchema.Setting: CustomTestStringConvertible {
    /// What the test is shown as.
    public var testDescription: String { name }
}

extension String {
    /// What stands before a part, where it has it: the file of a setting of a file.
    fileprivate func range(of part: String) -> String? {
        firstRange(of: part).map { String(self[..<$0.lowerBound]) + "_file" }
    }
}
