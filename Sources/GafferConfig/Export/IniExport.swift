internal import GafferModel

/// Writes jobs as sections of gaffer's ini.
enum IniExport {
    static func file(_ application: ProcfileApplication) throws(ConfigErrors) -> ApplicationExport.File {
        var problems = ExportProblems()
        let sections = application.jobs.map { section($0, $1, &problems) }
        try problems.check()
        return ApplicationExport.File(name: "\(application.name).ini", text: sections.joined(separator: "\n"))
    }

    /// One job's section; the reader gives back the same configuration.
    ///
    /// Only a script that an ini file can't hold becomes another one, which runs the same: `/bin/sh -c` by hand.
    static func section(_ name: JobName, _ config: JobConfig, _ problems: inout ExportProblems) -> String {
        var config = config
        if config.shell, !IniText.holds(config.cmd, of: "cmd") {
            let script = ([config.cmd] + config.args.map(ShellWords.quote)).joined(separator: " ")
            config.shell = false
            config.cmd = "/bin/sh"
            config.args = [
                "-c", script.doubling("$"),
            ]
        }
        var lines = ["[process:\(name.session):\(name.job)]"]
        for (key, value) in settings(of: config, name: name) {
            if key.hasPrefix("env:"), !IniText.isVariable(String(key.dropFirst(4))) {
                problems.add("\(name): an ini file can't hold a variable of the name \(key.dropFirst(4).cited).")
            } else if let problem = IniText.problem(value, of: key) {
                let remedy =
                    key.hasPrefix("env:")
                    ? "export it as json, or put the variable into a file and name that by env_file"
                    : "export it as json"
                problems.add("\(name): \(key.printable): \(problem); \(remedy).")
            } else {
                lines.append(value.isEmpty ? "\(key) =" : "\(key) = \(value)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The settings that are not the default of an ini file, as text.
    private static func settings(of config: JobConfig, name: JobName) -> [(key: String, value: String)] {
        var settings: [(key: String, value: String)] = []
        var env: [(key: String, value: String)] = []
        for member in config.json(name: name).objectValue ?? [] {
            switch member.name {
            case "name": break
            case "env":
                env = (member.value.objectValue ?? []).map { ("env:\($0.name)", $0.value.stringValue ?? "") }
            case "args":
                let words = (member.value.arrayValue ?? []).compactMap(\.stringValue)
                settings.append(("args", words.map(IniText.quoted).joined(separator: " ")))
            case "os_env": break
            case "redirect_output" where member.value.arrayValue?.isEmpty == true:
                settings.append((member.name, "none"))
            case let setting where JobConfig.isSetting(setting):
                settings.append((setting, text(member.value)))
            // What the API keeps for others is nothing that an ini file has.
            default: break
            }
        }
        // The API's default is the opposite.
        if !config.osEnv { settings.append(("os_env", "false")) }
        return settings + env
    }

    /// Lists have commas; `flapping` and `backoff` are objects whose members are in the order of the list.
    private static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .array(let elements): elements.map(text).joined(separator: ", ")
        case .object(let members): members.map { text($0.value) }.joined(separator: ", ")
        case .null, .bool, .integer, .double: value.text
        }
    }
}
