extension JobConfig {
    /// Reads the body of `POST /jobs/<session>` or `PUT /jobs/<session>/<job>`.
    ///
    /// Members that gaffer does not know are kept in ``extra``. Users and groups are not looked up.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) with everything that is wrong in its details.
    public static func read(json: JSON) throws(GafferError) -> (name: String?, config: JobConfig) {
        guard let members = json.objectValue else {
            throw GafferError(.badRequest, "A job's configuration has to be an object.")
        }
        var config = JobConfig(cmd: "")
        var pending = PendingFiles()
        var name: String?
        var errors: [String] = []
        // A body of nothing but errors must not make a longer answer of them.
        let limit = 100
        for member in members where errors.count < limit {
            let value = SettingValue.json(member.value)
            switch member.name {
            case "name":
                name = member.value.stringValue
                if name == nil { errors.append("name = \(value.shown): a string is expected.") }
            case "custom_channels":
                errors.append("custom_channels: channels of the original's process can't be sent over HTTP.")
            case let setting where isSetting(setting):
                do throws(SettingError) {
                    try config.set(setting, to: value, pending: &pending)
                } catch {
                    errors.append("\(setting) = \(value.shown): \(error.sentenceEnd)")
                }
            case let setting where setting.hasPrefix("rlimit_"):
                errors.append("\(setting.printable): there is no such limit.")
            default:
                config.extra.append(member)
            }
        }
        if json["cmd"] == nil { errors.append("cmd: it is missing.") }
        for (setting, error) in config.finishSettings(pending) {
            let value = json[setting].map { SettingValue.json($0).shown } ?? ""
            errors.append("\(setting) = \(value): \(error.sentenceEnd)")
        }
        guard errors.isEmpty else {
            let message =
                errors.count == 1
                ? "The job's configuration is wrong: \(errors[0])"
                : "The job's configuration has \(errors.count) errors: \(errors.joined(separator: " "))"
            throw GafferError(.badRequest, message, details: errors)
        }
        return (name, config)
    }

    /// The settings that are not the default of the API, as ``read(json:)`` takes them.
    public func json(name: JobName) -> JSON {
        let standard = JobConfig(cmd: cmd)
        var members: [JSON.Member] = [.init("name", .string(name.description)), .init("cmd", .string(cmd))]
        func add<Value: Equatable>(_ name: String, _ value: Value, _ standard: Value, _ json: (Value) -> JSON) {
            if value != standard { members.append(.init(name, json(value))) }
        }
        func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
        func integer(_ value: Int) -> JSON { .integer(Int64(value)) }
        add("args", args, standard.args, strings)
        add("cwd", cwd, nil) { .string($0 ?? "") }
        add("uid", uid, nil) { $0?.json ?? .null }
        add("gid", gid, nil) { $0?.json ?? .null }
        add("detach", detach, standard.detach, JSON.bool)
        add("shell", shell, standard.shell, JSON.bool)
        add("env", env, standard.env) { env in
            .object(env.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
        }
        add("env_file", envFile, standard.envFile, strings)
        add("os_env", osEnv, standard.osEnv, JSON.bool)
        add("port", port, nil) { integer($0 ?? 0) }
        add("numprocesses", numprocesses, standard.numprocesses, integer)
        add("start", start, standard.start, JSON.bool)
        add("restart", restart, standard.restart) { .string($0.rawValue) }
        add("success_exit", successExit, standard.successExit, \.json)
        add("backoff", backoff, nil) { $0?.json ?? .null }
        add("flapping", flapping, nil) { $0?.json ?? .null }
        add("priority", priority, nil) { integer($0 ?? 0) }
        add("redirect_output", redirectOutput, nil) { strings($0 ?? []) }
        add("redirect_input", redirectInput, standard.redirectInput, JSON.bool)
        add("custom_streams", customStreams, standard.customStreams, strings)
        add("ring_size", ringSize, standard.ringSize, integer)
        stdoutFile?.add(to: &members, as: "stdout_file")
        stderrFile?.add(to: &members, as: "stderr_file")
        add("stop_signal", stopSignal, standard.stopSignal) { .string($0.name) }
        add("graceful_timeout", gracefulTimeout, standard.gracefulTimeout, \.json)
        add("umask", umask, nil) { .string("0" + String($0 ?? 0, radix: 8)) }
        add("nice", nice, nil) { integer($0 ?? 0) }
        let limits = cgroupLimits
        add("memory_max", limits.memoryMax, nil) { .integer(Int64(clamping: $0 ?? 0)) }
        add("memory_high", limits.memoryHigh, nil) { .integer(Int64(clamping: $0 ?? 0)) }
        add("cpu_max", limits.cpuMax, nil) { .double($0 ?? 0) }
        add("cpu_weight", limits.cpuWeight, nil) { integer($0 ?? 0) }
        add("tasks_max", limits.tasksMax, nil) { integer($0 ?? 0) }
        add("cgroup_limits", limits.isRequired, true) { .string($0 ? "required" : "optional") }
        add("oom_score_adj", oomScoreAdj, nil) { integer($0 ?? 0) }
        add("journal", journal, standard.journal, JSON.bool)
        for (name, limit) in rlimits.sorted(by: { $0.key < $1.key }) {
            members.append(.init("rlimit_\(name)", limit.json))
        }
        return .object(members + extra)
    }
}

extension Account {
    var json: JSON {
        switch self {
        case .id(let number): .integer(Int64(number))
        case .name(let name): .string(name)
        }
    }
}

extension OutputFile {
    fileprivate func add(to members: inout [JSON.Member], as name: String) {
        let standard = OutputFile(path: path)
        members.append(.init(name, .string(path)))
        if maxSize != standard.maxSize { members.append(.init("\(name)_max_size", .integer(Int64(clamping: maxSize)))) }
        if maxAge != standard.maxAge { members.append(.init("\(name)_max_age", maxAge.json)) }
        if keep != standard.keep { members.append(.init("\(name)_keep", .integer(Int64(keep)))) }
    }
}
