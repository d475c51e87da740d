package import GafferClient
package import GafferModel

/// Why a job is in the state in which it is, in sentences for people.
package struct JobReason {
    package let job: JobStatus
    /// What happened to it, the oldest first, as events tell it; empty where that is not known.
    package let events: [JSON]
    /// The seconds since 1970.
    package let now: Double

    package init(job: JobStatus, events: [JSON] = [], now: Double) {
        self.job = job
        self.events = events
        self.now = now
    }

    private var config: JSON { job.json["config"] ?? [:] }
    private var start: String { "'gafferctl start \(job.name)'" }

    /// What it is doing and why.
    package var sentence: String {
        switch job.state {
        case "running": return running
        case "starting": return "\(count) run; the others are being started.\(failure)"
        case "stopping": return stopping
        case "stopped": return stopped
        case "idle": return "It was loaded without being started. \(start) starts it."
        case "backoff": return backoff
        case "flapping": return "\(flap) It is tried again\(retry)."
        case "failed": return "\(flap) It was given up\(ago("flap")). \(start) tries again."
        case "finished":
            let policy = config["restart"]?.stringValue ?? "always"
            return "Its processes ended (\(lastExit)), and its restart policy, \(policy.escaped), asks for no more."
        default: return "Its state is \(job.state.quoted), of which this program knows nothing."
        }
    }

    /// What else is worth knowing where something is wrong.
    package var hints: [String] {
        var hints: [String] = []
        let isWell = job.state == "running" || job.state == "idle" || job.state == "stopped"
        if job.lastExit?.isOutOfMemory == true {
            let limit =
                config["memory_max"]?.intValue.map { " Its limit is \(ByteSize.human(UInt64(max(0, $0))))." } ?? ""
            hints.append("The kernel ended a process since memory had run out.\(limit)")
        }
        let isMissing = job.lastError?.contains("No such file") == true || job.lastExit?.code == 127
        if isMissing, !isWell, config["os_env"]?.boolValue != true, config["env"]?["PATH"] == nil {
            hints.append("It inherits no environment (os_env is false) and names no PATH of its own.")
        }
        if job.lastExit?.code == 127, !isWell {
            hints.append("127 is what a shell says of a command that it did not find.")
        }
        if job.lastExit?.code == 126, !isWell {
            hints.append("126 is what a shell says of a file that it may not run.")
        }
        if job.state == "running", job.restarts > 0, let oldest = oldestStart, now - oldest < 60 {
            hints.append("It was started again \(times(job.restarts)) so far; what runs now is young.")
        }
        return hints
    }

    /// How a process ended, in words.
    package static func words(for exit: JobStatus.LastExit) -> String {
        if exit.isOutOfMemory { return "killed since memory had run out" }
        if let number = exit.signal {
            let signal = Signal(rawValue: Int32(clamping: number))
            let meaning =
                switch signal.name {
                case "SIGSEGV", "SIGBUS": ": it used memory that is not its own"
                case "SIGABRT": ": it gave up by itself"
                case "SIGILL", "SIGTRAP": ": it ran into an error that its compiler had marked"
                case "SIGFPE": ": it divided by zero"
                case "SIGPIPE": ": nobody read what it wrote"
                case "SIGXCPU": ": it used more CPU time than its limit"
                default: ""
                }
            return "\(signal.name)\(meaning)"
        }
        return exit.code.map { $0 == 0 ? "code 0, a success" : "code \($0)" } ?? "it is not known how"
    }

    // MARK: The states

    private var running: String {
        guard let oldest = oldestStart else { return "\(count) run." }
        let noun = job.supervised == 1 ? "It runs" : "\(count) run, the oldest"
        return "\(noun) for \(Human.duration(now - oldest)).\(failure)"
    }

    private var backoff: String {
        if let error = job.lastError {
            return "The last start failed: \(sentence(error)) The next attempt is\(retry)."
        }
        return "A process ended (\(lastExit)); the next start is\(retry)."
    }

    private var flap: String {
        let rule = config["flapping"]
        let attempts = rule?["attempts"]?.intValue.map { times($0) } ?? "too often"
        let window = rule?["window"]?.doubleValue.map { " within \(Human.duration($0))" } ?? ""
        let cause = job.lastError.map { "; the last start failed: \(sentence($0))" } ?? ", last with \(lastExit)."
        return "It died \(attempts)\(window)\(cause)"
    }

    private var stopping: String {
        let leaving = job.instances.filter { !$0.isCommit }
        var text = "It was told to stop\(ago("stop"))"
        let pids = leaving.prefix(5).map { "\($0.pid)" }.joined(separator: ", ")
        if !leaving.isEmpty { text += "; it waits for process \(pids)\(leaving.count > 5 ? ", ..." : "")" }
        let told = leaving.compactMap { process in
            last("stop_process") { $0["pid"]?.intValue == process.pid }?["time"]?.doubleValue
        }
        if let first = told.min(), !leaving.isEmpty {
            let left = first + gracefulTimeout - now
            text += left > 0 ? ", SIGKILL in \(Human.wait(left))" : ", which was sent SIGKILL"
        }
        return text + "."
    }

    private var stopped: String {
        guard let time = last("stop")?["time"]?.doubleValue else { return "It was stopped. \(start) starts it." }
        return "It was stopped at \(Clock.timeOfDay(time)), \(Human.duration(now - time)) ago. \(start) starts it."
    }

    // MARK: Pieces

    /// How long a process may take to leave, in seconds.
    package var gracefulTimeout: Double { config["graceful_timeout"]?.doubleValue ?? 30 }

    private var count: String { "\(job.supervised) of \(job.wanted) \(job.wanted == 1 ? "process" : "processes")" }
    private var lastExit: String { job.lastExit.map(Self.words) ?? "it is not known how" }
    private var retry: String { job.retryIn.map { " in \(Human.wait($0))" } ?? " soon" }
    private var failure: String {
        guard job.supervised < job.wanted, let error = job.lastError else { return "" }
        return " The last start failed: \(sentence(error))"
    }
    private var oldestStart: Double? {
        job.instances.lazy.filter { !$0.isCommit && $0.createTime > 0 }.map(\.createTime).min()
    }

    private func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }
    private func times(_ number: Int) -> String { number == 1 ? "once" : "\(number) times" }

    private func ago(_ word: String) -> String {
        last(word)?["time"]?.doubleValue.map { " \(Human.duration(now - $0)) ago" } ?? ""
    }

    private func last(_ word: String, where matches: (JSON) -> Bool = { _ in true }) -> JSON? {
        events.last { JobEvent.word(of: $0) == word && matches($0) }
    }
}

/// An event of a job as gafferd tells it.
package enum JobEvent {
    /// What happened: `exit` of `job.shop.web.exit`.
    package static func word(of event: JSON) -> String {
        let name = event["event"]?.stringValue ?? ""
        return name.split(separator: ".").last.map(String.init) ?? name
    }

    /// What it says beside its word: `process 61: code 1`.
    package static func details(of event: JSON) -> String {
        var parts: [String] = []
        if let pid = event["pid"]?.intValue { parts.append("process \(pid)") }
        switch word(of: event) {
        case "exit":
            parts.append(
                JobReason.words(
                    for: JobStatus.LastExit(
                        code: event["exit_status"]?.intValue,
                        signal: event["term_signal"]?.intValue.flatMap { $0 == 0 ? nil : $0 },
                        isOutOfMemory: event["reason"]?.stringValue == "oom",
                        time: 0
                    )
                )
            )
        case "spawn_error": parts.append(event["reason"]?.stringValue ?? "")
        case "kill": parts.append(event["signum"]?.intValue.map { Signal(rawValue: Int32(clamping: $0)).name } ?? "")
        case "backoff": parts.append(event["delay"]?.doubleValue.map { "starts in \(Human.wait($0))" } ?? "")
        case "flap":
            parts.append(event["retry_in"]?.doubleValue.map { "tried again in \(Human.wait($0))" } ?? "given up")
        default: break
        }
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
