internal import Gaffer
internal import GafferModel
internal import Logging
internal import ServiceLifecycle

/// Writes what happens to jobs and processes into the log, and shows it on the console.
struct LifecycleLog: Service {
    let events: AsyncStream<Event>
    let log: DaemonLog
    let console: Console?
    let reporter: ServiceReporter?

    init(events: EventBus, log: DaemonLog, console: Console?, reporter: ServiceReporter?) {
        // Subscribed now, so that nothing that happens before `run` is missed.
        self.events = events.events(buffer: 100_000)
        self.log = log
        self.console = console
        self.reporter = reporter
    }

    func run() async throws {
        var next: UInt64?
        for await event in events {
            if let next, event.sequence > next {
                log.logger.warning("\(event.sequence - next) events came faster than they could be logged")
            }
            next = event.sequence + 1
            console?.show(event)
            reporter?.changed()
            log.tell(event)
        }
        // The last event comes before the group of services gets to this one, and one that ends early looks failed.
        try? await gracefulShutdown()
    }
}

extension Event {
    /// What a line of the log says of it.
    var logEntry: LogEntry {
        let (level, message, details) = kind.logLine
        var metadata: Logger.Metadata = ["session": "\(job.session)", "job": "\(job.job)"]
        if let pid = kind.pid { metadata["pid"] = "\(pid)" }
        if let osPid = kind.osPid { metadata["os_pid"] = "\(osPid)" }
        for (key, value) in details { metadata[key] = "\(value)" }
        return LogEntry(level: level, message: message, metadata: metadata)
    }
}

extension Event.Kind {
    /// What the log says of it.
    fileprivate var logLine: (Logger.Level, Logger.Message, [(String, String)]) {
        switch self {
        case .load: (.info, "loaded", [])
        case .unload: (.info, "unloaded", [])
        case .update: (.info, "updated", [])
        case .start: (.info, "started", [])
        case .stop: (.info, "stopped", [])
        case .restart: (.info, "restarting", [])
        case .reload: (.info, "reloading", [])
        case .spawn: (.info, "process spawned", [])
        case .spawnError(_, let reason): (.error, "process could not be started", [("reason", reason)])
        case .adopt: (.info, "process adopted", [])
        case .stopProcess: (.info, "process told to stop", [])
        case .reap: (.info, "process told to stop, fewer are wanted", [])
        case .kill: (.warning, "process did not leave in time and is killed", [])
        case .signal(_, _, let signal): (.info, "signal sent", [("signal", signal.name)])
        case .exit(_, _, let status, _): (.info, "process exited", [("status", status.description)])
        case .backoff(let delay): (.warning, "process waits for its restart", [("seconds", "\(delay)")])
        case .flap(let retryIn?): (.warning, "job is flapping", [("retry_in", "\(retryIn)")])
        case .flap(nil): (.error, "job died too often and is given up", [])
        case .finish: (.info, "job is finished", [])
        case .stray(let osPids):
            (
                .warning, "processes left behind are told to stop",
                [("os_pids", osPids.map(String.init).joined(separator: ","))]
            )
        }
    }
}
