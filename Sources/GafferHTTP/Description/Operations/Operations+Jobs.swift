internal import GafferModel
internal import WebServer

extension Operation {
    static let ofJobs: [Operation] = [
        Operation(.get, .jobs, "listJobs", "The jobs of all sessions", .jobs, [.json(.jobs)]).taking(.info)
            .explained("Those that the key may read."),
        Operation(.get, .session, "listJobsOfSession", "The jobs of a session", .jobs, [.json(.jobs)]).taking(.info),
        Operation(.post, .session, "loadJob", "Load a job", .jobs, [.json(.ok)]).sending(.newJob).waiting.failing(409)
            .explained(
                "The session is made with its first job. The job is started, unless it says `\"start\": false`."
            ),
        Operation(.get, .job, "getJob", "A job's information and configuration", .jobs, [.json(.jobInfo)])
            .taking(.instances)
            .explained("The values of `env` are `***` to who may read the job and not manage it."),
        Operation(.put, .job, "updateJob", "Replace a job's configuration", .jobs, [.json(.ok, status: 201)])
            .sending(.jobConfig).waiting
            .explained(
                "Its processes are replaced, unless it says `\"start\": false`. `name` may stand in it if it is equal."
            ),
        Operation(.delete, .job, "unloadJob", "Stop a job and forget it", .jobs, [.json(.ok)]).waiting,
        Operation(
            .get,
            .jobState,
            "getJobState",
            "Whether a job has a process",
            .jobs,
            [.text(.oneOf(["0", "1"]))]
        ).explained("`1`, one-offs included, or `0`."),
        Operation(.post, .jobState, "commandJob", "Start, stop, reload or restart a job", .jobs, [.accepted])
            .sending(.command).waiting,
        Operation(
            .get,
            .jobNumprocesses,
            "getNumprocesses",
            "How many processes are wanted",
            .jobs,
            [.json(.numprocesses)]
        ),
        Operation(.post, .jobNumprocesses, "scaleJob", "More or fewer processes", .jobs, [.json(.numprocesses)])
            .sending(.scale).waiting.explained("Answers how many are wanted now."),
        Operation(.get, .jobPids, "getJobPids", "A job's processes", .jobs, [.json(.pids)]),
        Operation(.get, .jobStats, "getJobStats", "What a job's processes use", .jobs, [.json(.jobStats)]),
        Operation(.post, .jobSignal, "signalJob", "Send a signal to a job's processes", .jobs, [.accepted])
            .sending(.signal),
        Operation(.post, .jobCommit, "commitJob", "Start a one-off process of a job", .jobs, [.json(.committed)])
            .sending(.commit, isRequired: false).waiting
            .explained("It is not counted, not scaled and not started again."),
        Operation(
            .get,
            .jobTail,
            "getJobTail",
            "The end of a job's output",
            .jobs,
            [.json(.tail), .text(.string, .bytes)]
        ).taking(.lines, .streamLabel, .format),
    ]

    static let ofSessions: [Operation] = [
        Operation(.get, .sessions, "listSessions", "All sessions", .sessions, [.json(.sessions)])
            .explained("Those of which the key may read one job at least."),
        Operation(.get, .sessionWhole, "getSession", "The jobs of a session", .sessions, [.json(.jobs)]).taking(.info),
        Operation(
            .delete,
            .sessionWhole,
            "removeSession",
            "Stop and forget all jobs of a session",
            .sessions,
            [.json(.ok)]
        )
        .waiting,
        Operation(
            .post,
            .sessionState,
            "commandSession",
            "Start, stop, reload or restart a session",
            .sessions,
            [.accepted]
        ).sending(.command).waiting,
        Operation(
            .post,
            .sessionSignal,
            "signalSession",
            "Send a signal to all processes of a session",
            .sessions,
            [.accepted]
        ).sending(.signal),
    ]

    static let ofProcesses: [Operation] = [
        Operation(.get, .pids, "listPids", "All processes", .processes, [.json(.pids)])
            .explained("Those of jobs that the key may read."),
        Operation(.get, .process, "getProcess", "A process", .processes, [.json(.processInfo)]),
        Operation(.delete, .process, "stopProcess", "Stop a process", .processes, [.accepted]).waiting
            .explained("Gracefully; a supervised one is replaced."),
        Operation(.get, .processStats, "getProcessStats", "What a process uses", .processes, [.json(.statsOfProcess)]),
        Operation(.post, .processSignal, "signalProcess", "Send a signal to a process", .processes, [.accepted])
            .sending(.signal),
    ]
}
