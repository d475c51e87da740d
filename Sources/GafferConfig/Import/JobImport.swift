internal import GafferModel

/// One section of another program's configuration on its way to be a job.
///
/// Whoever reads a key says what became of it; a key of which nobody did is left out, and told so at the end.
struct JobImport {
    let section: ForeignSection
    /// As the job will be called.
    var name: JobName?
    var command = ImportedCommand()
    /// What stands above the section in the ini, a line each.
    var comments: [String] = []
    private(set) var settings: [(key: String, value: String)] = []
    private(set) var environment: [(name: String, value: String)] = []
    /// Where each variable stands in ``environment``.
    private var variables: [String: Int] = [:]
    private(set) var findings: [ImportFinding] = []
    /// Why there is no job; nil: there is one.
    private(set) var refusal: String?
    /// Why the job is not started as it is.
    private(set) var hindrances: [String] = []
    /// Keys whose values are nobody's to see.
    private let secrets: Set<String>

    init(_ section: ForeignSection, secrets: Set<String>) {
        self.section = section
        self.secrets = secrets
    }

    // MARK: What became of a key

    /// Gives a setting of the job its value, on account of a key.
    ///
    /// - Parameters:
    ///   - key: the key that says so; nil, or a key that is not there: a default that gaffer does not share.
    ///   - note: what differs from what the key means, as a sentence; nil: nothing does.
    mutating func set(_ target: String, _ value: String, from key: String? = nil, note: String? = nil) {
        if let problem = Self.problem(target, value) {
            if let key { leftOut(key, "\(target) = \(value.printable) is not possible: \(problem).") }
            return
        }
        settings.removeAll { $0.key == target }
        settings.append((target, value))
        guard let key else { return }
        tell(key, note == nil ? .carried : .changed, "\(target) = \(value)", note)
    }

    /// Gives the environment of the job a variable.
    ///
    /// - Returns: why that is not possible; nil: it is done.
    mutating func setVariable(_ name: String, _ value: String) -> String? {
        guard IniText.isVariable(name) else { return "\(name.cited) can't name a variable" }
        if let problem = IniText.problem(value, of: "env:\(name)") {
            return "\(name): \(problem); put it into a file that env_file names"
        }
        if let place = variables[name] {
            environment[place].value = value
        } else {
            variables[name] = environment.count
            environment.append((name, value))
        }
        return nil
    }

    func hasVariable(_ name: String) -> Bool {
        variables[name] != nil
    }

    func setting(_ key: String) -> String? {
        settings.first { $0.key == key }?.value
    }

    mutating func remove(_ key: String) {
        settings.removeAll { $0.key == key }
    }

    mutating func carried(_ key: String, _ text: String) {
        tell(key, .carried, text, nil)
    }

    mutating func changed(_ key: String, _ text: String) {
        tell(key, .changed, text, nil)
    }

    mutating func leftOut(_ key: String, _ text: String) {
        tell(key, .leftOut, text, nil)
    }

    /// Says something of each line that has that key.
    private mutating func tell(_ key: String, _ verdict: ImportFinding.Verdict, _ text: String, _ note: String?) {
        let text = note.map { "\(text): \($0)" } ?? text
        for setting in section.settings where setting.key == key { add(setting, verdict, text) }
    }

    /// Says something of one line.
    mutating func add(_ setting: ForeignSection.Setting, _ verdict: ImportFinding.Verdict, _ text: String) {
        let hidden = secrets.contains(setting.key)
        findings.append(
            ImportFinding(
                file: setting.file,
                line: setting.line,
                section: setting.section ?? section.name,
                key: setting.key,
                value: hidden ? nil : setting.value,
                verdict: verdict,
                text: text
            )
        )
    }

    /// Says something of the whole section.
    mutating func note(_ verdict: ImportFinding.Verdict, _ text: String) {
        findings.append(
            ImportFinding(
                file: section.file,
                line: section.line,
                section: section.name,
                key: nil,
                value: nil,
                verdict: verdict,
                text: text
            )
        )
    }

    /// There will be no job.
    mutating func refuse(_ reason: String) {
        if refusal == nil { refusal = reason }
    }

    /// The job can't run as it is: it is there, but not started.
    mutating func hinder(_ reason: String) {
        hindrances.append(reason)
    }

    // MARK: The end

    /// Settles what is open: the command, and keys of which nobody said anything.
    ///
    /// - Parameter unknown: what is said of those.
    mutating func finish(unknown: (String) -> String) {
        if refusal == nil {
            if command.script == nil, command.words.isEmpty { refuse("there is no command") }
            if command.words.first?.pieces.isEmpty == true { refuse("the command names no program") }
        }
        if refusal == nil {
            if let problem = IniText.problem(command.cmd, of: "cmd") {
                refuse("the command can't be written: \(problem)")
            } else {
                settings.insert(("cmd", command.cmd), at: 0)
                if command.needsShell { settings.insert(("shell", "true"), at: 1) }
            }
        }
        if let refusal {
            findings = section.settings.map { setting in
                ImportFinding(
                    file: setting.file,
                    line: setting.line,
                    section: setting.section ?? section.name,
                    key: setting.key,
                    value: secrets.contains(setting.key) ? nil : setting.value,
                    verdict: .leftOut,
                    text: "There is no job of this section."
                )
            }
            return note(.leftOut, "There is no job of it: \(refusal).")
        }
        if !hindrances.isEmpty {
            remove("start")
            settings.append(("start", "false"))
            note(.changed, "It is not started as it stands: \(hindrances.joined(separator: "; ")).")
        }
        let told = Set(findings.map { "\($0.file):\($0.line):\($0.key ?? "")" })
        for setting in section.settings where !told.contains("\(setting.file):\(setting.line):\(setting.key)") {
            add(setting, .leftOut, unknown(setting.key))
        }
    }

    /// The section of the ini.
    var ini: String {
        guard let name, refusal == nil else { return "" }
        let title = name.session == JobName.defaultSession ? name.job : "\(name.session):\(name.job)"
        let notes = comments + hindrances.map { "Not started: \($0)." }
        let lines =
            notes.map { "; \($0.printable)" } + ["[process:\(title)]"]
            + settings.map { $0.value.isEmpty ? "\($0.key) =" : "\($0.key) = \($0.value)" }
            + environment.map { $0.value.isEmpty ? "env:\($0.name) =" : "env:\($0.name) = \($0.value)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Why a setting can't have a value, as a clause; nil: it can.
    private static func problem(_ target: String, _ value: String) -> String? {
        if let problem = IniText.problem(value, of: target) { return problem }
        var scratch = JobConfig(cmd: "")
        var pending = JobConfig.PendingFiles()
        do throws(SettingError) {
            try scratch.set(target, to: .text(value), pending: &pending)
            return nil
        } catch {
            return error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
        }
    }
}

/// Makes names of jobs of other programs' names, each once.
struct ImportedNames {
    private var taken: Set<JobName> = []

    /// The name as it is, or what comes nearest to it.
    mutating func name(session: String, job: String) -> JobName? {
        let session = Self.fitting(session)
        let wanted = Self.fitting(job)
        for attempt in 1...10_000 {
            let text = attempt == 1 ? wanted : "\(wanted.prefix(JobName.maximumLength - 6))-\(attempt)"
            guard let name = try? JobName(session: session, job: text) else { return nil }
            if taken.insert(name).inserted { return name }
        }
        return nil
    }

    /// A name of a session or a job: what may not stand in one becomes a `-`.
    static func fitting(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where result.hasSuffix("-"): break
            default: result += "-"
            }
        }
        while result.hasSuffix("-"), !text.hasSuffix("-") { result.removeLast() }
        while result.hasPrefix("-"), !text.hasPrefix("-") { result.removeFirst() }
        result = String(result.prefix(JobName.maximumLength))
        if JobName.isValid(result) { return result }
        return String("job-\(result)".prefix(JobName.maximumLength))
    }
}
