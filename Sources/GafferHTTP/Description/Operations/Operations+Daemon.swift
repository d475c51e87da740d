internal import GafferModel
internal import WebServer

extension Operation {
    static let ofDaemon: [Operation] = [
        Operation(.get, .welcome, "welcome", "The greeting", .daemon, [.json(.welcome)]),
        Operation(.get, .ping, "ping", "Whether the daemon answers", .daemon, [.text(.constant("OK"))]),
        Operation(.get, .version, "version", "The daemon's version", .daemon, [.json(.version)]),
        Operation(.get, .healthz, "healthz", "Whether the daemon lives", .daemon, [.text(.constant("OK"))]),
        Operation(.get, .readyz, "readyz", "Whether the configured jobs are loaded", .daemon, [.text(.constant("OK"))]),
        Operation(.get, .metrics, "metrics", "Numbers for Prometheus", .daemon, [.text(.string, .metrics)])
            .explained("In the text format, version 0.0.4."),
        Operation(
            .get,
            .description,
            "description",
            "This description",
            .daemon,
            [
                Answer(status: 200, type: .json, schema: Schema.object([.init("openapi", .string)]).open)
                    .with(header: "ETag", "Names this version of it."),
                .empty(304),
            ]
        ).taking(.ifNoneMatch),
        Operation(.post, .reload, "reload", "Read the configuration anew", .daemon, [.json(.reloaded)])
            .explained(
                "Answers what changed. A configuration with an error changes nothing: 400, `reason` being `bad_config` and "
                    + "`errors` all that is wrong, each with file and line."
            ).failing(500),
        Operation(.post, .state, "commandEverything", "Start, stop, reload or restart all jobs", .daemon, [.accepted])
            .sending(.command).waiting,
    ]
}

extension Operation.Answer {
    /// It is decided, and under way.
    static let accepted = Operation.Answer.json(.ok, status: 202)
}
