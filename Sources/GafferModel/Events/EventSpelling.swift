/// One of the names of an event, as the words between its dots.
///
/// The original named an event by its word alone, 0.5 also by its job (`job.shop.web.spawn`) or the number of its process
/// (`proc.7.spawn`), 0.4 by the name of its job (`proc.web.spawn`). Each is published.
struct EventSpelling {
    enum Form {
        /// `spawn`
        case word
        /// `proc.web.spawn`; `proc.shop.web.spawn` where the session is not the default one.
        case processesOfJob
        /// `job.shop.web.spawn`
        case job
        /// `proc.7.spawn`
        case process(Int)
    }

    let form: Form
    let word: String

    /// The name as it is published.
    func name(of job: JobName) -> String {
        switch form {
        case .word: word
        case .processesOfJob:
            job.session == JobName.defaultSession ? "proc.\(job.job).\(word)" : "proc.\(job.session).\(job.job).\(word)"
        case .job: "job.\(job.session).\(job.job).\(word)"
        case .process(let pid): "proc.\(pid).\(word)"
        }
    }
}

extension Event {
    /// The names under which it is published: its word, then the longer ones.
    ///
    /// `spawn`, `proc.shop.web.spawn`, `job.shop.web.spawn`, `proc.7.spawn`; the session `default` is left out behind
    /// `proc.`. An event that 0.4 called otherwise has those names too, as `create` beside `load`.
    public var names: [String] {
        var names: [String] = []
        forEachSpelling { spelling in
            names.append(spelling.name(of: job))
            return true
        }
        return names
    }

    /// Goes through the spellings in the order of ``names``, until `body` returns false.
    func forEachSpelling(_ body: (EventSpelling) -> Bool) {
        let word = kind.word
        let former = kind.formerWord
        guard body(EventSpelling(form: .word, word: word)) else { return }
        if let former { guard body(EventSpelling(form: .word, word: former)) else { return } }
        guard body(EventSpelling(form: .processesOfJob, word: word)) else { return }
        if let former { guard body(EventSpelling(form: .processesOfJob, word: former)) else { return } }
        guard body(EventSpelling(form: .job, word: word)) else { return }
        if let pid = kind.pid { _ = body(EventSpelling(form: .process(pid), word: word)) }
    }
}

extension Event.Kind {
    /// The word of 0.4 for it, where that is another one.
    public var formerWord: String? {
        switch self {
        case .load: "create"
        case .unload: "delete"
        case .stopProcess: "stop_pid"
        default: nil
        }
    }

    /// All words that an event may have, those of 0.4 included.
    public static let words: Set<String> = [
        "load", "unload", "update", "start", "stop", "restart", "reload", "spawn", "spawn_error", "adopt",
        "stop_process",
        "reap", "kill", "exit", "backoff", "flap", "finish", "stray", "create", "delete", "stop_pid",
    ]
}
