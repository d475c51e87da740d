internal import GafferModel

extension ConfigReader {
    /// The keys of `[process:NAME]`, besides `env:KEY` and the `rlimit_NAME` ones.
    package static let jobKeys = JobConfig.settingNames.filter { $0 != "env" }

    mutating func readJob(_ section: IniDocument.Section, name: String) {
        guard let name = jobName(name, section) else { return }
        guard isFirst(section, as: "job \(name)") else { return }
        var config = JobConfig(cmd: "")
        // The API's default is the opposite.
        config.osEnv = true
        var pending = JobConfig.PendingFiles()
        for setting in section.settings {
            do throws(SettingError) {
                try set(setting, in: &config, pending: &pending)
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
        // Where an inline comment begins with a blank and a semicolon, so does the next command of a script.
        if config.shell, let cmd = section.settings.first(where: { $0.key == "cmd" }), cmd.hasComment {
            fail(
                section,
                cmd,
                "A script's \" ;\" would begin a comment: write the semicolon without a blank before it."
            )
        }
        for (key, error) in config.finishSettings(pending) { fail(section, key: key, error.sentenceEnd) }
        if !section.settings.contains(where: { $0.key == "cmd" }) { fail(section, "cmd is missing.") }
        if case .name(let user) = config.uid, !accounts.userExists(user) {
            fail(section, key: "uid", "There is no such user.")
        }
        if case .name(let group) = config.gid, !accounts.groupExists(group) {
            fail(section, key: "gid", "There is no such group.")
        }
        jobSections.append(section)
        self.config.jobs.append(
            JobSection(
                name: name,
                config: config,
                file: section.file,
                line: section.line,
                fingerprint: section.canonicalText
            )
        )
    }

    private func set(
        _ setting: IniDocument.Setting,
        in config: inout JobConfig,
        pending: inout JobConfig.PendingFiles
    ) throws(SettingError) {
        if setting.key.hasPrefix("env:") {
            let variable = String(setting.key.dropFirst(4))
            try Self.checkVariable(variable)
            config.env[variable] = setting.value
        } else if JobConfig.isSetting(setting.key), setting.key != "env" {
            try config.set(setting.key, to: .text(setting.value), pending: &pending)
        } else if setting.key == "env" {
            throw SettingError("Write env:KEY = value, or a section [env:NAME].")
        } else if setting.key == "group" || setting.key == "name" {
            throw SettingError("The session and the name stand in the section: [process:SESSION:NAME].")
        } else {
            let known = Self.jobKeys + ResourceLimit.names.map { "rlimit_\($0)" }
            throw unknownKey(setting, in: "[process:NAME]", among: known)
        }
    }

    mutating func readEnvironment(_ section: IniDocument.Section, name: String) {
        guard let name = jobName(name, section) else { return }
        guard isFirst(section, as: "[env:] of \(name)") else { return }
        var values: [String: String] = [:]
        for setting in section.settings {
            do throws(SettingError) {
                if setting.key.hasPrefix("env:") {
                    throw SettingError("In this section the key is the variable's name alone.")
                }
                try Self.checkVariable(setting.key)
                values[setting.key.uppercased()] = setting.value
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
        environments[name] = (section, values)
    }

    /// More than the kernel asks for: what has a blank or a colon in it is no variable but a slip.
    private static func checkVariable(_ name: String) throws(SettingError) {
        guard !name.isEmpty else { throw SettingError("The variable has no name.") }
        guard JobConfig.isVariable(name), !name.contains(where: { $0.isWhitespace || $0 == ":" }) else {
            throw SettingError("\(name.cited) can't name a variable.")
        }
    }

    private mutating func jobName(_ text: String, _ section: IniDocument.Section) -> JobName? {
        do {
            return try JobName(parsing: text)
        } catch {
            fail(section, error.message)
            return nil
        }
    }

    mutating func finishJobs() {
        var unused = environments
        for index in config.jobs.indices {
            let name = config.jobs[index].name
            if let (section, values) = unused.removeValue(forKey: name) {
                config.jobs[index].config.env.merge(values) { _, new in new }
                config.jobs[index].fingerprint += section.canonicalText
            }
            config.jobs[index].fingerprint = Fingerprint.of(config.jobs[index].fingerprint)
            checkVariables(of: config.jobs[index], jobSections[index])
        }
        for (name, environment) in unused.sorted(by: { $0.key < $1.key }) {
            fail(environment.section, "There is no job \(name).")
        }
    }

    /// An unknown variable is an error now where the environment is known now.
    private mutating func checkVariables(of job: JobSection, _ section: IniDocument.Section) {
        guard !job.config.shell, let words = try? ShellWords.split(job.config.cmd) else { return }
        for (key, words) in [("cmd", words), ("args", job.config.args)] {
            var unknown: [String] = []
            for word in words {
                do throws(GafferError) {
                    unknown += try VariableExpansion.names(in: word).filter { !isKnown($0, to: job.config) }
                } catch {
                    fail(section, key: key, error.message)
                }
            }
            for variable in Set(unknown).sorted() {
                fail(section, key: key, "The variable $\(variable.printable) is unknown.")
            }
        }
    }

    private func isKnown(_ variable: String, to config: JobConfig) -> Bool {
        if ["GAFFER_SESSION", "GAFFER_JOB", "GAFFER_INSTANCE", "GAFFER_PID"].contains(variable) { return true }
        // What an env_file says is known only when it is read, at the spawn.
        if !config.envFile.isEmpty { return true }
        if variable == "PORT", config.port != nil { return true }
        return config.env[variable] != nil || (config.osEnv && inherited[variable] != nil)
    }
}

extension IniDocument.Section {
    /// The settings in a form that does not depend on their order, blanks or comments.
    fileprivate var canonicalText: String {
        settings.map { "\($0.key)=\($0.value)\u{1}" }.sorted().joined() + "\u{2}"
    }
}

/// Names a text, the same in every run: two 64-bit FNV-1a sums with different starts.
enum Fingerprint {
    static func of(_ text: String) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x6c62_272e_07bb_0142
        for byte in text.utf8 {
            first = (first ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
            second = (second ^ UInt64(byte &+ 0x55)) &* 0x0000_0100_0000_01b3
        }
        func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(first) + hex(second)
    }
}
