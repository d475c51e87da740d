import GafferModel
import Testing

@Suite("What is wrong with a setting")
struct SettingErrorTests {
    private static let bool = "true or false is expected"
    private static let time = "a time is expected, in seconds or as 500ms, 2m, 1h"
    private static let size = "a size is expected, in bytes or as 64K, 10M, 1G"
    private static let account = "a name or a number is expected"
    private static let limit = "a limit is expected: SOFT, SOFT:HARD or unlimited"
    private static let mask = "an octal mask is expected, as 022"
    private static let signal = "a signal is expected, as TERM or 15"
    private static let count = "a whole number from 0 to 100000 is expected"
    private static let flapping = "four numbers are expected: attempts, window, retry_in, max_retry"
    private static let backoff = "one to three numbers are expected: initial, factor, max"
    private static let cpus = "CPUs are expected, from 0.01 to 10000, as 0.5, 2 or 150%"
    private static func label(_ text: String) -> String {
        "\"\(text)\" can't be a label: use letters, digits, _, - and ., not at the start"
    }

    @Test(
        "It is told of a text",
        arguments: [
            ("cmd", "", "it is empty"), ("cmd", "''", "it names no program"), ("cmd", "  ", "it names no program"),
            ("cmd", "a 'b", "it can't be split into words: a single quote is not closed"),
            ("args", "a \\", "it can't be split into words: nothing follows the last backslash"),
            ("uid", "-1", account), ("uid", "4294967295", account), ("uid", "1.5", account), ("uid", "a b", account),
            ("gid", "a:b", account),
            ("detach", "maybe", bool), ("shell", "2", bool), ("os_env", "", bool), ("start", "y", bool),
            ("redirect_input", "stdin", bool),
            ("env", "A=1", "write env:KEY = value instead"), ("env_file", "a,,b", "it is empty"),
            ("numprocesses", "-1", count), ("numprocesses", "100001", count), ("numprocesses", "1.5", count),
            ("numprocesses", "many", count),
            ("numprocesses", "", count), ("numprocesses", "1e3", count),
            ("numprocesses", "99999999999999999999", count),
            ("restart", "sometimes", "always, on-failure or never is expected"),
            ("restart", "", "always, on-failure or never is expected"),
            ("success_exit", "256", "256 is no exit code, 0 to 255"),
            ("success_exit", "-1", "-1 is no exit code, 0 to 255"),
            ("success_exit", "0, OOPS", "OOPS is neither an exit code, 0 to 255, nor a signal, as SIGTERM"),
            ("success_exit", "1,", " is neither an exit code, 0 to 255, nor a signal, as SIGTERM"),
            ("flapping", "2, 1., 7.", flapping), ("flapping", "2, 1., 7., 5, 6", flapping),
            ("flapping", "2 1, 7 5", flapping), ("flapping", "x", flapping),
            ("flapping", "0, 1, 7, 5", "0 is no whole number from 1 to 10000"),
            ("flapping", "2.5, 1, 7, 5", "2.5 is no whole number from 1 to 10000"),
            ("flapping", "2, 1, 7, 10001", "10001 is no whole number from 0 to 10000"),
            ("flapping", "2, 1, 7, -1", "-1 is no number"),
            ("flapping", "2, -1, 7, 5", time), ("flapping", "2, 1, soon, 5", time),
            ("backoff", "1, 2, 3, 4", backoff), ("backoff", "-1", time), ("backoff", "1, x", "x is no number"),
            ("backoff", "1, 0.5", "the factor has to be 1 to 1000"),
            ("backoff", "1, 1001", "the factor has to be 1 to 1000"),
            ("backoff", "5, 2, 1", "the longest wait is shorter than the first"),
            ("backoff", "0, x", "x is no number"), ("backoff", "1,,2", " is no number"), ("backoff", "none", time),
            ("priority", "-1", "a whole number from 0 to 9223372036854775807 is expected"),
            ("priority", "first", "a whole number from 0 to 9223372036854775807 is expected"),
            ("redirect_output", "a, b, c", "2 labels at most are expected"), ("redirect_output", "a/b", label("a/b")),
            ("redirect_output", "none, err", label("none")),
            ("redirect_output", ".a", label(".a")), ("redirect_output", "é", label("é")),
            ("custom_streams", "a, a", "a label is named twice"),
            ("custom_streams", "stdout", "stdout is the label of another stream"),
            ("custom_streams", "stdin", "stdin is the label of another stream"),
            ("ring_size", "65M", "64M at most is expected"), ("ring_size", "big", size), ("ring_size", "", size),
            ("ring_size", "8E", size),
            ("stdout_file_max_size", "-1", size), ("stdout_file_max_age", "old", time),
            ("stderr_file_keep", "1001", "a whole number from 0 to 1000 is expected"),
            ("stdout_file_keep", "3", "stdout_file is missing"), ("stderr_file_max_age", "3", "stderr_file is missing"),
            ("stop_signal", "OOPS", signal), ("stop_signal", "0", signal), ("stop_signal", "", signal),
            ("graceful_timeout", "-1", time), ("graceful_timeout", "soon", time), ("graceful_timeout", "", time),
            ("graceful_timeout", "101 years", time),
            ("umask", "8", mask), ("umask", "1000", mask), ("umask", "rwx", mask), ("umask", "-1", mask),
            ("memory_max", "4095", "4K or more is expected"), ("memory_max", "0", "4K or more is expected"),
            ("memory_max", "50%", size), ("memory_high", "much", size), ("memory_high", "-1", size),
            ("cpu_max", "0", cpus), ("cpu_max", "0.009", cpus), ("cpu_max", "10001", cpus), ("cpu_max", "-1", cpus),
            ("cpu_max", "half", cpus), ("cpu_max", "%", cpus), ("cpu_max", "1e9%", cpus), ("cpu_max", "5%%", cpus),
            ("cpu_weight", "0", "a whole number from 1 to 10000 is expected"),
            ("cpu_weight", "10001", "a whole number from 1 to 10000 is expected"),
            ("tasks_max", "0", "a whole number from 1 to 4194304 is expected"),
            ("cgroup_limits", "maybe", "required or optional is expected"),
            ("cgroup_limits", "", "required or optional is expected"),
            ("oom_score_adj", "-1001", "a whole number from -1000 to 1000 is expected"),
            ("oom_score_adj", "1001", "a whole number from -1000 to 1000 is expected"), ("journal", "maybe", bool),
            ("nice", "20", "a whole number from -20 to 19 is expected"),
            ("nice", "-21", "a whole number from -20 to 19 is expected"),
            ("rlimit_nofile", "many", "many is no limit: a number, 64K, 10M, or unlimited is expected"),
            ("rlimit_nofile", "1:2:3", limit),
            ("rlimit_nofile", "2:1", "the soft limit is above the hard one"),
            ("rlimit_nofile", "unlimited:1", "the soft limit is above the hard one"),
            ("rlimit_nofile", "", " is no limit: a number, 64K, 10M, or unlimited is expected"),
            ("rlimit_nofile", "-1", "-1 is no limit: a number, 64K, 10M, or unlimited is expected"),
            ("rlimit_files", "1", "there is no such setting"), ("no_such", "1", "there is no such setting"),
        ]
    )
    func text(name: String, text: String, message: String) {
        do {
            let config = try name == "cmd" ? Self.command(text) : JobConfig.ofText(name, text)
            Issue.record("it was read as \(config)")
        } catch {
            #expect((error as? SettingError)?.message == message)
        }
    }

    private static func command(_ text: String) throws -> JobConfig {
        var config = JobConfig(cmd: "")
        let pending = JobConfig.PendingFiles()
        var unused = pending
        try config.set("cmd", to: .text(text), pending: &unused)
        if let problem = config.finishSettings(pending).first { throw problem.error }
        return config
    }

    @Test(
        "It is told of a body, with the setting and its value",
        arguments: [
            ("cmd", .null, "cmd = null: a string is expected."), ("cmd", "", #"cmd = "": it is empty."#),
            ("cmd", ["a"], #"cmd = ["a"]: a string is expected."#),
            ("cmd", "a\0b", #"cmd = "a\u0000b": it holds a NUL."#), ("cmd", " ", #"cmd = " ": it names no program."#),
            ("args", 1, "args = 1: a string or a list of strings is expected."),
            ("args", [1], "args = [1]: a list of strings without NUL is expected."),
            ("args", ["\0"], #"args = ["\u0000"]: a list of strings without NUL is expected."#),
            ("args", "\0", #"args = "\u0000": it holds a NUL."#),
            ("cwd", 1, "cwd = 1: a string is expected."), ("uid", -1, "uid = -1: a name or a number is expected."),
            ("uid", 4_294_967_295, "uid = 4294967295: a name or a number is expected."),
            ("uid", 1.5, "uid = 1.5: a name or a number is expected."),
            ("gid", true, "gid = true: a name or a number is expected."),
            ("detach", 1, "detach = 1: true or false is expected."),
            ("env", "x", #"env = "x": an object of strings is expected."#),
            ("env", ["A": 1], #"env = {"A":1}: the value of "A" has to be a string without NUL."#),
            ("env", ["A": "\0"], #"env = {"A":"\u0000"}: the value of "A" has to be a string without NUL."#),
            ("env", ["": "x"], #"env = {"":"x"}: "" can't name a variable."#),
            ("env", ["A=B": "x"], #"env = {"A=B":"x"}: "A=B" can't name a variable."#),
            ("env_file", 1, "env_file = 1: a list is expected."),
            ("env_file", [1], "env_file = [1]: a string is expected."),
            ("env_file", [""], #"env_file = [""]: it is empty."#),
            ("numprocesses", true, "numprocesses = true: a whole number from 0 to 100000 is expected."),
            ("numprocesses", 1.5, "numprocesses = 1.5: a whole number from 0 to 100000 is expected."),
            ("numprocesses", "", #"numprocesses = "": a whole number from 0 to 100000 is expected."#),
            ("restart", true, "restart = true: a string is expected."),
            (
                "success_exit", [true],
                "success_exit = [true]: true is neither an exit code, 0 to 255, nor a signal, as SIGTERM."
            ),
            (
                "success_exit", [[:]],
                "success_exit = [{}]: {} is neither an exit code, 0 to 255, nor a signal, as SIGTERM."
            ),
            ("success_exit", 256, "success_exit = 256: 256 is no exit code, 0 to 255."),
            ("flapping", ["attempt": 2], #"flapping = {"attempt":2}: there is no "attempt" in it."#),
            ("flapping", true, "flapping = true: a list is expected."),
            ("flapping", ["attempts": "x"], #"flapping = {"attempts":"x"}: "x" is no number."#),
            (
                "flapping", [2, 1, 7],
                "flapping = [2,1,7]: four numbers are expected: attempts, window, retry_in, max_retry."
            ),
            ("backoff", ["start": 1], #"backoff = {"start":1}: there is no "start" in it."#),
            ("backoff", -1, "backoff = -1: a time is expected, in seconds or as 500ms, 2m, 1h."),
            ("backoff", [], "backoff = []: one to three numbers are expected: initial, factor, max."),
            ("redirect_output", [1], "redirect_output = [1]: a string is expected."),
            ("redirect_output", true, "redirect_output = true: a list is expected."),
            ("ring_size", 1.5, "ring_size = 1.5: a size is expected, in bytes or as 64K, 10M, 1G."),
            ("ring_size", -1, "ring_size = -1: a size is expected, in bytes or as 64K, 10M, 1G."),
            ("stop_signal", true, "stop_signal = true: a signal is expected, as TERM or 15."),
            ("stop_signal", 65, "stop_signal = 65: a signal is expected, as TERM or 15."),
            ("graceful_timeout", -0.5, "graceful_timeout = -0.5: a time is expected, in seconds or as 500ms, 2m, 1h."),
            (
                "graceful_timeout", 1e300,
                "graceful_timeout = 1e+300: a time is expected, in seconds or as 500ms, 2m, 1h."
            ),
            ("umask", 22, "umask = 22: an octal mask is expected, as 022."),
            ("nice", 1.5, "nice = 1.5: a whole number from -20 to 19 is expected."),
            ("rlimit_nofile", -1, "rlimit_nofile = -1: a limit is expected: SOFT, SOFT:HARD or unlimited."),
            ("rlimit_nofile", [1], "rlimit_nofile = [1]: a limit is expected: SOFT, SOFT:HARD or unlimited."),
            ("rlimit_files", 1, "rlimit_files: there is no such limit."),
            ("name", 1, "name = 1: a string is expected."),
            ("stdout_file_keep", 3, "stdout_file_keep = 3: stdout_file is missing."),
            ("custom_streams", ["stderr"], #"custom_streams = ["stderr"]: stderr is the label of another stream."#),
            ("custom_channels", [], "custom_channels: channels of the original's process can't be sent over HTTP."),
        ] as [(String, JSON, String)]
    )
    func body(name: String, json: JSON, message: String) {
        do {
            let config = try JobConfig.ofJSON(name, json)
            Issue.record("it was read as \(config)")
        } catch {
            let error = error as? GafferError
            #expect(error?.code == .badRequest)
            #expect(error?.details == [message])
            #expect(error?.message == "The job's configuration is wrong: \(message)")
        }
    }

    @Test(
        "Settings that contradict each other are told",
        arguments: [
            (
                ["redirect_output": "none", "stdout_file": "a"], "stdout_file",
                "redirect_output sends stdout to /dev/null"
            ),
            (
                ["redirect_output": "none", "stderr_file": "a"], "stderr_file",
                "redirect_output sends stderr to /dev/null"
            ),
            (
                ["redirect_output": "out", "stderr_file": "a"], "stderr_file",
                "redirect_output sends stderr to /dev/null"
            ),
            (
                ["redirect_output": "all, all", "stderr_file": "a"], "stderr_file",
                "redirect_output merges stderr into stdout; name stdout_file alone"
            ),
            (
                ["redirect_output": "a, b", "custom_streams": "c, b"], "custom_streams",
                "b is the label of another stream"
            ),
        ] as [([String: String], String, String)]
    )
    func contradictions(settings: [String: String], setting: String, message: String) throws {
        var config = JobConfig(cmd: "prog")
        var pending = JobConfig.PendingFiles()
        for (name, text) in settings { try config.set(name, to: .text(text), pending: &pending) }
        let problems = config.finishSettings(pending)
        #expect(problems.map(\.setting) == [setting])
        #expect(problems.map(\.error.message) == [message])
    }

    @Test("Everything that is wrong in a body is told at once")
    func allAtOnce() {
        do {
            _ = try JobConfig.read(json: ["numprocesses": -1, "detach": "maybe", "x": 1, "rlimit_x": 1, "args": "'"])
            Issue.record("it was read")
        } catch {
            #expect(
                error.details == [
                    "numprocesses = -1: a whole number from 0 to 100000 is expected.",
                    #"detach = "maybe": true or false is expected."#,
                    "rlimit_x: there is no such limit.",
                    #"args = "'": it can't be split into words: a single quote is not closed."#, "cmd: it is missing.",
                ]
            )
            #expect(error.message == "The job's configuration has 5 errors: \(error.details.joined(separator: " "))")
        }
    }

    @Test("Only an object is a configuration", arguments: [.null, 5, "x", [], true] as [JSON])
    func noObject(json: JSON) {
        do {
            _ = try JobConfig.read(json: json)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .badRequest)
            #expect(error.message == "A job's configuration has to be an object.")
        }
    }

    @Test("Long values and many errors don't make long messages")
    func bounded() {
        let long = JSON.string(String(repeating: "x", count: 1_000_000))
        let many = (0..<10_000).map { JSON.Member("rlimit_\($0)", 1) }
        for json in [
            ["cmd": "a", "detach": long], ["cmd": "a", "env": ["A=B": long]], .object(many),
            ["cmd": long, "args": [long, 1]],
        ] as [JSON] {
            do {
                _ = try JobConfig.read(json: json)
                Issue.record("it was read")
            } catch {
                #expect(error.message.utf8.count < 20_000)
                #expect(error.details.count <= 101)
            }
        }
    }
}
