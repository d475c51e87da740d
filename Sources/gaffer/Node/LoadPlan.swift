internal import GafferClient
internal import GafferModel

/// What has to be done so that gafferd has just the jobs that are wanted, and no process is ended without need.
///
/// A job whose configuration is the same stays as it is, with its processes. How many processes it has is a matter of its
/// own: where a number was asked for, the job is scaled; otherwise it keeps the one that `scale` gave it.
struct LoadPlan: Equatable {
    /// A job as it is wanted.
    struct Wanted: Equatable {
        var name: JobName
        var config: JobConfig
        /// How many processes were asked for; nil: the job's own number, or one.
        var count: Int?
    }

    /// What is done with one job.
    enum Step: Equatable {
        case load(JobConfig)
        /// Its processes are replaced, those of a job that is stopped are not started with ``Options/starts`` false.
        case change(JobConfig)
        case scale(to: Int)
        case keep
        case remove
    }

    /// A job, and what is done with it.
    struct Entry: Equatable {
        var name: JobName
        var step: Step
    }

    struct Options: Equatable {
        /// Whether jobs that do not run are started.
        var starts = true
        /// The Procfile whose jobs these are; nil: they are of none.
        ///
        /// They are the whole application then: jobs that came from a Procfile and are no longer wanted are removed.
        var procfile: String?
    }

    /// The member of a configuration that says which Procfile it is of; gafferd keeps it as it keeps every member that it
    /// does not know.
    static let mark = "procfile"

    /// In the order in which they are done.
    private(set) var entries: [Entry] = []
    /// The jobs of the same applications that are not of this Procfile, and are left alone.
    private(set) var strangers: [JobName] = []
    /// Those whose variables gafferd does not show, so that nobody can tell whether they differ.
    private(set) var hidden: [JobName] = []

    /// Compares.
    ///
    /// - Parameter loaded: all jobs that are loaded in the sessions of those that are wanted.
    init(wanted: [Wanted], loaded: [JobStatus], options: Options) {
        let statuses = Dictionary(loaded.map { ($0.name, $0) }) { first, _ in first }
        // What is no longer wanted goes first: its ports and its memory may be needed.
        let names = Set(wanted.map(\.name))
        if options.procfile != nil {
            for status in loaded.sorted(by: { $0.name < $1.name }) where !names.contains(status.name) {
                if status.json["config"]?[Self.mark] != nil {
                    entries.append(Entry(name: status.name, step: .remove))
                } else {
                    strangers.append(status.name)
                }
            }
        }
        for job in wanted {
            let step = statuses[job.name].map { change(job, of: $0, options) } ?? .load(Self.loading(job, options))
            entries.append(Entry(name: job.name, step: step))
        }
    }

    private static func loading(_ job: Wanted, _ options: Options) -> JobConfig {
        var config = job.config
        if let count = job.count { config.numprocesses = count }
        if !options.starts { config.start = false }
        return marked(config, options)
    }

    private mutating func change(_ job: Wanted, of status: JobStatus, _ options: Options) -> Step {
        let current = status.json["config"].flatMap { try? JobConfig.read(json: $0) }?.config
        if let current, Self.isHidden(current.env), !Self.isHidden(job.config.env) { hidden.append(job.name) }
        // One that is stopped wants none; its number is that of its configuration.
        let number = status.wanted > 0 ? status.wanted : current?.numprocesses ?? job.config.numprocesses
        if let current, Self.comparable(current) == Self.comparable(job.config) {
            guard let count = job.count, count != number else { return .keep }
            return .scale(to: count)
        }
        var config = job.config
        config.numprocesses = job.count ?? number
        config.start = status.wanted > 0 || options.starts && config.start
        return .change(Self.marked(config, options))
    }

    /// Whether a job has that configuration, but for how many processes it has.
    static func isSame(_ config: JobConfig, _ status: JobStatus) -> Bool {
        let current = status.json["config"].flatMap { try? JobConfig.read(json: $0) }?.config
        return current.map(comparable) == comparable(config)
    }

    /// Without what does not make another program of it.
    private static func comparable(_ config: JobConfig) -> JobConfig {
        var config = config
        config.numprocesses = 1
        config.start = true
        config.extra = []
        return config
    }

    private static func marked(_ config: JobConfig, _ options: Options) -> JobConfig {
        guard let procfile = options.procfile else { return config }
        var config = config
        config.extra.removeAll { $0.name == mark }
        config.extra.append(.init(mark, .string(procfile)))
        return config
    }

    /// Whether these are the variables as gafferd shows them to who may not manage the job.
    private static func isHidden(_ env: [String: String]) -> Bool {
        !env.isEmpty && env.values.allSatisfy { $0 == "***" }
    }
}
