internal import GafferModel

extension ConfigReader {
    mutating func readJob(_ section: IniDocument.Section, name: String) {
        guard let name = jobName(name, section) else { return }
        guard isFirst(section, as: "job \(name)") else { return }
        var config = JobConfig(cmd: "")
        // The API's default is the opposite.
        config.osEnv = true
        var pending = JobConfig.PendingFiles()
        for setting in section.settings {
            do throws(SettingError) {
                if setting.key.hasPrefix("env:") {
                    let variable = String(setting.key.dropFirst(4))
                    guard JobConfig.isVariable(variable) else { throw SettingError("the variable has no name") }
                    config.env[variable] = setting.value
                } else if JobConfig.isSetting(setting.key), setting.key != "env" {
                    try config.set(setting.key, to: .text(setting.value), pending: &pending)
                } else if setting.key == "group" || setting.key == "name" {
                    throw SettingError("The session and the name stand in the section: [process:SESSION:NAME].")
                } else {
                    let hint = suggestion(setting.key, among: JobConfig.settingNames)
                    throw SettingError("There is no such key in [process:NAME]\(hint).")
                }
            } catch {
                fail(section, setting, error.message)
            }
        }
        config.finishSettings(pending)
        for stream in ["stdout", "stderr"] {
            let isNamed = section.settings.contains { $0.key == "\(stream)_file" }
            if !isNamed, let stray = section.settings.first(where: { $0.key.hasPrefix("\(stream)_file_") }) {
                fail(section, stray, "\(stream)_file is missing.")
            }
        }
        if config.cmd.isEmpty, !section.settings.contains(where: { $0.key == "cmd" }) {
            fail(section, "cmd is missing.")
        }
        checkAccounts(of: config, section)
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

    private mutating func checkAccounts(of config: JobConfig, _ section: IniDocument.Section) {
        if case .name(let user) = config.uid, !accounts.userExists(user) {
            failSetting("uid", section, "There is no user \(user).")
        }
        if case .name(let group) = config.gid, !accounts.groupExists(group) {
            failSetting("gid", section, "There is no group \(group).")
        }
    }

    private mutating func failSetting(_ key: String, _ section: IniDocument.Section, _ message: String) {
        if let setting = section.settings.first(where: { $0.key == key }) {
            fail(section, setting, message)
        } else {
            fail(section, message)
        }
    }

    mutating func readEnvironment(_ section: IniDocument.Section, name: String) {
        guard let name = jobName(name, section) else { return }
        guard isFirst(section, as: "env of \(name)") else { return }
        var values: [String: String] = [:]
        for setting in section.settings { values[setting.key.uppercased()] = setting.value }
        environments[name] = (section, values)
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
            checkVariables(of: config.jobs[index])
        }
        for (name, environment) in unused.sorted(by: { $0.key < $1.key }) {
            fail(environment.section, "There is no job \(name).")
        }
    }

    /// An unknown variable is an error now where the environment is known now.
    private mutating func checkVariables(of job: JobSection) {
        guard !job.config.shell, !job.config.cmd.isEmpty else { return }
        let words: [String]
        do throws(GafferError) {
            words = try ShellWords.split(job.config.cmd)
            guard !words.isEmpty else { throw GafferError(.badValue, "cmd is empty.") }
            for word in words + job.config.args {
                for variable in try VariableExpansion.names(in: word) where !isKnown(variable, to: job.config) {
                    throw GafferError(.badValue, "The variable $\(variable) in \(JSON.string(word)) is unknown.")
                }
            }
        } catch {
            errors.append(
                ConfigError(
                    file: job.file,
                    line: job.line,
                    section: "process:\(job.name)",
                    key: "cmd",
                    value: ([job.config.cmd] + job.config.args).joined(separator: " "),
                    message: error.message
                )
            )
        }
    }

    private func isKnown(_ variable: String, to config: JobConfig) -> Bool {
        if ["GAFFER_SESSION", "GAFFER_JOB", "GAFFER_INSTANCE", "GAFFER_PID"].contains(variable) { return true }
        // What an env_file says is known only when it is read, at the spawn.
        if !config.envFile.isEmpty { return true }
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
