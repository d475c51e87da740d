extension JobConfig {
    /// The names of all settings of a job, but for the `rlimit_NAME` and `env:KEY` ones, in the order of the manual.
    public static let settingNames: [String] = [
        "cmd", "args", "cwd", "uid", "gid", "detach", "shell", "env", "env_file", "os_env", "numprocesses", "start",
        "restart", "success_exit", "backoff", "flapping", "priority", "redirect_output", "redirect_input",
        "custom_streams", "ring_size", "stdout_file", "stdout_file_max_size", "stdout_file_max_age",
        "stdout_file_keep", "stderr_file", "stderr_file_max_size", "stderr_file_max_age", "stderr_file_keep",
        "stop_signal", "graceful_timeout", "umask", "nice",
    ]

    /// Whether there is a setting of that name (lower case).
    public static func isSetting(_ name: String) -> Bool {
        settingNames.contains(name) || limitName(name) != nil
    }

    /// Gives one setting its value, whichever way it was written.
    ///
    /// Settings of an output file that come before the file itself are kept in `pending`; see ``finishSettings(_:)``.
    ///
    /// - Throws: ``SettingError``; then nothing has changed.
    package mutating func set(_ name: String, to value: SettingValue, pending: inout PendingFiles) throws(SettingError) {
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
            envFile = value.isEmpty ? [] : try value.list().map { element throws(SettingError) in try element.nonEmptyString() }
        case "os_env": osEnv = try value.bool()
        case "numprocesses": numprocesses = try value.integer(in: 0...ScaleOperation.maximum)
        case "start": start = try value.bool()
        case "restart":
            guard let policy = RestartPolicy(rawValue: try value.string().lowercased()) else {
                throw SettingError("always, on-failure or never is expected")
            }
            restart = policy
        case "success_exit": successExit = try SuccessExit(value)
        case "backoff": backoff = try BackoffRule(value)
        case "flapping": flapping = value.isEmpty ? nil : try FlappingRule(value)
        case "priority": priority = value.isEmpty ? nil : try value.integer(in: 0...Int(Int64.max))
        case "redirect_output": redirectOutput = try Self.labels(value, atMost: 2, unique: false)
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
        default: throw SettingError("there is no such setting")
        }
    }

    /// Makes the output files of what was said of them.
    package mutating func finishSettings(_ pending: PendingFiles) {
        stdoutFile = pending.stdout.file
        stderrFile = pending.stderr.file
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
            do throws(GafferError) {
                return try ShellWords.split(text)
            } catch {
                throw SettingError(error.message)
            }
        case .json(.null):
            return []
        case .json(.array(let elements)):
            return try elements.map { element throws(SettingError) in
                guard let word = element.stringValue, !word.utf8.contains(0) else {
                    throw SettingError("a list of strings is expected")
                }
                return word
            }
        case .json:
            throw SettingError("a string or a list of strings is expected")
        }
    }

    private static func environment(_ value: SettingValue) throws(SettingError) -> [String: String] {
        guard case .json(let json) = value else { throw SettingError("write env:KEY = value instead") }
        if json == .null { return [:] }
        guard let members = json.objectValue else { throw SettingError("an object of strings is expected") }
        var environment: [String: String] = [:]
        for member in members {
            guard let text = member.value.stringValue, !text.utf8.contains(0) else {
                throw SettingError("the value of \(JSON.string(member.name)) has to be a string")
            }
            guard isVariable(member.name) else {
                throw SettingError("\(JSON.string(member.name)) can't name a variable")
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
            let isPlain = label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard isPlain, label.utf8.count <= 100 else {
                throw SettingError("\(JSON.string(label)) can't be a label: use letters, digits, _ and -")
            }
            return label
        }
        guard labels.count <= maximum else { throw SettingError("\(maximum) labels at most are expected") }
        guard !unique || Set(labels).count == labels.count else { throw SettingError("a label is named twice") }
        return labels
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
