internal import GafferModel

/// What happens, and what went wrong.
enum EventSchemas {
    static let event = Schema.object([
        .init("event", .string, "Its name, as `spawn`, `job.shop.web.spawn` or `proc.7.spawn`."),
        .init("name", JobSchemas.jobName),
        Schema.Property("pid", JobSchemas.pid).optional, Schema.Property("os_pid", JobSchemas.osPid).optional,
        Schema.Property("once", .boolean, "`spawn`, `exit`: whether it is a one-off.").optional,
        Schema.Property("detached", .boolean, "`spawn`: whether gafferd leaves it running when it stops.").optional,
        Schema.Property("reason", .string, "`spawn_error`: the step and the errno; `exit`: `oom`.").optional,
        Schema.Property("signum", .integer(1...64), "`kill`.").optional,
        Schema.Property("exit_status", Schema.integer.nullable, "`exit`.").optional,
        Schema.Property("term_signal", Schema.integer.nullable, "`exit`.").optional,
        Schema.Property("delay", .number, "`backoff`: seconds until the restart.").optional,
        Schema.Property("retry_in", Schema.number.nullable, "`flap`: seconds; null: it is given up.").optional,
        Schema.Property("os_pids", .array(of: JobSchemas.osPid), "`stray`.").optional,
        .init("seq", .integer(from: 1), "Counted from 1 in a daemon's life, without a gap."),
        .init("time", .number, "In seconds since 1970."),
    ])

    static let gap = Schema.object([
        .init("event", .constant("gap")), .init("from", .integer(from: 0), "The first number that is missing."),
        .init("to", .integer(from: 0), "The last one."),
        .init(
            "lost",
            Schema.integer(from: 1).nullable,
            "How many; null: those of gafferd before it was started again, which nobody counted."
        ),
    ])

    static let events = Schema.object([
        .init(
            "events",
            .array(of: .named(.event)),
            "Each event once, under the first of its names that the pattern chooses."
        ),
        .init("last", .integer(from: 0), "The number of the last one."),
        .init("position", .string, "What to give as `since` to get the next ones, after a restart of gafferd too."),
        .init(
            "lost",
            Schema.integer(from: 0).nullable,
            "How many of those before them are no longer kept; null: gafferd was started again since then."
        ),
    ])

    static let ok = Schema.object([.init("ok", .constant(true))])

    static let error = Schema.object([
        .init(
            "error",
            .any(.string, .integer(400...599)),
            "The original's word (`not_found`, `bad_request`, `process_conflict`, …), else the status."
        ),
        .init("reason", .string, "A word that tells errors of one status apart."),
        Schema.Property("message", .string, "A sentence for people.").optional,
        Schema.Property("errno", .integer(400...599), "The status, where the original had it here.").optional,
        Schema.Property("errors", .array(of: .string), "All that is wrong, where it is more than one thing.").optional,
        Schema.Property("pid", JobSchemas.pid, "Of a one-off that was started, but not in time.").optional,
    ]).example(["error": "not_found", "errno": 404, "reason": "not_found", "message": "There is no job shop.none."])

    static let welcome = Schema.object([.init("welcome", .constant("gaffer")), .init("version", .string)])
    static let version = Schema.object([.init("name", .constant("gaffer")), .init("version", .string)])

    static let socketInfo = Schema.object([
        .init("websocket", .boolean), .init("cookie_needed", .boolean), .init("origins", .array(of: .string)),
        .init("entropy", .integer(0...4_294_967_295)),
    ])
}
