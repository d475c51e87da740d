extension Component {
    /// What it is.
    var schema: Schema {
        switch self {
        case .ok: EventSchemas.ok
        case .error: EventSchemas.error
        case .welcome: EventSchemas.welcome
        case .version: EventSchemas.version
        case .sessions: JobSchemas.sessions
        case .jobs: JobSchemas.jobs
        case .pids: JobSchemas.pids
        case .numprocesses: JobSchemas.numprocesses
        case .jobConfig: JobConfigSchema.schema
        case .newJob: JobSchemas.newJob
        case .jobInfo: JobSchemas.info
        case .instance: JobSchemas.instance
        case .lastExit: JobSchemas.lastExit
        case .jobStats: ProcessSchemas.jobStats
        case .processStats: ProcessSchemas.stats
        case .statsOfProcess: ProcessSchemas.statsOfOne
        case .cgroupUsage: ProcessSchemas.cgroup
        case .processInfo: ProcessSchemas.info
        case .tail: JobSchemas.tail
        case .signal: JobSchemas.signal
        case .scale: JobSchemas.scale
        case .command: JobSchemas.command
        case .commit: JobSchemas.commit
        case .committed: JobSchemas.committed
        case .reloaded: JobSchemas.reloaded
        case .event: EventSchemas.event
        case .gap: EventSchemas.gap
        case .events: EventSchemas.events
        case .written: ProcessSchemas.written
        case .permissions: AccountSchemas.permissions
        case .key: AccountSchemas.key
        case .newKey: AccountSchemas.newKey
        case .issuedKey: AccountSchemas.issuedKey
        case .login: AccountSchemas.login
        case .keys: AccountSchemas.keys
        case .user: AccountSchemas.user
        case .newUser: AccountSchemas.newUser
        case .changedUser: AccountSchemas.changedUser
        case .password: AccountSchemas.password
        case .userKey: AccountSchemas.userKey
        case .users: AccountSchemas.users
        case .legacyStatus: ProcessSchemas.legacyStatus
        case .legacyPids: ProcessSchemas.legacyPids
        case .legacyScaled: ProcessSchemas.legacyScaled
        case .legacyJobStats: ProcessSchemas.legacyJobStats
        case .legacyProcessStats: ProcessSchemas.legacyStats
        case .socketInfo: EventSchemas.socketInfo
        }
    }
}
