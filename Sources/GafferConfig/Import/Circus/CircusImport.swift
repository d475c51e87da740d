internal import GafferModel

/// Makes jobs of the watchers of a `circus.ini`.
struct CircusImport {
    /// What holds for all watchers.
    struct Context {
        var options: ConfigImport.Options
        /// `[env]`.
        var environment: [(name: String, value: String)] = []
        var umask: String?
        /// The greatest `priority` of all watchers; nil: none has one.
        var priority: Int?
        /// The flapping plugin's options; nil: there is no such plugin.
        var flapping: [String: String]?
    }

    private var context: Context
    private var sections: [ForeignSection] = []
    private var findings: [ImportFinding] = []
    private var files: [String]

    static func run(
        _ source: ConfigImport.Source,
        _ options: ConfigImport.Options
    ) throws(ConfigErrors) -> ImportedConfiguration {
        var work = CircusImport(context: Context(options: options), files: [source.file])
        try work.read(source)
        work.readDaemon()
        work.readPlugins()
        let jobs = try work.readWatchers()
        return ConfigImport.result(jobs, work.findings, files: work.files)
    }

    // MARK: Files

    private mutating func read(_ source: ConfigImport.Source) throws(ConfigErrors) {
        let main = PythonIni(source, .circus)
        try ConfigImport.check(settings: main.count, of: source.file)
        var all = main.sections
        var errors = main.errors
        var overridden = main.overridden
        for section in main.sections where section.name == "circus" {
            for setting in section.settings where ["include", "include_dir"].contains(setting.key) {
                for source in include(setting) {
                    files.append(source.file)
                    try ConfigImport.check(source)
                    let file = PythonIni(source, .circus)
                    try ConfigImport.check(settings: file.count, of: source.file)
                    all += file.sections
                    errors += file.errors
                    overridden += file.overridden
                }
            }
        }
        guard errors.isEmpty else { throw ConfigErrors(errors) }
        try ConfigImport.check(settings: all.reduce(0) { $0 + $1.settings.count }, of: source.file)
        let (merged, across) = PythonIni.merged(all, .circus)
        sections = merged
        for (section, setting) in overridden + across {
            add(setting, section, .leftOut, "The same key stands further up, and wins.")
        }
    }

    private mutating func include(_ setting: ForeignSection.Setting) -> [ConfigImport.Source] {
        guard let include = context.options.include else {
            add(setting, "circus", .leftOut, "The files are not read: import them one by one.")
            return []
        }
        let folder = SupervisorImport.folder(of: setting.file)
        let found = setting.value.split(whereSeparator: \.isWhitespace).flatMap { pattern in
            include(setting.key == "include" ? String(pattern) : "\(pattern)/*.ini", folder)
        }
        let names = found.map { $0.file.printable }.joined(separator: ", ")
        add(setting, "circus", .carried, found.isEmpty ? "No file is named by it." : "Read as well: \(names)")
        return found
    }

    // MARK: Sections

    private mutating func readDaemon() {
        for section in sections {
            let kind = section.name.prefix { $0 != ":" }
            switch kind {
            case "circus":
                for setting in section.settings {
                    switch setting.key {
                    case "include", "include_dir": continue
                    case "umask":
                        context.umask = setting.value
                        add(setting, section.name, .carried, "Each job has umask = \(setting.value.printable).")
                    default:
                        add(setting, section.name, .leftOut, CircusAdvice.daemon[setting.key] ?? CircusAdvice.unknown)
                    }
                }
            case "socket": leaveOut(section, CircusAdvice.socket)
            case "watcher", "env", "plugin": continue
            default: leaveOut(section, "circus has no such section of its own.")
            }
        }
        let priorities = sections.filter { $0.name.hasPrefix("watcher:") }.compactMap { $0["priority"] }
        context.priority = priorities.isEmpty ? nil : max(0, priorities.compactMap { Int($0.value) }.max() ?? 0)
    }

    private mutating func readPlugins() {
        for section in sections where section.name.hasPrefix("plugin:") {
            let use = section["use"]?.value ?? ""
            guard use.lowercased().contains("flapping") else {
                let advice = CircusAdvice.plugins.first { use.contains($0.name) }?.advice ?? CircusAdvice.plugin
                leaveOut(section, advice)
                continue
            }
            let options = section.settings.map { ($0.key, $0.value) }
            context.flapping = Dictionary(options, uniquingKeysWith: { first, _ in first })
            for setting in section.settings {
                if ["use", "attempts", "window", "retry_in", "max_retry", "active"].contains(setting.key) {
                    add(setting, section.name, .carried, "Each job has its flapping.")
                } else {
                    add(setting, section.name, .leftOut, "gafferd itself looks after it, in no order of its own.")
                }
            }
        }
    }

    private mutating func readWatchers() throws(ConfigErrors) -> [JobImport] {
        var names = ImportedNames()
        var watchers: [CircusWatcher] = []
        for section in sections {
            guard let name = section.name(after: "watcher") else { continue }
            watchers.append(CircusWatcher(section, name: name, context: context))
        }
        try ConfigImport.check(watchers.count, atMost: ConfigImport.maximumJobs, "watchers", of: files[0])
        try readEnvironments(&watchers)
        return watchers.map { watcher in
            var watcher = watcher
            watcher.read()
            watcher.job.name = names.name(session: context.options.session, job: watcher.name)
            if let name = watcher.job.name, name.job != watcher.name {
                watcher.job.note(.changed, "It is called \(name): a name has letters, digits, _ and - only.")
            }
            watcher.job.finish { _ in CircusAdvice.unknown }
            return watcher.job
        }
    }

    /// Gives the watchers the variables of `[env]`, and of `[env:PATTERN,…]` in their order.
    private mutating func readEnvironments(_ watchers: inout [CircusWatcher]) throws(ConfigErrors) {
        var count = 0
        let general = sections.filter { $0.name == "env" }
        for section in general + sections.filter({ $0.name.hasPrefix("env:") }) {
            let patterns = section.name(after: "env")?.split(separator: ",").map(\.trimmed)
            let places = watchers.indices.filter { index in
                patterns?.contains { WildcardName.matches(watchers[index].name, $0) } ?? true
            }
            count += section.settings.count * places.count
            try ConfigImport.check(count, atMost: ConfigImport.maximumVariables, "variables", of: files[0])
            for setting in section.settings {
                guard !places.isEmpty else {
                    add(setting, section.name, .leftOut, "There is no watcher of that name.")
                    continue
                }
                let outcomes = places.map { watchers[$0].setVariable(setting, isGeneral: patterns == nil) }
                let problems = outcomes.compactMap(\.problem)
                let notes = outcomes.compactMap(\.note)
                if let problem = problems.first {
                    add(setting, section.name, .leftOut, problem)
                } else if let note = notes.first {
                    add(setting, section.name, .changed, note)
                } else {
                    add(setting, section.name, .carried, "env:\(setting.key.printable) of \(places.count) jobs")
                }
            }
        }
    }

    private mutating func leaveOut(_ section: ForeignSection, _ advice: String) {
        findings.append(ImportFinding(leftOut: section, advice))
        for setting in section.settings { add(setting, section.name, .leftOut, "It goes with its section.") }
    }

    private mutating func add(
        _ setting: ForeignSection.Setting,
        _ section: String,
        _ verdict: ImportFinding.Verdict,
        _ text: String
    ) {
        let isSecret = section == "env" || section.hasPrefix("env:")
        findings.append(ImportFinding(setting, of: section, isSecret: isSecret, verdict, text))
    }

    private init(context: Context, files: [String]) {
        self.context = context
        self.files = files
    }
}

/// Names with `*`, `?` and `[…]` in them, as Python's `fnmatch` reads them.
enum WildcardName {
    static func matches(_ name: String, _ pattern: String) -> Bool {
        matches(Array(name.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }

    private typealias Text = ArraySlice<Unicode.Scalar>

    private static func matches(_ name: Text, _ pattern: Text) -> Bool {
        var name = name
        var pattern = pattern
        // Where the last star stands, and from where on what follows it is tried anew.
        var retry: (name: Text, pattern: Text)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (name, pattern)
            } else if let next = name.first, let rest = step(next, pattern) {
                name = name.dropFirst()
                pattern = rest
            } else if name.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.name.isEmpty {
                name = last.name.dropFirst()
                pattern = last.pattern
                retry = (name, pattern)
            } else {
                return false
            }
        }
    }

    /// The rest of the pattern, where its start takes this character.
    private static func step(_ scalar: Unicode.Scalar, _ pattern: Text) -> Text? {
        guard let first = pattern.first else { return nil }
        let rest = pattern.dropFirst()
        if first == "?" { return rest }
        guard first == "[", let end = rest.dropFirst(rest.first == "!" ? 2 : 1).firstIndex(of: "]") else {
            return first == scalar ? rest : nil
        }
        var set = rest[..<end]
        let isNegated = set.first == "!"
        if isNegated { set = set.dropFirst() }
        var isIn = false
        while let low = set.popFirst() {
            if set.first == "-", set.count > 1 {
                set = set.dropFirst()
                if let high = set.popFirst(), low <= scalar, scalar <= high { isIn = true }
            } else if low == scalar {
                isIn = true
            }
        }
        return isIn != isNegated ? rest[(end + 1)...] : nil
    }
}
