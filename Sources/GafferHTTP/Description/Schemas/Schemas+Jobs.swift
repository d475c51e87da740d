internal import GafferModel

/// Jobs, as they are told of and as they are told to be.
enum JobSchemas {
    static let jobName = Schema.string("^\(Names.name)\\.\(Names.name)$").described("The full name, `session.job`.")
        .example("shop.web")

    static let sessions = Schema.object([
        .init("sessions", .array(of: .string(Names.whole)), "In the order of loading.")
    ])

    static let jobs = Schema.object([
        Schema.Property("sessionid", .string(Names.whole), "The session, where one was asked for.").optional,
        .init("jobs", .array(of: jobName), "The full names, in the order of loading."),
        Schema.Property("info", .array(of: .named(.jobInfo)), "With `?info=true`.").optional,
    ])

    static let pids = Schema.object([.init("pids", .array(of: pid))])
    static let pid = Schema.integer(from: 1).described("gaffer's own number of a process, never used twice.")
    static let osPid = Schema.integer(from: 0).described("The kernel's number; 0 while it is starting.")

    static let numprocesses = Schema.object([
        .init("numprocesses", .integer(from: 0), "How many processes are wanted.")
    ])

    static let info = Schema.object([
        .init("name", jobName),
        .init("active", .boolean, "Whether it has a process, one-offs included."),
        .init("running", .integer(from: 0), "How many processes it has, one-offs included."),
        .init("running_out", .integer(from: 0), "How many of them are one-offs."),
        .init("max_processes", .integer(from: 0), "How many are wanted; 0 after a stop."),
        .init("processes", .array(of: pid), "Supervised ones first, then one-offs."),
        .init("config", .named(.jobConfig)),
        .init("state", .oneOf(JobInfo.State.allCases.map(\.rawValue))),
        .init("restarts", .integer(from: 0), "How often a process was started again since the job was loaded."),
        .init("last_exit", Schema.named(.lastExit).nullable, "How the last process ended."),
        .init("last_error", Schema.string.nullable, "The last failure to start a process."),
        .init("retry_in", Schema.number.nullable, "Seconds until a process that waits is started."),
        Schema.Property("instances", .array(of: .named(.instance)), "With `?instances=true`, and in lists.").optional,
    ])

    static let instance = Schema.object([
        .init("pid", pid), .init("os_pid", osPid),
        .init("instance", .integer(from: 1), "`GAFFER_INSTANCE`, the lowest free number of the job."),
        .init("state", .oneOf(["starting", "running", "stopping"])),
        .init("commited", .boolean, "Whether it is a one-off (the original's spelling)."),
        .init("create_time", .number, "When it was started, in seconds since 1970."),
    ])

    static let lastExit = Schema.object([
        .init("pid", pid), .init("exit_status", Schema.integer.nullable, "0 where a signal ended it; null: unknown."),
        .init("term_signal", Schema.integer.nullable, "0 where it exited by itself; null: unknown."),
        Schema.Property("reason", .oneOf(["oom"]), "Memory had run out.").optional,
        .init("time", .number, "When, in seconds since 1970."),
    ])

    static let tail = Schema.object([
        .init(
            "tail",
            .array(
                of: .object([
                    .init("pid", pid), .init("stream", .string, "The label, as `stdout`."),
                    .init("data", .string, "As text: what is no UTF-8 is replaced."),
                    .init("data_b64", Schema.string.with("contentEncoding", "base64"), "As it is."),
                ])
            )
        )
    ])

    // MARK: What is sent

    /// A job's configuration with its name.
    static let newJob = Schema.all(
        .named(.jobConfig),
        .object([.init("name", .string, "`job`, or `session.job` where the session is that of the path.")])
    ).example(["name": "web", "cmd": "/usr/bin/shop-web --port 8080", "numprocesses": 2])

    static let command = Schema.integer(0...3).described(
        "0 stops, 1 starts, 2 reloads (new processes first, then the old ones stop), 3 restarts."
    )

    static let signal = Schema.object([
        .init(
            "signal",
            .any(.integer(1...64), .string("^([0-9]+|[A-Za-z][A-Za-z0-9+-]*)$")),
            "A number from 1 to 64, as a number or a text, or a name: `HUP`, `SIGHUP`, `RTMIN+3`."
        )
    ]).example(["signal": "HUP"])

    static let scale = Schema.object([
        .init(
            "scale",
            .any(
                .integer(-Int64(ScaleOperation.maximum)...Int64(ScaleOperation.maximum)),
                .string("^([+-]?[0-9]+|=[0-9]+)$")
            ),
            "`N` or `+N` more, `-N` fewer, `=N` exactly."
        )
    ]).example(["scale": "+1"])

    static let commit = Schema.object([
        Schema.Property("env", Schema.map(of: .string).nullable, "Variables that win over the job's.").optional,
        Schema.Property(
            "graceful_timeout",
            Schema.number(0...31_536_000).nullable,
            "Seconds until it is killed, once it is told to leave; the job's own where it is left out."
        ).optional,
    ]).example([:], ["env": ["TASK": "vacuum"], "graceful_timeout": 5])

    static let committed = Schema.object([.init("pid", pid)])

    static let reloaded = Schema.object([
        .init("ok", .constant(true)), .init("added", .array(of: jobName)), .init("changed", .array(of: jobName)),
        .init("removed", .array(of: jobName)),
        .init("unchanged", .integer(from: 0), "How many jobs are as they were, and keep their processes."),
    ])
}

/// How things are named, as regular expressions.
enum Names {
    /// A session or a job.
    static let name = "[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]*"
    static let whole = "^\(name)$"
    /// A job as 0.4 names it: without its session where that is the default, or with it.
    static let job = "^(\(name)[.:/])?\(name)$"
    static let pid = "^[0-9]+$"
}
