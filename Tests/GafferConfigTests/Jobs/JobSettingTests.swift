import GafferConfig
import GafferModel
import Testing

@Suite("The settings of a job")
struct JobSettingTests {
    /// Lines of a section, and what they change in a job's configuration.
    struct Row: Sendable, CustomTestStringConvertible {
        let lines: String
        let change: @Sendable (inout JobConfig) -> Void

        init(_ lines: String, _ change: @escaping @Sendable (inout JobConfig) -> Void) {
            self.lines = lines
            self.change = change
        }

        var testDescription: String { lines }
    }

    static let rows: [Row] = [
        Row("args = -a 'b c' --d=e") { $0.args = ["-a", "b c", "--d=e"] },
        Row("args =") { $0.args = [] },
        Row("cwd = /srv/web") { $0.cwd = "/srv/web" },
        Row("cwd = .") { $0.cwd = "." },
        Row("cwd =") { $0.cwd = nil },
        Row("uid = web") { $0.uid = .name("web") },
        Row("uid = 33") { $0.uid = .id(33) },
        Row("uid = 4000000000") { $0.uid = .id(4_000_000_000) },
        Row("uid =") { $0.uid = nil },
        Row("gid = www") { $0.gid = .name("www") },
        Row("gid = 0") { $0.gid = .id(0) },
        Row("detach = yes") { $0.detach = true },
        Row("detach = false") { $0.detach = false },
        Row("shell = TRUE") { $0.shell = true },
        Row("os_env = off") { $0.osEnv = false },
        Row("env:Path = /opt/bin") { $0.env = ["Path": "/opt/bin"] },
        Row("env:A = \nenv:a = $B ; c") { $0.env = ["A": "", "a": "$B"] },
        Row("env_file = .env") { $0.envFile = [".env"] },
        Row("env_file = .env, /etc/web.env") { $0.envFile = [".env", "/etc/web.env"] },
        Row("port = 5000") { $0.port = 5000 },
        Row("port =") { $0.port = nil },
        Row("numprocesses = 0") { $0.numprocesses = 0 },
        Row("numprocesses = 100000") { $0.numprocesses = 100_000 },
        Row("start = 0") { $0.start = false },
        Row("restart = on-failure") { $0.restart = .onFailure },
        Row("restart = Never") { $0.restart = .never },
        Row("success_exit = 0, 3, SIGTERM") { $0.successExit = SuccessExit(codes: [0, 3], signals: [.terminate]) },
        Row("success_exit = 9 kill") { $0.successExit = SuccessExit(codes: [9], signals: [.kill]) },
        Row("success_exit =") { $0.successExit = SuccessExit() },
        Row("flapping = 2, 1., 7., 5") { $0.flapping = FlappingRule() },
        Row("flapping = 3 500ms 2m 0") {
            $0.flapping = FlappingRule(attempts: 3, window: .milliseconds(500), retryIn: .seconds(120), maxRetry: 0)
        },
        Row("flapping =") { $0.flapping = nil },
        Row("backoff = 0") { $0.backoff = BackoffRule.none },
        Row("backoff = 2") { $0.backoff = BackoffRule(initial: .seconds(2)) },
        Row("backoff = 500ms, 1.5") { $0.backoff = BackoffRule(initial: .milliseconds(500), factor: 1.5) },
        Row("backoff = 1, 3, 10s") { $0.backoff = BackoffRule(initial: .seconds(1), factor: 3, max: .seconds(10)) },
        Row("backoff = 5m") { $0.backoff = BackoffRule(initial: .seconds(300), max: .seconds(300)) },
        Row("priority = 0") { $0.priority = 0 },
        Row("redirect_output = stdout, stderr") { $0.redirectOutput = ["stdout", "stderr"] },
        Row("redirect_output = mystdout, mystderr") { $0.redirectOutput = ["mystdout", "mystderr"] },
        Row("redirect_output = all all") { $0.redirectOutput = ["all", "all"] },
        Row("redirect_output = one") { $0.redirectOutput = ["one"] },
        Row("redirect_output = None") { $0.redirectOutput = [] },
        Row("redirect_output =") { $0.redirectOutput = nil },
        Row("redirect_input = on") { $0.redirectInput = true },
        Row("custom_streams = ttin, ttout") { $0.customStreams = ["ttin", "ttout"] },
        Row("ring_size = 1M") { $0.ringSize = 1 << 20 },
        Row("stdout_file = /var/log/web-$GAFFER_INSTANCE.log") {
            $0.stdoutFile = OutputFile(path: "/var/log/web-$GAFFER_INSTANCE.log")
        },
        Row("stderr_file_max_size = 0\nstderr_file = e.log\nstderr_file_keep = 3\nstderr_file_max_age = 1d") {
            var file = OutputFile(path: "e.log")
            file.maxSize = 0
            file.maxAge = .seconds(86_400)
            file.keep = 3
            $0.stderrFile = file
        },
        Row("stop_signal = INT") { $0.stopSignal = .interrupt },
        Row("stop_signal = sigquit") { $0.stopSignal = .quit },
        Row("stop_signal = 15") { $0.stopSignal = .terminate },
        Row("graceful_timeout = 1.5") { $0.gracefulTimeout = .milliseconds(1500) },
        Row("graceful_timeout = 10m") { $0.gracefulTimeout = .seconds(600) },
        Row("graceful_timeout = 0") { $0.gracefulTimeout = .zero },
        Row("umask = 022") { $0.umask = 0o022 },
        Row("nice = -20") { $0.nice = -20 },
        Row("rlimit_nofile = 1024:4096") { $0.rlimits = ["nofile": ResourceLimit(soft: 1024, hard: 4096)] },
        Row("rlimit_core = unlimited\nrlimit_AS = 1G") {
            $0.rlimits = [
                "core": ResourceLimit(soft: nil, hard: nil), "as": ResourceLimit(soft: 1 << 30, hard: 1 << 30),
            ]
        },
        Row("CWD: /srv") { $0.cwd = "/srv" },
        Row("memory_max = 64M") { $0.cgroupLimits.memoryMax = 64 << 20 },
        Row("memory_high = 32M") { $0.cgroupLimits.memoryHigh = 32 << 20 },
        Row("cpu_max = 150%") { $0.cgroupLimits.cpuMax = 1.5 },
        Row("cpu_weight = 10") { $0.cgroupLimits.cpuWeight = 10 },
        Row("tasks_max = 100") { $0.cgroupLimits.tasksMax = 100 },
        Row("cgroup_limits = optional") { $0.cgroupLimits.isRequired = false },
        Row("oom_score_adj = 100") { $0.oomScoreAdj = 100 },
        Row("journal = off") { $0.journal = false },
    ]

    @Test("Each does what it says, and nothing else", arguments: rows)
    func setting(row: Row) throws {
        var expected = JobConfig(cmd: "/bin/true")
        expected.osEnv = true
        row.change(&expected)
        #expect(try Reading.job(row.lines) == expected)
    }

    @Test("The rows above have every key")
    func completeness() {
        let written = Set(Self.rows.flatMap { row in row.lines.split(separator: "\n").map { $0.prefix { $0 != " " } } })
        for key in ConfigReader.jobKeys where key != "cmd" && !key.contains("_file_") {
            #expect(written.contains { $0.lowercased() == key }, "\(key) is not tried")
        }
    }

    @Test(
        "A bad value is an error that names line, key and value",
        arguments: [
            "args = 'a", "uid = nobody-here", "uid = -1", "uid = 4294967295", "gid = no-group", "detach = maybe",
            "shell = 2", "os_env =", "port = 0", "port = 65536", "numprocesses = many", "numprocesses = -1",
            "numprocesses = 100001",
            "numprocesses = 1.5", "numprocesses =", "start = soon", "restart = sometimes", "success_exit = 256",
            "success_exit = 0, NOSIGNAL", "success_exit = 0,,1", "flapping = 2", "flapping = 2, 1, 7",
            "flapping = a b c d",
            "flapping = 0, 1, 7, 5", "flapping = 2, -1, 7, 5", "flapping = 2.5, 1, 7, 5", "flapping = 2, 1, 7, 5, 1",
            "backoff = soon", "backoff = 1, 0.5", "backoff = 10, 2, 5", "backoff = 1, 2, 3, 4", "backoff = -1",
            "priority = first", "priority = 1.5", "redirect_output = a, b, c", "redirect_output = a/b",
            "redirect_output = none, a", "redirect_input = stdin", "custom_streams = a, a", "custom_streams = ..",
            "custom_streams = stdout", "ring_size = big", "ring_size = 1G", "ring_size = -1",
            "stdout_file_max_size = 1M", "stderr_file_keep = 1", "stop_signal = NOSIGNAL", "stop_signal = 0",
            "stop_signal = 65", "graceful_timeout = soon", "graceful_timeout = -1", "graceful_timeout = 1w",
            "umask = 888", "umask = 1777", "nice = 20", "nice = -21", "rlimit_nofile = 10:5", "rlimit_nofile = 1:2:3",
            "rlimit_nofile = few", "rlimit_colours = 1", "colour = blue", "numproceses = 2", "env = A=1", "env: = 1",
            "group = shop", "name = two",
        ]
    )
    func badValue(line: String) throws {
        let errors = Reading.jobErrors("; a comment\n\(line)")
        let key = line.prefix { $0 != " " }
        #expect(errors.map(\.line) == [4], "\(errors)")
        let error = try #require(errors.first)
        #expect(error.file == Reading.path)
        #expect(error.section == "process:one")
        #expect(key.hasPrefix("env") || error.key == String(key))
        #expect(error.description.hasSuffix(".") || error.description.hasSuffix("?"))
    }

    @Test("An unknown key that is nearly a known one is told so", arguments: ["numproceses", "cwdd", "rlimit_nofiles"])
    func suggestion(key: String) throws {
        let error = try #require(Reading.jobErrors("\(key) = 2").first)
        #expect(error.message.contains("did you mean"))
    }

    @Test("All errors of a section are told at once, in the order of their lines")
    func allAtOnce() {
        let errors = Reading.errors(
            "[process:one]\nnumprocesses = x\ncolour = y\nnumprocesses = 2\nuid = z\nargs = $NO_SUCH\n[process:two]\ncmd ="
        )
        // The variables are looked at too: one error does not hide another.
        #expect(
            errors.places == [
                "gafferd.ini:1", "gafferd.ini:2 numprocesses", "gafferd.ini:3 colour", "gafferd.ini:4 numprocesses",
                "gafferd.ini:5 uid", "gafferd.ini:6 args", "gafferd.ini:8 cmd",
            ]
        )
    }

    @Test(
        "A command line that names no program is an error",
        arguments: ["", "''", "'/bin/true", "/bin/true \\", "\"\" a"]
    )
    func badCommand(cmd: String) {
        #expect(Reading.errors("[process:one]\ncmd = \(cmd)").places == ["gafferd.ini:2 cmd"])
    }

    @Test("A shell's script is nobody's to split")
    func script() throws {
        let config = try Reading.load("[process:one]\nshell = true\ncmd = echo 'it is' && echo $NO_SUCH \"$(date)\"")
        #expect(config.jobs.first?.config.cmd == "echo 'it is' && echo $NO_SUCH \"$(date)\"")
    }

    @Test("A comment that would cut a shell's script in two is an error")
    func cutScript() {
        let errors = Reading.errors("[process:one]\ncmd = echo a ; echo b\nshell = true")
        #expect(errors.places == ["gafferd.ini:2 cmd"])
    }
}
