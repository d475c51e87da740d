internal import GafferModel

/// Makes a job of the sections `[Unit]`, `[Service]` and `[Install]`.
struct SystemdService {
    /// Every key of which something becomes, but for `Limit…`.
    static let keys: [String] = [
        "Description", "Documentation", "WantedBy", "RequiredBy", "Type", "ExecStart", "ExecStartPre", "ExecStop",
        "WorkingDirectory", "User", "Group", "UMask", "Nice", "OOMScoreAdjust", "Environment", "EnvironmentFile",
        "PassEnvironment", "Restart", "RestartSec", "RestartSteps", "RestartMaxDelaySec", "SuccessExitStatus",
        "RestartPreventExitStatus", "StartLimitIntervalSec", "StartLimitInterval", "StartLimitBurst", "KillSignal",
        "KillMode", "TimeoutStopSec", "TimeoutSec", "StandardInput", "StandardOutput", "StandardError", "MemoryMax",
        "MemoryLimit", "MemoryHigh", "CPUQuota", "CPUWeight", "CPUShares", "TasksMax",
    ]

    let section: ForeignSection
    let specifiers: UnitSpecifiers
    let options: ConfigImport.Options
    var job: JobImport
    /// Variables whose values are known.
    var environment: [String: String] = [:]

    init(_ section: ForeignSection, _ specifiers: UnitSpecifiers, _ options: ConfigImport.Options) {
        self.section = section
        self.specifiers = specifiers
        self.options = options
        job = JobImport(section, secrets: SystemdAdvice.secrets)
    }

    mutating func read() {
        readUnit()
        readAccount()
        readFolder()
        readEnvironment()
        readEnvironmentFiles()
        readCommands()
        readType()
        readRestart()
        readStartLimit()
        readStop()
        readLimits()
        readResources()
        readStreams()
    }

    func all(_ key: String) -> [ForeignSection.Setting] {
        section.settings.filter { $0.key == key }
    }

    /// A key's value, specifiers replaced; nil: it is not there, or was left out.
    mutating func literal(_ key: String) -> String? {
        guard let setting = section[key] else { return nil }
        do throws(SettingError) {
            return try specifiers.literal(setting.value)
        } catch {
            job.leftOut(key, error.sentenceEnd)
            return nil
        }
    }

    mutating func take(_ key: String, as target: String, note: String? = nil) {
        guard let value = literal(key) else { return }
        job.set(target, value, from: key, note: note)
    }

    /// A span of time in seconds; nil: it is not there, or was left out.
    mutating func time(_ key: String) -> Double? {
        guard let value = literal(key) else { return nil }
        guard let seconds = UnitTime.seconds(value) else {
            job.leftOut(key, "A time is expected, as 90 or 5min 20s.")
            return nil
        }
        return seconds
    }

    private mutating func readUnit() {
        if let setting = section["Description"] {
            // What stands for an instance stays as it is: nobody but people reads it.
            job.comments.append((try? specifiers.literal(setting.value)) ?? setting.value)
            job.carried("Description", "It is a comment of the job.")
        }
        for setting in all("Documentation") { job.comments.append(setting.value) }
        job.carried("Documentation", "It is a comment of the job.")
        for key in ["WantedBy", "RequiredBy"] {
            job.carried(key, "gafferd starts the job: start = true is the default.")
        }
        if specifiers.isTemplate {
            job.note(
                .changed,
                "The template's instances become processes of one job, with numbers from 1 for %i: scale it, or import "
                    + "each instance by its own name."
            )
        }
    }

    private mutating func readAccount() {
        take(
            "User",
            as: "uid",
            note: "HOME, USER, LOGNAME and SHELL are not set: name those that are needed by env:KEY."
        )
        take("Group", as: "gid")
        take("UMask", as: "umask")
        take("Nice", as: "nice")
        take("OOMScoreAdjust", as: "oom_score_adj")
    }

    private mutating func readFolder() {
        guard let setting = section["WorkingDirectory"] else { return }
        do throws(SettingError) {
            var text = setting.value
            let isOptional = text.hasPrefix("-")
            if isOptional { text.removeFirst() }
            guard text != "~" else { throw SettingError("name cwd: whose home ~ is, is not known here") }
            let folder = try specifiers.expand(text).template
            if let literal = folder.literal {
                let note = isOptional ? "the folder has to be there." : nil
                job.set("cwd", literal, from: "WorkingDirectory", note: note)
            } else {
                job.command.before.append("cd \(folder.shellWord)")
                job.changed(
                    "WorkingDirectory",
                    "cmd begins with a cd, as the folder differs from instance to instance."
                )
            }
        } catch {
            job.leftOut("WorkingDirectory", error.sentenceEnd)
        }
    }

    private mutating func readEnvironment() {
        for setting in all("Environment") {
            var told: [String] = []
            var isByShell = false
            var ignored: [String] = []
            do throws(SettingError) {
                for word in try UnitWords.split(setting.value) {
                    guard let equals = word.text.firstIndex(of: "="), equals > word.text.startIndex else {
                        throw SettingError("\(word.text.cited) is not KEY=VALUE")
                    }
                    let name = String(word.text[..<equals])
                    guard ImportTemplate.isVariable(name) else {
                        ignored.append(name.printable)
                        continue
                    }
                    let value = try specifiers.expand(String(word.text[word.text.index(after: equals)...])).template
                    if let literal = value.literal {
                        if let problem = job.setVariable(name, literal) { throw SettingError(problem) }
                        environment[name] = literal
                        told.append("env:\(name.printable)")
                    } else {
                        guard name != "PORT" else {
                            throw SettingError("the instances' names were ports: name port, that of the first process")
                        }
                        job.command.before.append("export \(name)=\(value.shellWord)")
                        told.append(name)
                        isByShell = true
                    }
                }
            } catch {
                job.add(setting, .leftOut, error.sentenceEnd)
                continue
            }
            let list = told.joined(separator: ", ")
            if !ignored.isEmpty {
                let names = ignored.joined(separator: ", ")
                job.add(setting, .changed, "\(list): systemd passes over \(names), which can't name a variable.")
            } else if isByShell {
                job.add(setting, .changed, "\(list): a shell sets what differs, in cmd.")
            } else {
                job.add(setting, .carried, list)
            }
        }
        job.changed("PassEnvironment", "gafferd's own environment is inherited whole: os_env = true is the default.")
    }

    private mutating func readEnvironmentFiles() {
        var paths: [String] = []
        for setting in all("EnvironmentFile") {
            do throws(SettingError) {
                var path = try specifiers.literal(setting.value)
                let isOptional = path.hasPrefix("-")
                if isOptional { path.removeFirst() }
                guard !path.contains(where: { "*?[".contains($0) }) else {
                    throw SettingError("name the files one by one in env_file: a pattern is not taken")
                }
                guard !path.isEmpty, !path.contains(where: { $0.isWhitespace || $0 == "," }) else {
                    throw SettingError("env_file can't hold a path with a blank or a comma")
                }
                paths.append(path)
                var notes: [String] = []
                if isOptional { notes.append("the file has to be there when a process is started") }
                if !environment.isEmpty { notes.append("what env: names wins over the file") }
                let text = "env_file has \(path.printable)"
                if notes.isEmpty {
                    job.add(setting, .carried, text)
                } else {
                    job.add(setting, .changed, "\(text): \(notes.joined(separator: "; ")).")
                }
            } catch {
                job.add(setting, .leftOut, error.sentenceEnd)
            }
        }
        if !paths.isEmpty { job.set("env_file", paths.joined(separator: ", ")) }
    }
}
