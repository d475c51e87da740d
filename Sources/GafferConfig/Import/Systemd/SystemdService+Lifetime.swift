internal import GafferModel
internal import Glibc

extension SystemdService {
    /// The exits that are clean to systemd, for a job of which only failures are mended.
    private static let clean = ["0", "HUP", "INT", "TERM", "PIPE"]

    mutating func readRestart() {
        let policy: RestartPolicy
        var note: String?
        switch literal("Restart") ?? "no" {
        case "no": policy = .never
        case "always": policy = .always
        case "on-failure": policy = .onFailure
        case "on-abnormal", "on-abort", "on-watchdog":
            policy = .onFailure
            note = "an exit code that is no success is followed by a restart, too."
        case "on-success":
            policy = .always
            note = "a failure is followed by a restart, too."
        default:
            policy = .never
            note = "there is no such word."
        }
        job.set("restart", policy.rawValue, from: "Restart", note: note)
        readExits(policy)
        readPause(policy)
    }

    private mutating func readExits(_ policy: RestartPolicy) {
        var exits: [String] = []
        for key in ["SuccessExitStatus", "RestartPreventExitStatus"] {
            for setting in all(key) {
                let words = setting.value.split(whereSeparator: \.isWhitespace).map(String.init)
                if let word = words.first(where: { Int($0) == nil && (try? Signal(parsing: $0)) == nil }) {
                    job.add(
                        setting,
                        .leftOut,
                        "\(word.cited) is neither an exit code nor a signal: write it as a number."
                    )
                } else if key == "RestartPreventExitStatus", policy != .onFailure {
                    job.add(setting, .leftOut, "Exits are told apart with restart = on-failure only.")
                } else {
                    exits += words
                    let note =
                        key == "SuccessExitStatus"
                        ? "" : ": they count as a success, and so are not followed by a restart."
                    job.add(
                        setting,
                        note.isEmpty ? .carried : .changed,
                        "success_exit has \(words.joined(separator: " "))\(note)"
                    )
                }
            }
        }
        guard policy == .onFailure || !exits.isEmpty else { return }
        var seen: Set<String> = []
        let all = (Self.clean + exits).filter { seen.insert($0).inserted }
        job.set("success_exit", all.joined(separator: ", "))
    }

    private mutating func readPause(_ policy: RestartPolicy) {
        let keys = ["RestartSec", "RestartSteps", "RestartMaxDelaySec"].filter { section[$0] != nil }
        guard !keys.isEmpty else { return }
        guard policy != .never else {
            for key in keys { job.leftOut(key, "The job is not restarted.") }
            return
        }
        guard let first = section["RestartSec"] == nil ? 0.1 : time("RestartSec"), first.isFinite else { return }
        var longest = first
        var factor = 1.0
        if let steps = literal("RestartSteps").flatMap({ Double($0) }), let end = time("RestartMaxDelaySec"),
            steps >= 1, end.isFinite, end > first, first > 0
        {
            longest = end
            factor = (pow(end / first, 1 / steps) * 100).rounded() / 100
        }
        let rule =
            first == 0 ? "0" : "\(UnitTime.written(first)), \(UnitTime.written(factor)), \(UnitTime.written(longest))"
        let note = first == 0 ? nil : "the first exit in a row is mended at once."
        job.set("backoff", rule, from: keys[0], note: note)
        for key in keys.dropFirst() { job.changed(key, "backoff = \(rule), as above.") }
    }

    mutating func readStartLimit() {
        let keys = ["StartLimitIntervalSec", "StartLimitInterval", "StartLimitBurst"].filter { section[$0] != nil }
        guard !keys.isEmpty else { return }
        func tell(_ text: String) { for key in keys { job.changed(key, text) } }
        guard job.setting("restart") != "never" else { return tell("The job is not restarted, so there is no limit.") }
        let interval = time("StartLimitIntervalSec") ?? time("StartLimitInterval") ?? 10
        let burst = literal("StartLimitBurst").flatMap { Int($0) } ?? 5
        guard interval > 0, burst > 0 else {
            return tell("Nothing is needed: gaffer never gives a job up without flapping.")
        }
        // Two exits at least, or one after months would count.
        let attempts = max(2, burst)
        let rule = "\(attempts), \(UnitTime.written(min(interval, 31_536_000))), 7, 0"
        let note = "\(attempts) exits within that time give the job up; gafferctl start begins anew."
        job.set("flapping", rule, from: keys[0], note: note)
        for key in keys.dropFirst() { job.changed(key, "flapping = \(rule), as above.") }
        // With flapping, gaffer has no pause of its own.
        if job.setting("backoff") == nil { job.set("backoff", "0.1, 1, 0.1") }
    }

    mutating func readStop() {
        take("KillSignal", as: "stop_signal")
        readStopCommand()
        if let mode = literal("KillMode") {
            switch mode {
            case "control-group": job.carried("KillMode", "gaffer stops a process with all that it started.")
            case "mixed":
                job.changed("KillMode", "All that the process started gets the signal too, not only the SIGKILL.")
            default: job.changed("KillMode", "gaffer stops a process with all that it started, always.")
            }
        }
        let key = section["TimeoutStopSec"] == nil ? "TimeoutSec" : "TimeoutStopSec"
        if key == "TimeoutStopSec" { job.leftOut("TimeoutSec", SystemdAdvice.unknown("TimeoutStartSec")) }
        guard section[key] != nil else { return job.set("graceful_timeout", "90") }
        guard let seconds = time(key) else { return }
        // Nought is no limit to systemd.
        if seconds == 0 || seconds > 31_536_000 {
            job.set("graceful_timeout", "365d", from: key, note: "gaffer's longest patience is taken for none.")
        } else {
            let note = key == "TimeoutSec" ? "there is none for the start." : nil
            job.set("graceful_timeout", UnitTime.written(seconds), from: key, note: note)
        }
    }

    /// `ExecStop=/bin/kill -QUIT $MAINPID` is a signal.
    private mutating func readStopCommand() {
        let lines = all("ExecStop")
        guard lines.count == 1, job.setting("stop_signal") == nil else { return }
        var words = lines[0].value.split(whereSeparator: \.isWhitespace).map(String.init)
        guard ["/bin/kill", "/usr/bin/kill", "kill"].contains(words.first.map { $0.drop { $0 == "-" } } ?? "") else {
            return
        }
        words.removeFirst()
        guard let pid = words.popLast(), ["$MAINPID", "${MAINPID}"].contains(pid), (1...2).contains(words.count) else {
            return
        }
        let name = words.count == 2 ? (words[0] == "-s" ? words[1] : "") : String(words[0].drop { $0 == "-" })
        guard let signal = try? Signal(parsing: name) else { return }
        job.set(
            "stop_signal",
            String(signal.name.dropFirst(3)),
            from: "ExecStop",
            note: "it is the signal that the command sent."
        )
    }
}
