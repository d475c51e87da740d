extension Route {
    /// The shape of its path.
    package var template: RouteTemplate {
        switch self {
        case .welcome: .welcome
        case .ping: .ping
        case .version: .version
        case .healthz: .healthz
        case .readyz: .readyz
        case .metrics: .metrics
        case .description: .description
        case .sessions: .sessions
        case .jobs: .jobs
        case .session: .session
        case .job(_, let part): part.template
        case .sessionWhole: .sessionWhole
        case .sessionState: .sessionState
        case .sessionSignal: .sessionSignal
        case .state: .state
        case .reload: .reload
        case .pids: .pids
        case .process(_, .whole): .process
        case .process(_, .stats): .processStats
        case .process(_, .signal): .processSignal
        case .ioChannel(_, nil): .ioChannel
        case .ioChannel: .ioChannelOfStream
        case .stream: .stream
        case .webStream: .webStream
        case .events: .events
        case .watch: .watch
        case .channel: .channel
        case .account(let route): route.template
        case .legacy(let route): route.template
        }
    }
}

extension Route.JobPart {
    fileprivate var template: RouteTemplate {
        switch self {
        case .whole: .job
        case .state: .jobState
        case .numprocesses: .jobNumprocesses
        case .pids: .jobPids
        case .stats: .jobStats
        case .signal: .jobSignal
        case .commit: .jobCommit
        case .tail: .jobTail
        }
    }
}

extension AccountRoute {
    fileprivate var template: RouteTemplate {
        switch self {
        case .login: .login
        case .keys: .keys
        case .key: .key
        case .users: .users
        case .user: .user
        case .password: .userPassword
        case .userKey: .userKey
        }
    }
}

extension LegacyRoute {
    fileprivate var template: RouteTemplate {
        switch self {
        case .processes: .legacyProcesses
        case .job, .process: .legacyProcess
        case .pids: .legacyPids
        case .command(_, .start): .legacyStart
        case .command(_, .stop), .stopProcess: .legacyStop
        case .command(_, .restart): .legacyRestart
        case .scale(_, let count): count < 0 ? .legacySub : .legacyAdd
        case .signalJob, .signalProcess: .legacySignal
        case .status: .legacyStatus
        case .stats: .legacyStats
        case .statsOfJob: .legacyJobStats
        case .statsOfProcess: .legacyProcessStats
        case .groups: .legacyGroups
        case .group: .legacyGroup
        case .groupCommand(_, .start): .legacyGroupStart
        case .groupCommand(_, .stop): .legacyGroupStop
        case .groupCommand(_, .restart): .legacyGroupRestart
        }
    }
}
