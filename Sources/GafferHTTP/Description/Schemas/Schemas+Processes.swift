internal import GafferModel

/// Processes, what they use, and what they write.
enum ProcessSchemas {
    static let info = Schema.object([
        .init("pid", JobSchemas.pid), .init("name", JobSchemas.jobName), .init("cmd", .string, "The program."),
        .init("args", .array(of: .string), "Its arguments, variables replaced."),
        .init(
            "env",
            .map(of: .string),
            "What the job and a commit gave it; the values are `***` to who does not manage the job."
        ),
        .init("uid", Schema.integer(from: 0).nullable, "The user it runs as; null: gafferd's."),
        .init("gid", Schema.integer(from: 0).nullable, "The group it runs as; null: gafferd's."),
        .init("os_pid", JobSchemas.osPid), .init("create_time", .number, "In seconds since 1970."),
        .init("commited", .boolean, "Whether it is a one-off (the original's spelling)."),
        .init("redirect_output", .array(of: .string), "The labels of its captured outputs."),
        .init("redirect_input", .boolean, "Whether its stdin can be written to."),
        .init("custom_streams", .array(of: .string)), .init("active", .constant(true)),
        .init("state", .oneOf(["starting", "running", "stopping"])), .init("instance", .integer(from: 1)),
        Schema.Property("cgroup", .string, "As in /proc/PID/cgroup, where it has one of its own.").optional,
    ])

    /// `"N/A"` where it can't be read.
    private static func known(_ schema: Schema) -> Schema {
        .any(schema, .constant("N/A"))
    }

    private static let size = Schema.string("^[0-9]+[BKMGTPE]$")

    private static let usage: [Schema.Property] = [
        .init("mem_info1", known(size), "Resident memory, rounded down."),
        .init("mem_info2", known(size), "Virtual memory, rounded down."),
        .init("cpu", known(.number(from: 0)), "Percent of one core since the previous look."),
        .init("mem", known(.number(from: 0)), "Resident memory, in percent of the machine's."),
        .init("ctime", known(.string("^[0-9]+:[0-5][0-9]\\.[0-9]{2}$")), "CPU time, as minutes:seconds."),
        .init("username", known(.string)), .init("nice", known(.integer)), .init("cmdline", known(.string)),
    ]

    static let stats = Schema.object(
        [Schema.Property("pid", JobSchemas.pid, "Missing for a child.").optional, .init("os_pid", JobSchemas.osPid)]
            + usage + [
                .init("children", .array(of: .named(.processStats)), "The processes below it."),
                Schema.Property("cgroup", .named(.cgroupUsage)).optional,
            ]
    )

    static let statsOfOne = Schema.object([.init("stats", .named(.processStats))])

    private static let sums: [Schema.Property] = ["mem", "max_mem", "min_mem", "cpu", "max_cpu", "min_cpu"].map {
        .init($0, known(.number(from: 0)))
    }

    static let jobStats = Schema.object(
        [.init("name", JobSchemas.jobName), .init("stats", .array(of: .named(.processStats)))] + sums
            + [Schema.Property("cgroup", .named(.cgroupUsage)).optional]
    )

    static let cgroup = Schema.object([
        Schema.Property("memory_current", .integer(from: 0), "In bytes.").optional,
        Schema.Property("memory_peak", .integer(from: 0), "In bytes.").optional,
        Schema.Property("cpu_usage", .number(from: 0), "CPU time of ended processes too, in seconds.").optional,
        Schema.Property("cpu_throttled", .number(from: 0), "How long `cpu_max` held it up, in seconds.").optional,
        Schema.Property("tasks", .integer(from: 0), "Processes and threads.").optional,
        Schema.Property("oom_kills", .integer(from: 0), "How often memory ran out.").optional,
    ])

    static let written = Schema.object([
        .init("ok", .constant(true)), .init("bytes", .integer(from: 0), "How many were written: all of them."),
    ])

    // MARK: 0.4

    static let legacyStats = Schema.object(
        [
            .init("id", Schema.any(JobSchemas.pid, .null), "gaffer's own number; null for a child."),
            .init("pid", JobSchemas.osPid), .init("os_pid", JobSchemas.osPid),
        ] + usage + [
            Schema.Property("cgroup", .named(.cgroupUsage)).optional,
            .init("children", .array(of: .named(.legacyProcessStats))),
        ]
    )

    static let legacyJobStats = Schema.object(
        [.init("name", .string(Names.job)), .init("stats", .array(of: .named(.legacyProcessStats)))] + sums
            + [Schema.Property("cgroup", .named(.cgroupUsage)).optional]
    )

    static let legacyStatus = Schema.object([
        .init("active", .boolean), .init("running", .integer(from: 0)), .init("max_processes", .integer(from: 0)),
        .init("numprocesses", .integer(from: 0)),
    ])

    static let legacyPids = Schema.object([.init("ok", .constant(true)), .init("pids", .array(of: JobSchemas.pid))])

    static let legacyScaled = Schema.object([
        .init("ok", .constant(true)), .init("numprocesses", .integer(from: 0)),
    ])
}
