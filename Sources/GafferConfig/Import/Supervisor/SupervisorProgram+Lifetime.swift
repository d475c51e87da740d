internal import GafferModel

extension SupervisorProgram {
    mutating func readStart() {
        if let autostart = flag("autostart") {
            job.set("start", String(autostart), from: "autostart")
        }
        guard let priority = number("priority") else { return }
        if priority < 0 {
            job.set("priority", "0", from: "priority", note: "gaffer's order begins with 0.")
        } else {
            job.set("priority", String(priority), from: "priority")
        }
    }

    mutating func readRestart() {
        let autorestart = literal("autorestart")?.lowercased()
        let policy: RestartPolicy
        switch autorestart {
        case nil, "unexpected": policy = .onFailure
        case let text?:
            guard let isTrue = Bool(parsing: text) else {
                job.leftOut("autorestart", "true, false or unexpected is expected.")
                policy = .onFailure
                break
            }
            policy = isTrue ? .always : .never
        }
        job.set("restart", policy.rawValue, from: "autorestart")
        if let codes = literal("exitcodes") {
            if codes.isEmpty {
                job.leftOut("exitcodes", "Exit code 0 is always a success.")
            } else {
                job.set("success_exit", codes, from: "exitcodes")
            }
        }
        readRetries(policy)
    }

    /// supervisord gives a program up that ends within `startsecs` more than `startretries` times in a row.
    ///
    /// gaffer's rule counts exits within a time instead: those of one first start and `startretries` further ones, as
    /// long as they can take with the pauses between them.
    private mutating func readRetries(_ policy: RestartPolicy) {
        let keys = ["startsecs", "startretries"].filter { section[$0] != nil }
        guard !keys.isEmpty else { return }
        let seconds = number("startsecs") ?? 1
        let retries = number("startretries") ?? 3
        func tell(_ text: String) { for key in keys { job.changed(key, text) } }
        guard policy != .never else {
            return tell("A job with restart = never is not tried again, however short it ran.")
        }
        guard seconds > 0 else {
            return tell("Nothing is needed: gaffer takes a process for started once it is there.")
        }
        guard retries < 1000 else { return tell("Nothing is needed: gaffer never gives a job up without flapping.") }
        guard seconds <= 86_400, retries >= 0 else { return tell("The number makes no sense.") }
        // Two exits at least, or one after months would count.
        let attempts = max(retries, 1) + 1
        var window = Double(seconds * (attempts - 1))
        var pause = 1.0
        for _ in 0..<max(0, attempts - 2) {
            window += pause * 1.1
            pause = min(pause * 2, 10)
        }
        let rule = "\(attempts), \(Int(window.rounded(.up))), 7, 0"
        for (index, key) in keys.enumerated() {
            let note =
                "\(attempts) exits within that time give the job up; the pauses between them are backoff = 1, 2, 10."
            if index == 0 {
                job.set("flapping", rule, from: key, note: note)
            } else {
                job.changed(key, "flapping = \(rule), as above.")
            }
        }
        job.set("backoff", "1, 2, 10")
    }

    mutating func readStop() {
        take("stopsignal", as: "stop_signal")
        if section["stopwaitsecs"] != nil {
            take("stopwaitsecs", as: "graceful_timeout")
        } else {
            job.set("graceful_timeout", "10")
        }
        for key in ["stopasgroup", "killasgroup"] {
            guard let flag = flag(key) else { continue }
            if flag {
                job.carried(key, "gaffer stops a process with all that it started.")
            } else {
                job.changed(key, "gaffer stops a process with all that it started, always.")
            }
        }
    }
}
