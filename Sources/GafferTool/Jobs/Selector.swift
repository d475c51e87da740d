package import GafferModel

/// How a user names jobs and processes.
///
/// | written | means |
/// |---|---|
/// | `shop.web`, `shop/web`, `shop:web` | that job |
/// | `web` | the job `default.web`; where there is none, all jobs of the session `web` |
/// | `shop.*`, `*.web`, `*`, `web-?` | the jobs whose full name, or whose own name in the session `default`, matches |
/// | `12` | the process with that pid |
///
/// Within an application its own session takes the place of `default`, and a pattern without a separator is for its jobs
/// alone; `.` is the application itself (see ``Resolver``).
package enum Selector: Equatable {
    case job(JobName)
    case word(String)
    case pattern(String)
    case pid(Int)
    /// All jobs of the application.
    case application

    /// Reads one word of a command line.
    ///
    /// - Throws: ``UsageError`` where it can name nothing.
    package init(_ text: String) throws(UsageError) {
        if text == "." {
            self = .application
        } else if Pattern.isPattern(text) {
            // The three separators mean the same in a name, so they do in a pattern.
            let separator = text.firstIndex { $0 == "." || $0 == "/" || $0 == ":" }
            self = .pattern(
                separator.map { "\(text[..<$0]).\(text[text.index(after: $0)...])" } ?? text
            )
        } else if let pid = Int(text), pid > 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .pid(pid)
        } else if JobName.isValid(text) {
            self = .word(text)
        } else {
            do throws(GafferError) {
                self = .job(try JobName(parsing: text))
            } catch {
                throw UsageError("\(text.quoted) names no job: \(error.message)")
            }
        }
    }
}

/// What selectors turned out to mean.
package enum Target: Equatable {
    /// Every job.
    case everything([JobName])
    /// Every job of a session.
    case session(String, [JobName])
    /// One job.
    case job(JobName)
    /// One process.
    case pid(Int)

    /// Its jobs.
    package var jobs: [JobName] {
        switch self {
        case .everything(let names), .session(_, let names): names
        case .job(let name): [name]
        case .pid: []
        }
    }
}

/// Finds what selectors mean among the jobs that are loaded.
package struct Resolver {
    /// The full names of all jobs.
    package let names: [JobName]
    /// The application within which names are meant; nil: there is none, and names without a session are in `default`.
    package var application: String?

    /// The session of names without one.
    private var home: String { application ?? JobName.defaultSession }

    /// Whether the names of the jobs have to be known to tell what it means.
    package static func needsNames(_ selector: Selector) -> Bool {
        switch selector {
        case .word, .pattern, .application: true
        case .job, .pid: false
        }
    }

    /// What the selectors mean; nothing twice, in the order in which they were given.
    ///
    /// - Throws: ``Failure`` where one means nothing, or two things.
    package func targets(_ selectors: [Selector]) throws(Failure) -> [Target] {
        var targets: [Target] = []
        var seen: Set<JobName> = []
        for selector in selectors {
            for target in try self.targets(selector) where !targets.contains(target) {
                // A job that is already in a session named before is not asked twice.
                if case .job(let name) = target, !seen.insert(name).inserted { continue }
                seen.formUnion(target.jobs)
                targets.append(target)
            }
        }
        return targets
    }

    private func targets(_ selector: Selector) throws(Failure) -> [Target] {
        switch selector {
        case .pid(let pid): return [.pid(pid)]
        case .job(let name): return [.job(name)]
        case .word(let word): return [try target(word)]
        case .pattern(let text): return try targets(matching: text)
        case .application: return [try everyJobOfApplication()]
        }
    }

    private func target(_ word: String) throws(Failure) -> Target {
        let kind = application == nil ? "a session" : "an application"
        let job = names.first { $0.session == home && $0.job == word }
        let members = names.filter { $0.session == word }
        if let job {
            guard members.isEmpty || word == home else {
                throw Failure(
                    .usage,
                    "\(word.quoted) is both the job \(job) and \(kind): write \(job) for the job, "
                        + "'\(word).*' for the jobs of the \(application == nil ? "session" : "application")."
                )
            }
            return .job(job)
        }
        guard !members.isEmpty else {
            let known = names.flatMap { $0.session == home ? [$0.job] : [$0.session, "\($0)"] }
            let hint =
                Suggestion.nearest(to: word, among: known).map { " Did you mean \($0)?" }
                ?? names.first { $0.job == word }.map { " There is \($0)." } ?? ""
            throw Failure(
                .notFound,
                "There is no job and no \(application == nil ? "session" : "application") \(word.quoted).\(hint)"
            )
        }
        return .session(word, members)
    }

    private func targets(matching text: String) throws(Failure) -> [Target] {
        let pattern = NamePattern(text, application: application)
        let matching = names.filter(pattern.matches)
        guard !matching.isEmpty else {
            throw Failure(.notFound, "No job matches \(text.quoted).")
        }
        if text == "*" {
            if let application { return [.session(application, matching)] }
            return [.everything(matching)]
        }
        if text.hasSuffix(".*"), JobName.isValid(text.dropLast(2)) {
            return [.session(String(text.dropLast(2)), matching)]
        }
        return matching.map { .job($0) }
    }

    private func everyJobOfApplication() throws(Failure) -> Target {
        guard let application else {
            throw Failure(.usage, "\".\" is the current application, and there is none here.")
        }
        let members = names.filter { $0.session == application }
        guard !members.isEmpty else {
            let known = names.map(\.session).filter { $0 != application }
            let hint = Suggestion.nearest(to: application, among: known).map { " Did you mean \($0)?" } ?? ""
            throw Failure(.notFound, "The application \(application.quoted) is not loaded.\(hint)")
        }
        return .session(application, members)
    }
}

/// A ``Pattern`` for full names, or for the own names of the jobs of one session.
package struct NamePattern {
    private let pattern: Pattern
    private let application: String?
    private let isFull: Bool

    /// - Parameter application: the application within which names are meant; nil: there is none.
    package init(_ text: String, application: String?) {
        pattern = Pattern(text)
        self.application = application
        isFull = text.contains { $0 == "." || $0 == "/" || $0 == ":" }
    }

    /// Whether a job is meant.
    package func matches(_ name: JobName) -> Bool {
        guard let application else {
            return pattern.matches("\(name)") || name.session == JobName.defaultSession && pattern.matches(name.job)
        }
        return isFull ? pattern.matches("\(name)") : name.session == application && pattern.matches(name.job)
    }
}
