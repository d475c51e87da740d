import GafferModel
import Testing

@Suite("A job's configuration as JSON")
struct JobConfigJSONTests {
    @Test("Only what differs from the defaults of the API is told")
    func defaults() throws {
        let name = try JobName(parsing: "shop.web")
        #expect(JobConfig(cmd: "prog").json(name: name).text == #"{"name":"shop.web","cmd":"prog"}"#)
    }

    @Test("Everything that is set is told, in the order of the manual")
    func golden() throws {
        let text =
            #"{"name":"shop.web","cmd":"prog -v","args":["a b"],"cwd":"/srv","uid":"www","gid":33,"detach":true,"shell":true,"#
            + #""env":{"A":"1","B":""},"env_file":[".env"],"os_env":true,"port":5000,"numprocesses":3,"start":false,"restart":"on-failure","#
            + #""success_exit":[0,2,"SIGTERM"],"backoff":{"initial":0.5,"factor":2.0,"max":60},"#
            + #""flapping":{"attempts":2,"window":1,"retry_in":7,"max_retry":5},"priority":0,"redirect_output":["a","b"],"#
            + #""redirect_input":true,"custom_streams":["c"],"ring_size":1024,"stdout_file":"o.log","stdout_file_max_size":10,"#
            + #""stdout_file_max_age":1.5,"stdout_file_keep":2,"stderr_file":"e.log","stop_signal":"SIGINT","graceful_timeout":2.5,"#
            + #""umask":"022","nice":-5,"memory_max":67108864,"memory_high":33554432,"cpu_max":0.5,"cpu_weight":200,"#
            + #""tasks_max":10,"cgroup_limits":"optional","oom_score_adj":-5,"journal":false,"rlimit_core":"0","rlimit_nofile":"1024:unlimited","x_unknown":{"deep":[1,null]},"group":"g"}"#
        let (name, config) = try JobConfig.read(json: JSON(parsing: text))
        #expect(name == "shop.web")
        #expect(config.extra == [.init("x_unknown", ["deep": [1, .null]]), .init("group", "g")])
        #expect(try config.json(name: JobName(parsing: "shop.web")).text == text)
    }

    @Test("A name is not needed")
    func noName() throws {
        #expect(try JobConfig.read(json: ["cmd": "prog"]).name == nil)
    }

    @Test("The order of the members does not matter, for those of the files either")
    func order() throws {
        let json: JSON = ["stdout_file_keep": 2, "stdout_file": "o.log", "cmd": "prog", "stdout_file_max_size": 5]
        let config = try JobConfig.read(json: json).config
        #expect(config.stdoutFile?.keep == 2)
        #expect(config.stdoutFile?.maxSize == 5)
    }

    @Test("Any configuration that is told is read as the same", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let config = JobConfig.random(using: &generator)
            let name = try JobName(session: "s\(seed)", job: "job")
            let json = try JSON(parsing: config.json(name: name).encoded())
            let (readName, readConfig) = try JobConfig.read(json: json)
            #expect(readName == name.description)
            #expect(readConfig.json(name: name).text == json.text)
            #expect(readConfig == config)
        }
    }
}

extension JobConfig {
    /// Any that the readers would take.
    static func random(using generator: inout SeededGenerator) -> JobConfig {
        func duration(_ generator: inout SeededGenerator) -> Duration {
            let limit: Int64 = generator.pick([1000, 10_000_000, 86_400_000_000, 315_360_000_000_000])
            return .microseconds(Int64.random(in: 1...limit, using: &generator))
        }
        func word(_ generator: inout SeededGenerator) -> String {
            let text = String.random(using: &generator).unicodeScalars.filter { $0 != "\0" }
            return "w" + String(String.UnicodeScalarView(text))
        }
        func number(_ range: ClosedRange<Int>, _ generator: inout SeededGenerator) -> Int {
            Int.random(in: range, using: &generator)
        }
        func account(_ generator: inout SeededGenerator) -> Account {
            generator.chance(50)
                ? .id(UInt32.random(in: 0 ..< .max, using: &generator))
                : .name(generator.pick(["www-data", "a_b", "x$"]))
        }
        func file(_ generator: inout SeededGenerator) -> OutputFile {
            var file = OutputFile(path: word(&generator))
            if generator.chance(50) { file.maxSize = UInt64.random(in: 0...UInt64(Int64.max), using: &generator) }
            if generator.chance(50) { file.maxAge = duration(&generator) }
            if generator.chance(50) { file.keep = number(0...1000, &generator) }
            return file
        }
        var config = JobConfig(cmd: "prog " + ShellWords.quote(word(&generator)))
        if generator.chance(50) { config.args = (0..<number(0...3, &generator)).map { _ in word(&generator) } }
        for _ in 0..<number(0...3, &generator) {
            let name = word(&generator).unicodeScalars.filter { $0 != "=" }
            config.env[String(String.UnicodeScalarView(name))] = word(&generator)
        }
        if generator.chance(30) { config.envFile = (0..<number(0...3, &generator)).map { _ in word(&generator) } }
        config.osEnv = Bool.random(using: &generator)
        if generator.chance(30) { config.port = number(1...65_535, &generator) }
        if generator.chance(30) { config.uid = account(&generator) }
        if generator.chance(30) { config.gid = account(&generator) }
        if generator.chance(30) { config.cwd = word(&generator) }
        config.detach = Bool.random(using: &generator)
        config.shell = Bool.random(using: &generator)
        config.numprocesses = number(0...ScaleOperation.maximum, &generator)
        config.start = Bool.random(using: &generator)
        config.restart = generator.pick(RestartPolicy.allCases)
        if generator.chance(30) {
            config.flapping = FlappingRule(
                attempts: number(1...10_000, &generator),
                window: duration(&generator),
                retryIn: duration(&generator),
                maxRetry: number(0...10_000, &generator)
            )
        }
        if generator.chance(30) {
            let initial = duration(&generator)
            config.backoff = BackoffRule(
                initial: initial,
                factor: Double.random(in: 1...1000, using: &generator),
                max: initial + duration(&generator)
            )
        } else if generator.chance(20) {
            config.backoff = BackoffRule.none
        }
        if generator.chance(30) {
            config.successExit = SuccessExit(
                codes: Set((0..<number(0...4, &generator)).map { _ in Int32.random(in: 0...255, using: &generator) }),
                signals: Set(
                    (0..<number(0...4, &generator)).map { _ in Signal(rawValue: .random(in: 1...64, using: &generator))
                    }
                )
            )
        }
        if generator.chance(30) {
            config.redirectOutput = generator.pick([[], ["a"], ["a", "b"], ["a", "a"], ["stderr", "stdout"]])
        }
        config.redirectInput = Bool.random(using: &generator)
        if generator.chance(30) { config.customStreams = generator.pick([["x"], ["x", "y-1_2.z"]]) }
        config.gracefulTimeout = duration(&generator)
        if generator.chance(30) { config.priority = number(0...Int.max, &generator) }
        config.stopSignal = Signal(rawValue: .random(in: 1...64, using: &generator))
        if generator.chance(30) { config.umask = UInt32.random(in: 0...0o777, using: &generator) }
        if generator.chance(30) { config.nice = number(-20...19, &generator) }
        if generator.chance(30) { config.cgroupLimits.memoryMax = UInt64(number(4096...Int.max, &generator)) }
        if generator.chance(30) { config.cgroupLimits.memoryHigh = UInt64(number(4096...Int.max, &generator)) }
        if generator.chance(30) { config.cgroupLimits.cpuMax = Double(number(1000...1_000_000_000, &generator)) / 1e5 }
        if generator.chance(30) { config.cgroupLimits.cpuWeight = number(1...10_000, &generator) }
        if generator.chance(30) { config.cgroupLimits.tasksMax = number(1...4_194_304, &generator) }
        config.cgroupLimits.isRequired = Bool.random(using: &generator)
        if generator.chance(30) { config.oomScoreAdj = number(-1000...1000, &generator) }
        config.journal = Bool.random(using: &generator)
        for _ in 0..<number(0...3, &generator) {
            let limits: [UInt64?] = [nil, 0, 1024, .max, UInt64.random(in: 0 ... .max, using: &generator)]
            let (one, other) = (generator.pick(limits), generator.pick(limits))
            let isOrdered = (one ?? .max) < (other ?? .max) || one == other
            config.rlimits[generator.pick(ResourceLimit.names)] =
                isOrdered ? ResourceLimit(soft: one, hard: other) : ResourceLimit(soft: other, hard: other)
        }
        config.ringSize = number(0...64 << 20, &generator)
        let outputs = config.redirectOutput ?? ["stdout", "stderr"]
        if !outputs.isEmpty, generator.chance(50) { config.stdoutFile = file(&generator) }
        if outputs.count == 2, outputs[0] != outputs[1], generator.chance(50) { config.stderrFile = file(&generator) }
        for index in 0..<number(0...2, &generator) {
            config.extra.append(.init("x_\(index)", .random(depth: 3, using: &generator)))
        }
        return config
    }
}
