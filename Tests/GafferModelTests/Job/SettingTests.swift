import GafferModel
import Testing

@Suite("Each setting, as an ini file and as a body writes it")
struct SettingTests {
    static let rows: [SettingRow] = [
        SettingRow("cmd", ["a 'b c'"], ["a 'b c'"]) { $0.cmd = "a 'b c'" },
        SettingRow("args", ["-x 'a b' \"$C\""], ["-x 'a b' \"$C\"", ["-x", "a b", "$C"]]) {
            $0.args = ["-x", "a b", "$C"]
        },
        SettingRow("args", [""], ["", [], .null]) { $0.args = [] },
        SettingRow("args", ["''"], ["''", [""]]) { $0.args = [""] },
        SettingRow("cwd", ["/srv/a b"], ["/srv/a b"]) { $0.cwd = "/srv/a b" },
        SettingRow("cwd", [""], ["", .null]) { $0.cwd = nil },
        SettingRow("uid", ["1000", "01000"], [1000, "1000"]) { $0.uid = .id(1000) },
        SettingRow("uid", ["0"], [0, "0"]) { $0.uid = .id(0) },
        SettingRow("uid", ["4294967294"], [4_294_967_294]) { $0.uid = .id(4_294_967_294) },
        SettingRow("uid", ["www-data"], ["www-data"]) { $0.uid = .name("www-data") },
        SettingRow("uid", [""], ["", .null]) { $0.uid = nil },
        SettingRow("gid", ["33"], [33, "33"]) { $0.gid = .id(33) },
        SettingRow("gid", ["adm"], ["adm"]) { $0.gid = .name("adm") },
        SettingRow("detach", ["true", "Yes", "1"], [true, "on"]) { $0.detach = true },
        SettingRow("shell", ["true"], [true, "true"]) { $0.shell = true },
        SettingRow("env_file", [".env"], [".env", [".env"]]) { $0.envFile = [".env"] },
        SettingRow("env_file", ["a, b c.env", "a,b c.env"], [["a", "b c.env"]]) { $0.envFile = ["a", "b c.env"] },
        SettingRow("env_file", ["a b"], [["a", "b"]]) { $0.envFile = ["a", "b"] },
        SettingRow("env_file", [], ["a b"]) { $0.envFile = ["a b"] },
        SettingRow("env_file", [""], ["", [], .null]) { $0.envFile = [] },
        SettingRow("env", [], [["A": "1", "b.c": ""]]) { $0.env = ["A": "1", "b.c": ""] },
        SettingRow("env", [], [[:], .null]) { $0.env = [:] },
        SettingRow("os_env", ["on"], [true, "1"]) { $0.osEnv = true },
        SettingRow("port", ["5000"], [5000, "5000"]) { $0.port = 5000 },
        SettingRow("port", [""], [.null, ""]) { $0.port = nil },
        SettingRow("numprocesses", ["3"], [3, 3.0, "3"]) { $0.numprocesses = 3 },
        SettingRow("numprocesses", ["0"], [0]) { $0.numprocesses = 0 },
        SettingRow("numprocesses", ["100000"], [100_000]) { $0.numprocesses = 100_000 },
        SettingRow("start", ["false", "no"], [false, "off"]) { $0.start = false },
        SettingRow("restart", ["on-failure", "On-Failure"], ["on-failure"]) { $0.restart = .onFailure },
        SettingRow("restart", ["never"], ["never"]) { $0.restart = .never },
        SettingRow("restart", ["always"], ["always"]) { $0.restart = .always },
        SettingRow("success_exit", ["0, 2, SIGTERM", "0 2 TERM", "TERM,2,0,2"], [[0, 2, "SIGTERM"], "0 2 TERM"]) {
            $0.successExit = SuccessExit(codes: [0, 2], signals: [.terminate])
        },
        SettingRow("success_exit", ["7"], [7, "7", [7]]) { $0.successExit = SuccessExit(codes: [7]) },
        SettingRow("success_exit", ["RTMIN+3"], ["rtmin+3"]) {
            $0.successExit = SuccessExit(codes: [], signals: [Signal(rawValue: 37)])
        },
        SettingRow("success_exit", [], [[]]) { $0.successExit = SuccessExit(codes: []) },
        SettingRow("success_exit", [""], [.null, ""]) { $0.successExit = SuccessExit(codes: [0]) },
        SettingRow(
            "flapping",
            ["2, 1., 7., 5", "2,1,7,5", "2 1. 7. 5", "2., 1000ms, 7s, 5."],
            [
                [2, 1.0, 7.0, 5], "2, 1., 7., 5", [:], ["attempts": 2, "window": 1.0, "retry_in": 7.0, "max_retry": 5],
                ["window": 1],
            ]
        ) { $0.flapping = FlappingRule() },
        SettingRow("flapping", ["3, 30, 2m, 0"], [["attempts": 3, "window": 30, "retry_in": "2m", "max_retry": 0]]) {
            $0.flapping = FlappingRule(attempts: 3, window: .seconds(30), retryIn: .seconds(120), maxRetry: 0)
        },
        SettingRow("flapping", [""], ["", .null]) { $0.flapping = nil },
        SettingRow(
            "backoff",
            ["1, 3, 30", "1 3. 30s"],
            [[1, 3, 30], "1, 3, 30", ["initial": 1, "factor": 3.0, "max": 30]]
        ) {
            $0.backoff = BackoffRule(initial: .seconds(1), factor: 3, max: .seconds(30))
        },
        SettingRow("backoff", ["250ms"], [0.25, "250ms", [0.25], ["initial": 0.25]]) {
            $0.backoff = BackoffRule(initial: .milliseconds(250), factor: 2, max: .seconds(60))
        },
        SettingRow("backoff", ["1, 1.5"], [[1, 1.5], ["factor": 1.5, "initial": 1]]) {
            $0.backoff = BackoffRule(initial: .seconds(1), factor: 1.5, max: .seconds(60))
        },
        SettingRow("backoff", ["2m"], [120]) {
            $0.backoff = BackoffRule(initial: .seconds(120), factor: 2, max: .seconds(120))
        },
        SettingRow("backoff", ["0", "0, 2, 60", "0."], [0, 0.0, "0", ["initial": 0]]) { $0.backoff = BackoffRule.none },
        SettingRow("backoff", [""], ["", .null]) { $0.backoff = nil },
        SettingRow("priority", ["0"], [0, "0"]) { $0.priority = 0 },
        SettingRow("priority", ["9223372036854775807"], [.integer(.max)]) { $0.priority = .max },
        SettingRow("priority", [""], ["", .null]) { $0.priority = nil },
        SettingRow("redirect_output", ["out, err", "out err"], [["out", "err"], "out, err"]) {
            $0.redirectOutput = ["out", "err"]
        },
        SettingRow("redirect_output", ["all, all"], [["all", "all"]]) { $0.redirectOutput = ["all", "all"] },
        SettingRow("redirect_output", ["out"], [["out"], "out"]) { $0.redirectOutput = ["out"] },
        SettingRow("redirect_output", ["none", "NONE"], ["none", []]) { $0.redirectOutput = [] },
        SettingRow("redirect_output", [""], ["", .null]) { $0.redirectOutput = nil },
        SettingRow("redirect_input", ["true"], [true]) { $0.redirectInput = true },
        SettingRow("custom_streams", ["a, b-1_2.c"], [["a", "b-1_2.c"]]) { $0.customStreams = ["a", "b-1_2.c"] },
        SettingRow("custom_streams", ["", "none"], ["", [], .null]) { $0.customStreams = [] },
        SettingRow("ring_size", ["1M", "1048576"], [1_048_576, "1MiB"]) { $0.ringSize = 1 << 20 },
        SettingRow("ring_size", ["0"], [0]) { $0.ringSize = 0 },
        SettingRow("stdout_file", ["/var/log/a $GAFFER_INSTANCE.log"], ["/var/log/a $GAFFER_INSTANCE.log"]) {
            $0.stdoutFile = OutputFile(path: "/var/log/a $GAFFER_INSTANCE.log")
        },
        SettingRow("stdout_file", [""], ["", .null]) { $0.stdoutFile = nil },
        SettingRow("stderr_file", ["e.log"], ["e.log"]) { $0.stderrFile = OutputFile(path: "e.log") },
        SettingRow("stop_signal", ["INT", "SIGINT", "int", "2"], ["INT", 2, "2"]) { $0.stopSignal = .interrupt },
        SettingRow("graceful_timeout", ["1.5", "1500ms"], [1.5, "1.5", "1500ms"]) {
            $0.gracefulTimeout = .milliseconds(1500)
        },
        SettingRow("graceful_timeout", ["0"], [0]) { $0.gracefulTimeout = .zero },
        SettingRow("umask", ["022", "22", "0022"], ["022"]) { $0.umask = 0o22 },
        SettingRow("umask", ["777"], ["0777"]) { $0.umask = 0o777 },
        SettingRow("umask", [""], ["", .null]) { $0.umask = nil },
        SettingRow("nice", ["-20"], [-20, "-20"]) { $0.nice = -20 },
        SettingRow("nice", ["19"], [19]) { $0.nice = 19 },
        SettingRow("nice", [""], ["", .null]) { $0.nice = nil },
        SettingRow("rlimit_nofile", ["1024"], [1024, 1024.0, "1024"]) {
            $0.rlimits = ["nofile": ResourceLimit(soft: 1024, hard: 1024)]
        },
        SettingRow("rlimit_core", ["0:unlimited", "0 : Infinity"], ["0:unlimited"]) {
            $0.rlimits = ["core": ResourceLimit(soft: 0, hard: nil)]
        },
        SettingRow("rlimit_as", ["unlimited"], ["unlimited"]) {
            $0.rlimits = ["as": ResourceLimit(soft: nil, hard: nil)]
        },
        SettingRow("rlimit_stack", ["8M:1G"], ["8M:1G"]) {
            $0.rlimits = ["stack": ResourceLimit(soft: 8 << 20, hard: 1 << 30)]
        },
        SettingRow("rlimit_cpu", ["18446744073709551615"], ["18446744073709551615"]) {
            $0.rlimits = ["cpu": ResourceLimit(soft: .max, hard: .max)]
        },
    ]

    static let cgroupRows: [SettingRow] = [
        SettingRow("memory_max", ["64M", "65536K", "67108864"], ["64M", 67_108_864]) {
            $0.cgroupLimits.memoryMax = 64 << 20
        },
        SettingRow("memory_max", ["4K"], [4096]) { $0.cgroupLimits.memoryMax = 4096 },
        SettingRow("memory_max", [""], ["", .null]) { $0.cgroupLimits.memoryMax = nil },
        SettingRow("memory_high", ["1G"], ["1G"]) { $0.cgroupLimits.memoryHigh = 1 << 30 },
        SettingRow("memory_high", [""], ["", .null]) { $0.cgroupLimits.memoryHigh = nil },
        SettingRow("cpu_max", ["0.5", "50%", "50 %", ".5"], [0.5, "0.5", "50%"]) { $0.cgroupLimits.cpuMax = 0.5 },
        SettingRow("cpu_max", ["2", "200%"], [2, 2.0, "200%"]) { $0.cgroupLimits.cpuMax = 2 },
        SettingRow("cpu_max", ["0.01", "1%"], [0.01]) { $0.cgroupLimits.cpuMax = 0.01 },
        SettingRow("cpu_max", ["0.333333333"], ["33.3333333%"]) { $0.cgroupLimits.cpuMax = 0.33333 },
        SettingRow("cpu_max", [""], ["", .null]) { $0.cgroupLimits.cpuMax = nil },
        SettingRow("cpu_weight", ["1"], [1, "1"]) { $0.cgroupLimits.cpuWeight = 1 },
        SettingRow("cpu_weight", ["10000"], [10_000]) { $0.cgroupLimits.cpuWeight = 10_000 },
        SettingRow("cpu_weight", [""], ["", .null]) { $0.cgroupLimits.cpuWeight = nil },
        SettingRow("tasks_max", ["1"], [1]) { $0.cgroupLimits.tasksMax = 1 },
        SettingRow("tasks_max", [""], ["", .null]) { $0.cgroupLimits.tasksMax = nil },
        SettingRow("cgroup_limits", ["optional", "Optional"], ["optional"]) { $0.cgroupLimits.isRequired = false },
        SettingRow("cgroup_limits", ["required"], ["required"]) { $0.cgroupLimits.isRequired = true },
        SettingRow("oom_score_adj", ["-1000"], [-1000, "-1000"]) { $0.oomScoreAdj = -1000 },
        SettingRow("oom_score_adj", ["1000"], [1000]) { $0.oomScoreAdj = 1000 },
        SettingRow("oom_score_adj", [""], ["", .null]) { $0.oomScoreAdj = nil },
        SettingRow("journal", ["false", "off"], [false, "no"]) { $0.journal = false },
    ]

    @Test("Good values are read in both spellings", arguments: rows + cgroupRows)
    func good(row: SettingRow) throws {
        for text in row.texts { #expect(try JobConfig.ofText(row.name, text) == row.expected, "\(text)") }
        for json in row.jsons { #expect(try JobConfig.ofJSON(row.name, json) == row.expected, "\(json)") }
    }

    @Test("A table above has a row for every setting there is")
    func complete() {
        // Those of the files are told by a test of their own, as they need the file.
        let ofFiles = JobConfig.settingNames.filter { $0.contains("_file_") }
        #expect(ofFiles.count == 6)
        let missing = Set(JobConfig.settingNames).subtracting((Self.rows + Self.cgroupRows).map(\.name)).subtracting(
            ofFiles
        )
        #expect(missing.isEmpty)
        #expect(Set(JobConfig.settingNames).count == JobConfig.settingNames.count)
    }

    @Test("Every limit of setrlimit(2) may be set", arguments: ResourceLimit.names)
    func limits(name: String) throws {
        #expect(JobConfig.isSetting("rlimit_\(name)"))
        #expect(try JobConfig.ofText("rlimit_\(name)", "5").rlimits == [name: ResourceLimit(soft: 5, hard: 5)])
    }

    @Test("An output file takes its rotation, in any order", arguments: ["stdout", "stderr"])
    func files(stream: String) throws {
        let settings: [(String, String, JSON)] = [
            ("\(stream)_file_keep", "3", 3), ("\(stream)_file_max_age", "1d", 86_400),
            ("\(stream)_file", "x.log", "x.log"),
            ("\(stream)_file_max_size", "10M", 10_485_760),
        ]
        var file = OutputFile(path: "x.log")
        file.keep = 3
        file.maxAge = .seconds(86_400)
        file.maxSize = 10 << 20
        for settings in [settings, settings.reversed()] {
            var config = JobConfig(cmd: "prog")
            var pending = JobConfig.PendingFiles()
            for (name, text, _) in settings { try config.set(name, to: .text(text), pending: &pending) }
            #expect(config.finishSettings(pending).isEmpty)
            #expect((stream == "stdout" ? config.stdoutFile : config.stderrFile) == file)
            let json = JSON.object([.init("cmd", "prog")] + settings.map { .init($0.0, $0.2) })
            #expect(try JobConfig.read(json: json).config == config)
        }
    }

    @Test("Nothing that is null is set", arguments: JobConfig.settingNames.filter { $0 != "cmd" } + ["rlimit_core"])
    func null(name: String) throws {
        #expect(try JobConfig.ofJSON(name, .null) == JobConfig(cmd: "prog"))
    }
}
