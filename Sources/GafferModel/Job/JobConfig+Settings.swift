extension JobConfig {
    /// The names of all settings of a job, but for the `rlimit_NAME` and `env:KEY` ones, in the order of the manual.
    public static let settingNames: [String] = [
        "cmd", "args", "cwd", "uid", "gid", "detach", "shell", "env", "env_file", "os_env", "port", "numprocesses",
        "start",
        "restart", "success_exit", "backoff", "flapping", "priority", "redirect_output", "redirect_input",
        "custom_streams", "ring_size", "stdout_file", "stdout_file_max_size", "stdout_file_max_age",
        "stdout_file_keep", "stderr_file", "stderr_file_max_size", "stderr_file_max_age", "stderr_file_keep",
        "stop_signal", "graceful_timeout", "umask", "nice", "memory_max", "memory_high", "cpu_max", "cpu_weight",
        "tasks_max", "cgroup_limits", "oom_score_adj", "journal",
    ]

    /// Whether there is a setting of that name (lower case).
    public static func isSetting(_ name: String) -> Bool {
        settingNames.contains(name) || limitName(name) != nil
    }

    /// Gives one setting its value, whichever way it was written.
    ///
    /// `null` leaves a setting at its default, and so does an empty text where it can mean nothing else. Settings of an
    /// output file that come before the file itself are kept in `pending`; see ``finishSettings(_:)``.
    ///
    /// - Throws: ``SettingError``; then nothing has changed.
    package mutating func set(_ name: String, to value: SettingValue, pending: inout PendingFiles) throws(SettingError)
    {
        if value == .json(.null), name != "cmd" { return }
        if let limit = Self.limitName(name) {
            rlimits[limit] = try ResourceLimit(value)
            return
        }
        switch name {
        case "cmd": cmd = try value.nonEmptyString()
        case "args": args = try Self.words(value)
        case "cwd": cwd = value.isEmpty ? nil : try value.nonEmptyString()
        case "uid": uid = value.isEmpty ? nil : try Account(value)
        case "gid": gid = value.isEmpty ? nil : try Account(value)
        case "detach": detach = try value.bool()
        case "shell": shell = try value.bool()
        case "env": env = try Self.environment(value)
        case "env_file":
            envFile = try Self.paths(value)
        case "os_env": osEnv = try value.bool()
        case "port": port = value.isEmpty ? nil : try value.integer(in: 1...65_535)
        case "numprocesses": numprocesses = try value.integer(in: 0...ScaleOperation.maximum)
        case "start": start = try value.bool()
        case "restart":
            guard let policy = RestartPolicy(rawValue: try value.string().lowercased()) else {
                throw SettingError("always, on-failure or never is expected")
            }
            restart = policy
        case "success_exit": successExit = value.isEmpty ? SuccessExit() : try SuccessExit(value)
        case "backoff": backoff = value.isEmpty ? nil : try BackoffRule(value)
        case "flapping": flapping = value.isEmpty ? nil : try FlappingRule(value)
        case "priority": priority = value.isEmpty ? nil : try value.integer(in: 0...Int(Int64.max))
        case "redirect_output":
            redirectOutput = value.isEmpty ? nil : try Self.labels(value, atMost: 2, unique: false)
        case "redirect_input": redirectInput = try value.bool()
        case "custom_streams": customStreams = try Self.labels(value, atMost: 64, unique: true)
        case "ring_size":
            let size = try value.size()
            guard size <= 64 << 20 else { throw SettingError("64M at most is expected") }
            ringSize = Int(size)
        case "stdout_file": pending.stdout.path = value.isEmpty ? nil : try value.nonEmptyString()
        case "stdout_file_max_size": pending.stdout.maxSize = try value.size()
        case "stdout_file_max_age": pending.stdout.maxAge = try value.duration()
        case "stdout_file_keep": pending.stdout.keep = try value.integer(in: 0...1000)
        case "stderr_file": pending.stderr.path = value.isEmpty ? nil : try value.nonEmptyString()
        case "stderr_file_max_size": pending.stderr.maxSize = try value.size()
        case "stderr_file_max_age": pending.stderr.maxAge = try value.duration()
        case "stderr_file_keep": pending.stderr.keep = try value.integer(in: 0...1000)
        case "stop_signal": stopSignal = try Self.signal(value)
        case "graceful_timeout": gracefulTimeout = try value.duration()
        case "umask": umask = value.isEmpty ? nil : try Self.mask(value)
        case "nice": nice = value.isEmpty ? nil : try value.integer(in: -20...19)
        case "memory_max": cgroupLimits.memoryMax = value.isEmpty ? nil : try CgroupLimits.memory(value)
        case "memory_high": cgroupLimits.memoryHigh = value.isEmpty ? nil : try CgroupLimits.memory(value)
        case "cpu_max": cgroupLimits.cpuMax = value.isEmpty ? nil : try CgroupLimits.cpus(value)
        case "cpu_weight": cgroupLimits.cpuWeight = value.isEmpty ? nil : try value.integer(in: 1...10_000)
        // No machine has more: the kernel's own bound of os pids.
        case "tasks_max": cgroupLimits.tasksMax = value.isEmpty ? nil : try value.integer(in: 1...4_194_304)
        case "cgroup_limits": cgroupLimits.isRequired = try CgroupLimits.isRequired(value)
        case "oom_score_adj": oomScoreAdj = value.isEmpty ? nil : try value.integer(in: -1000...1000)
        case "journal": journal = try value.bool()
        default: throw SettingError("there is no such setting")
        }
    }

    /// Makes the output files of what was said of them, and looks at settings together.
    ///
    /// - Returns: what does not fit together, with the setting that is to blame; nothing where all is well.
    package mutating func finishSettings(_ pending: PendingFiles) -> [(setting: String, error: SettingError)] {
        stdoutFile = pending.stdout.file
        stderrFile = pending.stderr.file
        var errors: [(setting: String, error: SettingError)] = []
        for (name, file) in [("stdout_file", pending.stdout), ("stderr_file", pending.stderr)] where file.path == nil {
            for setting in file.settings {
                errors.append(("\(name)_\(setting)", SettingError("\(name) is missing")))
            }
        }
        let outputs = redirectOutput ?? ["stdout", "stderr"]
        for label in customStreams where outputs.contains(label) || label == "stdin" {
            errors.append(("custom_streams", SettingError("\(label) is the label of another stream")))
        }
        if stdoutFile != nil, outputs.isEmpty {
            errors.append(("stdout_file", SettingError("redirect_output sends stdout to /dev/null")))
        }
        if stderrFile != nil, outputs.count < 2 {
            errors.append(("stderr_file", SettingError("redirect_output sends stderr to /dev/null")))
        } else if stderrFile != nil, outputs[0] == outputs[1] {
            errors.append(
                ("stderr_file", SettingError("redirect_output merges stderr into stdout; name stdout_file alone"))
            )
        }
        if !cmd.isEmpty {
            do throws(SettingError) {
                // A script is the shell's to split; it only must not be blank.
                let words = shell ? [cmd.trimmed] : try Self.words(.text(cmd))
                if words.first?.isEmpty != false { throw SettingError("it names no program") }
            } catch {
                errors.append(("cmd", error))
            }
        }
        return errors
    }

    /// What was said of the two output files, in any order.
    package struct PendingFiles {
        var stdout = PendingFile()
        var stderr = PendingFile()

        package init() {}
    }

    struct PendingFile {
        var path: String?
        var maxSize: UInt64?
        var maxAge: Duration?
        var keep: Int?

        /// The settings that make sense with a path only, without the file's own name.
        var settings: [String] {
            [("max_size", maxSize != nil), ("max_age", maxAge != nil), ("keep", keep != nil)].filter(\.1).map(\.0)
        }

        var file: OutputFile? {
            guard let path else { return nil }
            var file = OutputFile(path: path)
            if let maxSize { file.maxSize = maxSize }
            if let maxAge { file.maxAge = maxAge }
            if let keep { file.keep = keep }
            return file
        }
    }

    static func limitName(_ name: String) -> String? {
        guard name.hasPrefix("rlimit_") else { return nil }
        let limit = String(name.dropFirst(7))
        return ResourceLimit.names.contains(limit) ? limit : nil
    }

    private static func words(_ value: SettingValue) throws(SettingError) -> [String] {
        switch value {
        case .text(let text), .json(.string(let text)):
            guard !text.utf8.contains(0) else { throw SettingError("it holds a NUL") }
            do throws(SettingError) {
                return try ShellWords.words(in: text)
            } catch {
                throw SettingError("it can't be split into words: \(error.message)")
            }
        case .json(.array(let elements)):
            return try elements.map { element throws(SettingError) in
                guard let word = element.stringValue, !word.utf8.contains(0) else {
                    throw SettingError("a list of strings without NUL is expected")
                }
                return word
            }
        case .json:
            throw SettingError("a string or a list of strings is expected")
        }
    }

    private static func paths(_ value: SettingValue) throws(SettingError) -> [String] {
        if value.isEmpty { return [] }
        // A string of a body is one path, blanks and all: there, several are an array.
        if case .json(.string) = value { return [try value.nonEmptyString()] }
        return try value.list().map { element throws(SettingError) in try element.nonEmptyString() }
    }

    private static func environment(_ value: SettingValue) throws(SettingError) -> [String: String] {
        guard case .json(let json) = value else { throw SettingError("write env:KEY = value instead") }
        guard let members = json.objectValue else { throw SettingError("an object of strings is expected") }
        var environment: [String: String] = [:]
        for member in members {
            guard let text = member.value.stringValue, !text.utf8.contains(0) else {
                throw SettingError("the value of \(member.name.cited) has to be a string without NUL")
            }
            guard isVariable(member.name) else {
                throw SettingError("\(member.name.cited) can't name a variable")
            }
            environment[member.name] = text
        }
        return environment
    }

    /// Whether the environment can have a variable of that name.
    public static func isVariable(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: "=") || $0 == 0 }
    }

    private static func labels(
        _ value: SettingValue,
        atMost maximum: Int,
        unique: Bool
    ) throws(SettingError) -> [String] {
        if value.isEmpty { return [] }
        if case .text(let text) = value, text.lowercased() == "none" { return [] }
        if case .json(.string(let text)) = value, text.lowercased() == "none" { return [] }
        let labels = try value.list().map { element throws(SettingError) in
            let label = try element.nonEmptyString()
            guard isLabel(label) else {
                throw SettingError(
                    "\(label.cited) can't be a label: use letters, digits, _, - and ., not at the start"
                )
            }
            return label
        }
        guard labels.count <= maximum else { throw SettingError("\(maximum) labels at most are expected") }
        guard !unique || Set(labels).count == labels.count else { throw SettingError("a label is named twice") }
        return labels
    }

    /// Labels stand in routes and topics; `none` is the word for no label at all.
    private static func isLabel(_ text: String) -> Bool {
        guard text.utf8.count <= 100, text.utf8.first != UInt8(ascii: "."), text.lowercased() != "none" else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    private static func signal(_ value: SettingValue) throws(SettingError) -> Signal {
        do throws(GafferError) {
            if case .json(.integer(let number)) = value { return try Signal(parsing: String(number)) }
            return try Signal(parsing: (try? value.string()) ?? "")
        } catch {
            throw SettingError("a signal is expected, as TERM or 15")
        }
    }

    private static func mask(_ value: SettingValue) throws(SettingError) -> UInt32 {
        let text =
            switch value {
            case .text(let text), .json(.string(let text)): text
            case .json: ""
            }
        guard let mask = UInt32(text, radix: 8), mask <= 0o777 else {
            throw SettingError("an octal mask is expected, as 022")
        }
        return mask
    }
}
