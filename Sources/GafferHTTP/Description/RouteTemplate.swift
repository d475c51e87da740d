/// The shapes of the API's paths: a closed set, so that a description and a count by path have a bound, whatever is asked
/// for.
///
/// Where several paths have one shape, as `/watch` and `/watch/{a}`, the longest stands for all.
package enum RouteTemplate: UInt8, Sendable, CaseIterable {
    /// The greeting, and what the daemon says of itself.
    case welcome, ping, version, healthz, readyz, metrics, description
    /// All jobs, of a session or of all.
    case sessions, jobs, session, sessionWhole, sessionState, sessionSignal, state, reload
    /// One job.
    case job, jobState, jobNumprocesses, jobPids, jobStats, jobSignal, jobCommit, jobTail
    /// Processes.
    case pids, process, processStats, processSignal
    /// What can be watched and talked to.
    case ioChannel, ioChannelOfStream, stream, webStream, events, watch, channel
    /// Keys and users.
    case login, keys, key, users, user, userPassword, userKey
    /// The routes of 0.4.
    case legacyProcesses, legacyProcess, legacyPids, legacyStart, legacyStop, legacyRestart, legacyAdd, legacySub
    /// The routes of 0.4.
    case legacySignal, legacyStatus, legacyStats, legacyJobStats, legacyProcessStats
    /// The routes of 0.4.
    case legacyGroups, legacyGroup, legacyGroupStart, legacyGroupStop, legacyGroupRestart

    /// The path, with the names of what varies in braces.
    package var path: String {
        switch self {
        case .welcome: "/"
        case .ping: "/ping"
        case .version: "/version"
        case .healthz: "/healthz"
        case .readyz: "/readyz"
        case .metrics: "/metrics"
        case .description: "/openapi.json"
        case .sessions: "/sessions"
        case .jobs: "/jobs"
        case .session: "/jobs/{session}"
        case .sessionWhole: "/sessions/{session}"
        case .sessionState: "/sessions/{session}/state"
        case .sessionSignal: "/sessions/{session}/signal"
        case .state: "/state"
        case .reload: "/reload"
        case .job: "/jobs/{session}/{job}"
        case .jobState: "/jobs/{session}/{job}/state"
        case .jobNumprocesses: "/jobs/{session}/{job}/numprocesses"
        case .jobPids: "/jobs/{session}/{job}/pids"
        case .jobStats: "/jobs/{session}/{job}/stats"
        case .jobSignal: "/jobs/{session}/{job}/signal"
        case .jobCommit: "/jobs/{session}/{job}/commit"
        case .jobTail: "/jobs/{session}/{job}/tail"
        case .pids: "/pids"
        case .process: "/{pid}"
        case .processStats: "/{pid}/stats"
        case .processSignal: "/{pid}/signal"
        case .ioChannel: "/{pid}/channel"
        case .ioChannelOfStream: "/{pid}/channel/{stream}"
        case .stream: "/streams/{pid}/{label}"
        case .webStream: "/wstreams/{pid}"
        case .events: "/events"
        case .watch: "/watch/{a}/{b}/{c}"
        case .channel: "/channel/{server}/{id}/{transport}"
        case .login: "/auth"
        case .keys: "/keys"
        case .key: "/keys/{key}"
        case .users: "/users"
        case .user: "/users/{user}"
        case .userPassword: "/users/{user}/password"
        case .userKey: "/users/{user}/key"
        case .legacyProcesses: "/processes"
        case .legacyProcess: "/processes/{process}"
        case .legacyPids: "/processes/{process}/_pids"
        case .legacyStart: "/processes/{process}/_start"
        case .legacyStop: "/processes/{process}/_stop"
        case .legacyRestart: "/processes/{process}/_restart"
        case .legacyAdd: "/processes/{process}/_add/{count}"
        case .legacySub: "/processes/{process}/_sub/{count}"
        case .legacySignal: "/processes/{process}/_signal/{signal}"
        case .legacyStatus: "/status/{name}"
        case .legacyStats: "/stats"
        case .legacyJobStats: "/stats/{name}"
        case .legacyProcessStats: "/stats/{name}/{pid}"
        case .legacyGroups: "/groups"
        case .legacyGroup: "/groups/{group}"
        case .legacyGroupStart: "/groups/{group}/_start"
        case .legacyGroupStop: "/groups/{group}/_stop"
        case .legacyGroupRestart: "/groups/{group}/_restart"
        }
    }
}
