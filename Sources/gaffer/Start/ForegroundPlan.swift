internal import GafferConfig
internal import GafferModel
internal import GafferTool

/// What `gaffer start` runs, and by which names and colours it is shown; pure.
struct ForegroundPlan: Sendable, Hashable {
    /// When a process that ended is started again.
    enum Restart: String, Sendable, CaseIterable {
        /// Never: where one ends, all end.
        case never
        /// Where it failed.
        case onFailure = "on-failure"
        /// Whenever it was not asked to end.
        case always
    }

    /// What the command line says beside the application.
    struct Settings: Sendable, Hashable {
        var restart = Restart.never
        /// The types of which a process may end without ending the others.
        var canDie: Set<String> = []
        /// Whether that is so for all.
        var anyCanDie = false
        /// How long processes may take to leave.
        var timeout: Duration = .seconds(5)
        /// Whether stdout and stderr are told apart.
        var separatesStreams = false
    }

    /// A type of processes.
    struct ProcessType: Sendable, Hashable {
        var name: JobName
        var config: JobConfig
        /// Its place in the Procfile, which chooses its colour.
        var position: Int

        /// As it is shown: `web`, and `web.1` where there are several.
        func shownName(of instance: Int) -> String {
            config.numprocesses > 1 ? "\(name.job).\(instance)" : name.job
        }
    }

    /// In the order of starting.
    var types: [ProcessType]
    /// The types that may end alone.
    var mayEnd: Set<String>
    var restart: Restart
    /// The width of the widest name.
    var nameWidth: Int

    /// Makes a plan.
    ///
    /// - Throws: ``Failure`` (`usage`) where `--can-die` names what is not started.
    init(_ application: ProcfileApplication, _ settings: Settings) throws(Failure) {
        let names = application.types.map(\.name.job)
        for name in settings.canDie.sorted() where !names.contains(name) {
            let near = Suggestion.nearest(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
            throw Failure(.usage, "--can-die \(name.escaped): no process of that type is started.\(near)")
        }
        types = application.types.map { type in
            var config = application.config(of: type)
            // All leave at the same time, whatever their place.
            config.priority = 0
            config.gracefulTimeout = settings.timeout
            config.restart =
                switch settings.restart {
                case .never: .never
                case .onFailure: .onFailure
                case .always: .always
                }
            // One pipe for both keeps the order in which lines were written.
            config.redirectOutput = settings.separatesStreams ? nil : ["stdout", "stdout"]
            // What is written is passed on at once, and nobody asks for it again.
            config.ringSize = 0
            config.redirectInput = false
            return ProcessType(name: type.name, config: config, position: type.position)
        }
        mayEnd = settings.anyCanDie ? Set(names) : settings.canDie
        restart = settings.restart
        nameWidth = types.map { $0.shownName(of: $0.config.numprocesses).utf8.count }.max() ?? 0
    }

    subscript(type: String) -> ProcessType? { types.first { $0.name.job == type } }
}
