import GafferConfig
import GafferModel
import Testing

@Suite("The reference of the configuration")
struct ReferenceTests {
    private let page: ReferencePage

    init() throws {
        page = try ReferencePage()
    }

    private func names(_ heading: String) throws -> [String] {
        try #require(page.keys[heading]).map(\.name)
    }

    @Test("It has every key that is read, and no other")
    func keys() throws {
        #expect(
            Set(page.keys.keys) == ["The section gaffer", "Endpoints", "The section ssl", "Users and keys", "Jobs"]
        )
        #expect(try names("The section gaffer").sorted() == ConfigReader.daemonKeys.sorted())
        #expect(try names("Endpoints").sorted() == ConfigReader.endpointKeys.sorted())
        #expect(try names("The section ssl").sorted() == ConfigReader.sslKeys.sorted())
        #expect(try names("Users and keys").sorted() == ConfigReader.authKeys.sorted())
        #expect(try names("Jobs").sorted() == (ConfigReader.jobKeys + ["env:KEY", "rlimit_NAME"]).sorted())
    }

    @Test("It has every limit and every level")
    func words() throws {
        let limits = try #require(page.keys["Jobs"]?.first { $0.name == "rlimit_NAME" }).text
        for name in ResourceLimit.names { #expect(limits.contains("`\(name)`")) }
        let levels = try #require(page.keys["The section gaffer"]?.first { $0.name == "log_level" }).text
        for name in ConfigReader.logLevels { #expect(levels.contains("`\(name)`")) }
        let policies = try #require(page.keys["Jobs"]?.first { $0.name == "restart" }).text
        for policy in RestartPolicy.allCases { #expect(policies.contains("`\(policy.rawValue)`")) }
    }

    @Test("A default of a job that is written there is what a job has that does not name it")
    func jobDefaults() throws {
        let keys = try #require(page.keys["Jobs"]).filter { $0.standard != nil }
        #expect(keys.count >= 19)
        for key in keys {
            // These mean nothing without the file.
            let file = key.name.contains("_file_") ? "\(key.name.prefix { $0 != "_" })_file = x\n" : ""
            let plain = try Reading.job(file)
            let named = try Reading.job("\(file)\(key.name) = \(key.standard ?? "")")
            #expect(Effective(named) == Effective(plain), "\(key.name)")
        }
    }

    @Test("A default of an endpoint that is written there is what an endpoint has that does not name it")
    func endpointDefaults() throws {
        let keys = try #require(page.keys["Endpoints"]).filter { $0.standard != nil }
        #expect(keys.count == 4)
        let plain = try Reading.load("[endpoint:a]\nbind = :1").endpoints
        for key in keys {
            let named = try Reading.load("[endpoint:a]\nbind = :1\n\(key.name) = \(key.standard ?? "")").endpoints
            #expect(named == plain, "\(key.name)")
        }
    }

    @Test("What is required is an error where it is missing, and nothing else is")
    func required() throws {
        #expect(page.keys.values.joined().filter(\.isRequired).map(\.name).sorted() == ["bind", "cmd"])
        #expect(Reading.errors("[gaffer]\n[process:one]\ncmd = x\n[endpoint:a]\nbind = :1") == [])
        #expect(Reading.errors("[process:one]\n[endpoint:a]").count == 2)
    }

    @Test("Its examples can be read")
    func examples() throws {
        #expect(page.examples.count == 4)
        for example in page.examples {
            #expect(Reading.errors(example) == [], "\(example)")
        }
    }

    @Test("The test sees what it looks for")
    func counterexamples() {
        #expect(ReferencePage.Key("- `a` (number, optional, `1`): what it is.")?.standard == "1")
        #expect(ReferencePage.Key("- `a` (number, required): what it is.")?.isRequired == true)
        #expect(ReferencePage.Key("- `a` (path, optional, `x`, else `y`): what it is.")?.standard == nil)
        #expect(ReferencePage.Key("- `a`: what it is.") == nil)
        #expect(ReferencePage.Key("- `a` (number): what it is.") == nil)
    }
}

/// A configuration with what is in force where nothing is named.
private struct Effective: Equatable {
    private var config: JobConfig

    init(_ config: JobConfig) {
        self.config = config
        self.config.backoff = config.effectiveBackoff
        self.config.redirectOutput = config.redirectOutput ?? ["stdout", "stderr"]
    }
}
