internal import GafferModel

/// A job's configuration, setting by setting.
enum JobConfigSchema {
    /// What is known of one setting.
    struct Setting: Sendable {
        var name: String
        var schema: Schema
        var meaning: String
        /// What holds where it is left out; nil: nothing, or what gafferd itself has.
        var standard: JSON?

        init(_ name: String, _ schema: Schema, _ meaning: String, _ standard: JSON? = nil) {
            self.name = name
            self.schema = schema
            self.meaning = meaning
            self.standard = standard
        }

        fileprivate var property: Schema.Property {
            let schema = schema.described(meaning)
            return Schema.Property(name, standard.map(schema.defaulting) ?? schema).optional
        }
    }

    private static let standard = JobConfig(cmd: "")

    /// All settings but `cmd` and the resource limits, in the order of the manual.
    static let settings: [Setting] = running + keeping + output + limits

    private static let running: [Setting] = [
        .init("args", SettingSchemas.wordList, "Arguments after the words of `cmd`.", []),
        .init("cwd", SettingSchemas.text, "The working directory; gafferd's own where it is left out."),
        .init("uid", SettingSchemas.account, "The user to run as, by number or name."),
        .init("gid", SettingSchemas.account, "The group; the user's primary one where only `uid` is given."),
        .init("detach", SettingSchemas.flag, "Leave the processes running when gafferd stops.", false),
        .init("shell", SettingSchemas.flag, "`cmd` is a script for `/bin/sh -c`.", false),
        .init("env", SettingSchemas.environment, "Variables, which win over all others.", [:]),
        .init("env_file", SettingSchemas.paths, "Files with `KEY=VALUE` lines, read at each start.", []),
        .init("os_env", SettingSchemas.flag, "Inherit gafferd's own environment.", .bool(standard.osEnv)),
        .init(
            "port",
            SettingSchemas.optionalInteger(1...65_535),
            "The variable `PORT` of the first process; each further one has one more. `env` and `env_file` win over it."
        ),
        .init("numprocesses", SettingSchemas.integer(0...100_000), "How many processes are kept alive.", 1),
        .init("start", SettingSchemas.flag, "Start the job when it is loaded.", true),
    ]

    private static let keeping: [Setting] = [
        .init("restart", SettingSchemas.restart, "Which exits are followed by a restart.", "always"),
        .init(
            "success_exit",
            SettingSchemas.successExit,
            "Exit codes and signals that are a success: numbers and names.",
            [0]
        ),
        .init("backoff", SettingSchemas.backoff, "How long a restart waits: initial, factor, max; 0: never."),
        .init("flapping", SettingSchemas.flapping, "When a job that dies too often is stopped for a while."),
        .init(
            "priority",
            SettingSchemas.optionalInteger(0...Int64.max),
            "The place in the order of starting; 0 is first, and last is where it is left out."
        ),
    ]

    private static let output: [Setting] =
        [
            .init(
                "redirect_output",
                SettingSchemas.labels(atMost: 2, areUnique: false),
                "The labels of stdout and stderr; two equal ones merge both, `none` drops both.",
                ["stdout", "stderr"]
            ),
            .init("redirect_input", SettingSchemas.flag, "Stdin can be written to.", false),
            .init(
                "custom_streams",
                SettingSchemas.labels(atMost: 64, areUnique: true),
                "Labels of further two-way streams, at descriptor 3 and up.",
                []
            ),
            .init(
                "ring_size",
                SettingSchemas.size(0...67_108_864),
                "How much of each stream is remembered, in bytes.",
                .integer(Int64(standard.ringSize))
            ),
        ] + file("stdout") + file("stderr")

    private static func file(_ label: String) -> [Setting] {
        let standard = OutputFile(path: "")
        return [
            .init("\(label)_file", SettingSchemas.text, "A file that gets the bytes of \(label)."),
            .init(
                "\(label)_file_max_size",
                SettingSchemas.size(0...Int64.max),
                "The size at which it is rotated; 0: never. It needs `\(label)_file`.",
                .integer(Int64(standard.maxSize))
            ),
            .init(
                "\(label)_file_max_age",
                SettingSchemas.duration,
                "The age at which it is rotated; 0: never. It needs `\(label)_file`.",
                standard.maxAge.json
            ),
            .init(
                "\(label)_file_keep",
                SettingSchemas.integer(0...1000),
                "How many rotated files are kept. It needs `\(label)_file`.",
                .integer(Int64(standard.keep))
            ),
        ]
    }

    private static let limits: [Setting] = [
        .init("stop_signal", SettingSchemas.signal, "Asks a process to leave.", .string(standard.stopSignal.name)),
        .init(
            "graceful_timeout",
            SettingSchemas.duration,
            "Seconds until it is killed, once it is asked to leave.",
            standard.gracefulTimeout.json
        ),
        .init("umask", SettingSchemas.mask, "The file mode creation mask, as octal digits."),
        .init("nice", SettingSchemas.optionalInteger(-20...19), "The nice value."),
        .init("memory_max", SettingSchemas.memory, "The most memory of the job's cgroup, in bytes."),
        .init("memory_high", SettingSchemas.memory, "From here on its processes are slowed down, in bytes."),
        .init("cpu_max", SettingSchemas.cpus, "The most CPU time, in CPUs: 0.5, 2, or `150%`."),
        .init("cpu_weight", SettingSchemas.optionalInteger(1...10_000), "The share of CPU time beside jobs with 100."),
        .init("tasks_max", SettingSchemas.optionalInteger(1...4_194_304), "The most processes and threads."),
        .init(
            "cgroup_limits",
            SettingSchemas.requirement,
            "Whether the job runs where a limit of its cgroup can't be set.",
            "required"
        ),
        .init(
            "oom_score_adj",
            SettingSchemas.optionalInteger(-1000...1000),
            "How early a process is chosen where memory runs out."
        ),
        .init("journal", SettingSchemas.flag, "Its output goes to the journal.", true),
    ]

    static let schema: Schema = {
        let limits = ResourceLimit.names.map { name in
            Schema.Property(
                "rlimit_\(name)",
                SettingSchemas.limit,
                "As in setrlimit(2): `SOFT`, `SOFT:HARD` or `unlimited`; sizes as `64K`."
            ).optional
        }
        let first: [Schema.Property] = [
            Schema.Property("name", .string, "The job's name.").optional,
            .init(
                "cmd",
                Schema.string.with("minLength", 1),
                "The command line, split into words as a shell would, or with `shell` a script."
            ),
        ]
        return Schema.object(
            first + settings.map(\.property) + limits + [
                Schema.Property("custom_channels", .anything, "Can't be sent over HTTP: refused.").optional
            ]
        ).open.described(
            "A text is read as that of an ini file: `\"2\"` and 2 are one, times may be `500ms`, sizes `64M`; null leaves a "
                + "setting at its default. Members that gaffer does not know are kept and shown, without effect."
        ).example(
            [
                "cmd": "/usr/bin/shop-web --port 8080", "numprocesses": 2, "env": ["MODE": "live"],
                "graceful_timeout": 10,
            ]
        )
    }()
}
