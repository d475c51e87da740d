internal import GafferModel

/// Makes jobs of the programs of a `supervisord.conf`.
struct SupervisorImport {
    /// What holds for all programs.
    struct Context {
        /// `environment` of `[supervisord]`.
        var environment: [(name: String, value: String)] = []
        var umask: String?
        var options: ConfigImport.Options
    }

    private var context: Context
    private var sections: [ForeignSection] = []
    private var findings: [ImportFinding] = []
    private var jobs: [JobImport] = []
    private var names = ImportedNames()
    private var files: [String]

    private init(_ source: ConfigImport.Source, _ options: ConfigImport.Options) {
        context = Context(options: options)
        files = [source.file]
    }

    static func run(
        _ source: ConfigImport.Source,
        _ options: ConfigImport.Options
    ) throws(ConfigErrors) -> ImportedConfiguration {
        var work = SupervisorImport(source, options)
        try work.read(source)
        work.readDaemon()
        try work.readPrograms()
        work.readOthers()
        return ConfigImport.result(work.jobs, work.findings, files: work.files)
    }

    static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    // MARK: Files

    private mutating func read(_ source: ConfigImport.Source) throws(ConfigErrors) {
        let main = PythonIni(source, .supervisor)
        try ConfigImport.check(settings: main.count, of: source.file)
        var all = main.sections
        var errors = main.errors
        var overridden = main.overridden
        // An included file includes no further ones.
        for section in main.sections where section.name == "include" {
            for setting in section.settings {
                for source in include(setting, section) {
                    files.append(source.file)
                    try ConfigImport.check(source)
                    let file = PythonIni(source, .supervisor)
                    try ConfigImport.check(settings: file.count, of: source.file)
                    all += file.sections
                    errors += file.errors
                    overridden += file.overridden
                }
            }
        }
        guard errors.isEmpty else { throw ConfigErrors(errors) }
        try ConfigImport.check(settings: all.reduce(0) { $0 + $1.settings.count }, of: source.file)
        let (merged, across) = PythonIni.merged(all, .supervisor)
        sections = merged
        for (section, setting) in overridden + across {
            add(setting, section, .leftOut, "The same key stands further down, and wins.")
        }
    }

    private mutating func include(
        _ setting: ForeignSection.Setting,
        _ section: ForeignSection
    ) -> [ConfigImport.Source] {
        guard setting.key == "files" else {
            add(setting, section.name, .leftOut, "supervisord knows no such key.")
            return []
        }
        guard let include = context.options.include else {
            add(setting, section.name, .leftOut, "The files are not read: import them one by one.")
            return []
        }
        var found: [ConfigImport.Source] = []
        do throws(SettingError) {
            let patterns = try SupervisorValues(context: context).literal(setting)
            for pattern in patterns.split(whereSeparator: \.isWhitespace) {
                found += include(String(pattern), Self.folder(of: setting.file))
            }
        } catch {
            add(setting, section.name, .leftOut, error.sentenceEnd)
            return []
        }
        let names = found.map { $0.file.printable }.joined(separator: ", ")
        add(setting, section.name, .carried, found.isEmpty ? "No file is named by it." : "Read as well: \(names)")
        return found
    }

    // MARK: Sections

    /// What `[supervisord]` says of the programs.
    private mutating func readDaemon() {
        guard let section = sections.first(where: { $0.name == "supervisord" }) else { return }
        if let setting = section["environment"] {
            do throws(SettingError) {
                let pairs = try PythonWords.pairs(try SupervisorValues(context: context).literal(setting))
                context.environment = pairs
                let names = pairs.map(\.name.printable).joined(separator: ", ")
                add(setting, section.name, .carried, "Each job has \(names.isEmpty ? "none of it" : names).")
            } catch {
                add(setting, section.name, .leftOut, error.sentenceEnd)
            }
        }
        if let setting = section["umask"] {
            context.umask = setting.value
            add(setting, section.name, .carried, "Each job has umask = \(setting.value.printable).")
        }
        for setting in section.settings where !["environment", "umask"].contains(setting.key) {
            let advice = SupervisorAdvice.daemon[setting.key] ?? SupervisorAdvice.unknown
            add(setting, section.name, .leftOut, advice)
        }
    }

    private mutating func readPrograms() throws(ConfigErrors) {
        var groups: [String: [(group: String, setting: ForeignSection.Setting, section: String)]] = [:]
        for section in sections {
            guard let group = section.name(after: "group") else { continue }
            for setting in section.settings where setting.key == "programs" {
                for program in setting.value.split(separator: ",").map(\.trimmed) where !program.isEmpty {
                    groups[program, default: []].append((group, setting, section.name))
                }
            }
        }
        let count = sections.reduce(0) { count, section in
            guard let program = section.name(after: "program") else { return count }
            return count + (groups[program]?.count ?? 1)
        }
        try ConfigImport.check(count, atMost: ConfigImport.maximumJobs, "programs", of: files[0])
        let variables = count * context.environment.count
        try ConfigImport.check(variables, atMost: ConfigImport.maximumVariables, "variables", of: files[0])
        var used: Set<String> = []
        for section in sections {
            let isFastCGI = section.name.hasPrefix("fcgi-program:")
            guard let program = section.name(after: isFastCGI ? "fcgi-program" : "program") else { continue }
            used.insert(program)
            let memberships = groups[program].map { $0.map { Optional($0.group) } } ?? [nil]
            for group in memberships {
                var reading = SupervisorProgram(section, program: program, group: group, context: context)
                reading.read(isFastCGI: isFastCGI)
                let session = group ?? context.options.session
                reading.job.name = names.name(session: session, job: program)
                if let name = reading.job.name, name.job != program || group.map({ $0 != name.session }) == true {
                    reading.job.note(.changed, "It is called \(name): a name has letters, digits, _ and - only.")
                }
                reading.finish()
                jobs.append(reading.job)
            }
        }
        readGroups(groups: groups, programs: used)
    }

    private mutating func readGroups(
        groups: [String: [(group: String, setting: ForeignSection.Setting, section: String)]],
        programs: Set<String>
    ) {
        for section in sections where section.name(after: "group") != nil {
            for setting in section.settings {
                switch setting.key {
                case "programs":
                    let members = setting.value.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
                    let missing = members.filter { !programs.contains($0) }
                    if missing.isEmpty {
                        let session = ImportedNames.fitting(section.name(after: "group") ?? "")
                        add(setting, section.name, .carried, "They are the jobs of the session \(session).")
                    } else {
                        let names = missing.map(\.printable).joined(separator: ", ")
                        add(setting, section.name, .leftOut, "There is no program of the name \(names).")
                    }
                case "priority":
                    let advice = "Sessions have no order of their own: give their jobs a priority."
                    add(setting, section.name, .leftOut, advice)
                default: add(setting, section.name, .leftOut, SupervisorAdvice.unknown)
                }
            }
        }
    }

    /// Everything that is no program.
    private mutating func readOthers() {
        for section in sections {
            let kind = String(section.name.prefix { $0 != ":" })
            guard let advice = SupervisorAdvice.sections[kind] else {
                if ["program", "fcgi-program", "group", "supervisord", "include"].contains(kind) { continue }
                leaveOut(section, "supervisord has no such section of its own.")
                continue
            }
            leaveOut(section, advice)
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
        let isSecret = SupervisorAdvice.secrets.contains(setting.key)
        findings.append(ImportFinding(setting, of: section, isSecret: isSecret, verdict, text))
    }
}
