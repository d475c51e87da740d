internal import GafferModel
internal import WebServer

extension Operation {
    static let ofLegacy: [Operation] =
        [
            Operation(
                .get,
                .legacyProcesses,
                "legacyListJobs",
                "All jobs",
                .legacy,
                [Answer(status: 200, type: .json, schema: .array(of: .any(.string(Names.job), JobSchemas.pid)))]
            ).taking(.running),
            Operation(.post, .legacyProcesses, "legacyLoadJob", "Load a job", .legacy, [.json(.ok)]).sending(.newJob)
                .waiting.failing(409)
                .explained("It needs the right to manage the session that the name in the body is of."),
            Operation(.get, .legacyProcess, "legacyGetJob", "A job's configuration", .legacy, [.json(.jobConfig)])
                .explained("Of a job, or of the job of a process."),
            Operation(.put, .legacyProcess, "legacyUpdateJob", "Replace a job's configuration", .legacy, [.json(.ok)])
                .sending(.jobConfig).waiting.failing(405),
            Operation(.delete, .legacyProcess, "legacyRemove", "Unload a job, or stop a process", .legacy, [.json(.ok)])
                .waiting,
            Operation(.get, .legacyPids, "legacyGetPids", "A job's processes", .legacy, [.json(.legacyPids)]),
            change(.legacyStart, "legacyStartJob", "Start a job"),
            change(.legacyStop, "legacyStop", "Stop a job, or a process"),
            change(.legacyRestart, "legacyRestartJob", "Restart a job"),
            scale(.legacyAdd, "/processes/{process}/_add", "legacyAddOne", "One more process"),
            scale(.legacyAdd, nil, "legacyAdd", "More processes"),
            scale(.legacySub, "/processes/{process}/_sub", "legacySubOne", "One process fewer"),
            scale(.legacySub, nil, "legacySub", "Fewer processes"),
            Operation(
                .post,
                .legacySignal,
                "legacySignal",
                "Send a signal to a job's processes, or to a process",
                .legacy,
                [.json(.ok)]
            ),
            Operation(.get, .legacyStatus, "legacyGetStatus", "Whether a job runs", .legacy, [.json(.legacyStatus)]),
            stats(
                .legacyStats,
                "legacyStats",
                "What all jobs use",
                Answer(status: 200, type: .json, schema: .array(of: .named(.legacyJobStats)))
            ),
            stats(.legacyJobStats, "legacyStatsOfJob", "What a job uses", .json(.legacyJobStats)),
            stats(.legacyProcessStats, "legacyStatsOfProcess", "What a process uses", .json(.legacyProcessStats)),
            Operation(
                .get,
                .legacyGroups,
                "legacyListGroups",
                "All sessions",
                .legacy,
                [Answer(status: 200, type: .json, schema: .array(of: .string(Names.whole)))]
            ),
            Operation(
                .get,
                .legacyGroup,
                "legacyGetGroup",
                "The jobs of a session",
                .legacy,
                [Answer(status: 200, type: .json, schema: .array(of: .string(Names.job)))]
            ),
            Operation(.delete, .legacyGroup, "legacyRemoveGroup", "Remove a session", .legacy, [.json(.ok)]).waiting,
            change(.legacyGroupStart, "legacyStartGroup", "Start a session"),
            change(.legacyGroupStop, "legacyStopGroup", "Stop a session"),
            change(.legacyGroupRestart, "legacyRestartGroup", "Restart a session"),
        ]

    private static func change(_ template: RouteTemplate, _ id: String, _ summary: String) -> Operation {
        Operation(.post, template, id, summary, .legacy, [.json(.ok)]).waiting
    }

    private static func scale(
        _ template: RouteTemplate,
        _ path: String?,
        _ id: String,
        _ summary: String
    ) -> Operation {
        Operation(.post, template, path: path, id, summary, .legacy, [.json(.legacyScaled)]).waiting
    }

    private static func stats(
        _ template: RouteTemplate,
        _ id: String,
        _ summary: String,
        _ answer: Answer
    ) -> Operation {
        let looks = Schema.array(of: .named(.processStats))
        let feeds = [
            answer, Answer(status: 200, type: .jsonLines, schema: looks),
            Answer(status: 200, type: .eventStream, schema: .anything),
        ]
        return Operation(.get, template, id, summary, .legacy, feeds).taking(.feed, .interval).explained(
            "`feed=continuous`: a look a line. `feed=eventsource`: events `STATS`."
        )
    }
}
