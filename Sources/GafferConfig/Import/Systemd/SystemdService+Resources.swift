internal import GafferModel

extension SystemdService {
    mutating func readLimits() {
        for setting in section.settings where setting.key.hasPrefix("Limit") {
            let name = setting.key.dropFirst(5).lowercased()
            guard ResourceLimit.names.contains(name), let value = literal(setting.key) else { continue }
            let parts = value.split(separator: ":", omittingEmptySubsequences: false).map { part in
                Self.limit(part.trimmed, of: name)
            }
            let written = parts.compactMap { $0 }
            guard written.count == parts.count else {
                job.leftOut(setting.key, "It can't be read.")
                continue
            }
            job.set("rlimit_\(name)", written.joined(separator: ":"), from: setting.key)
        }
    }

    private static func limit(_ text: String, of name: String) -> String? {
        if text == "infinity" { return "unlimited" }
        switch name {
        case "cpu":
            return UnitTime.seconds(text).flatMap { $0.isFinite ? String(Int($0.rounded(.up))) : nil }
        case "rttime":
            // Without a unit it is in microseconds already.
            if let micros = UInt64(text) { return String(micros) }
            return UnitTime.seconds(text).flatMap { $0 < 1e12 ? String(Int($0 * 1e6)) : nil }
        case "nice":
            guard text.hasPrefix("+") || text.hasPrefix("-") else { return text }
            return Int(text).flatMap { (-20...19).contains($0) ? String(20 - $0) : nil }
        default: return text
        }
    }

    mutating func readResources() {
        for (key, target) in [
            ("MemoryMax", "memory_max"), ("MemoryLimit", "memory_max"), ("MemoryHigh", "memory_high"),
        ] {
            guard let value = literal(key) else { continue }
            if key == "MemoryLimit", section["MemoryMax"] != nil {
                job.leftOut(key, "MemoryMax wins.")
            } else if value == "infinity" {
                job.carried(key, "There is no limit.")
            } else if value.hasSuffix("%") {
                job.leftOut(key, "\(target) takes a size, no share of the machine's memory.")
            } else if let size = Self.size(value) {
                job.set(target, size, from: key)
            } else {
                job.leftOut(key, "It is no size.")
            }
        }
        take("CPUQuota", as: "cpu_max")
        take("CPUWeight", as: "cpu_weight")
        if let shares = literal("CPUShares").flatMap({ Int($0) }) {
            let weight = min(10_000, max(1, min(262_144, max(0, shares)) * 100 / 1024))
            job.set("cpu_weight", String(weight), from: "CPUShares", note: "shares of 1024 are a weight of 100.")
        }
        guard let tasks = literal("TasksMax") else { return }
        if tasks == "infinity" {
            job.carried("TasksMax", "There is no limit.")
        } else {
            job.set("tasks_max", tasks, from: "TasksMax")
        }
    }

    /// A size as gaffer writes it; systemd takes fractions.
    private static func size(_ text: String) -> String? {
        if ByteSize.parse(text) != nil { return text }
        guard let unit = text.last, let power = ["K", "M", "G", "T"].firstIndex(of: String(unit)),
            let number = Double(text.dropLast()), number >= 0, number < 1e6
        else { return nil }
        var bytes = number
        for _ in 0...power { bytes *= 1024 }
        return String(UInt64(bytes))
    }

    // MARK: Streams

    private enum Target: Equatable {
        case journal
        case null
        case file(String, note: String?)
        case other(String)
    }

    mutating func readStreams() {
        if let input = literal("StandardInput") {
            switch input {
            case "null": job.carried("StandardInput", "stdin is /dev/null.")
            case "socket":
                job.leftOut("StandardInput", "gaffer gives no sockets to jobs.")
                job.hinder("systemd gave it a socket as its stdin, gaffer can't")
            default: job.leftOut("StandardInput", "stdin is /dev/null, or with redirect_input = true a pipe.")
            }
        }
        let output = target("StandardOutput") ?? .journal
        let written = literal("StandardError")
        let isMerged = written == nil || written == "inherit"
        let error = isMerged ? output : target("StandardError") ?? .journal
        tell("StandardOutput", output)
        if isMerged, section["StandardError"] != nil {
            job.carried("StandardError", "It goes where stdout goes.")
        } else {
            tell("StandardError", error)
        }
        apply(output, error)
    }

    private mutating func apply(_ output: Target, _ error: Target) {
        switch (output, error) {
        case (.null, .null): job.set("redirect_output", "none")
        case (_, .null): job.set("redirect_output", "stdout")
        case (.null, _):
            job.leftOut("StandardOutput", "gaffer can't send stdout alone to /dev/null.")
        case (.file(let path, _), .file(let other, _)) where path == other:
            job.set("redirect_output", "stdout, stdout")
        default: break
        }
        if case .file(let path, _) = output { setFile("stdout_file", path) }
        if case .file(let path, _) = error, job.setting("redirect_output") == nil { setFile("stderr_file", path) }
    }

    private mutating func setFile(_ target: String, _ path: String) {
        job.set(target, path)
        if job.setting(target) != nil { job.set("\(target)_max_size", "0") }
    }

    private mutating func tell(_ key: String, _ target: Target) {
        switch target {
        case .journal: job.carried(key, "It goes to the journal, where gafferd writes to one.")
        case .null: job.carried(key, "redirect_output sends it to /dev/null.")
        case .file(let path, let note):
            let text = "\(key == "StandardOutput" ? "stdout_file" : "stderr_file") = \(path.printable)"
            if let note { job.changed(key, "\(text): \(note)") } else { job.carried(key, text) }
        case .other(let text): job.changed(key, text)
        }
    }

    private mutating func target(_ key: String) -> Target? {
        let written = section[key]?.value ?? ""
        for kind in ["append", "file", "truncate"] where written.hasPrefix(kind + ":") {
            do throws(SettingError) {
                let path = try specifiers.expand(String(written.dropFirst(kind.count + 1))).template.outputPath
                guard path.hasPrefix("/"), IniText.holds(path, of: "stdout_file") else {
                    throw SettingError("an absolute path is expected, that an ini file can hold")
                }
                return .file(path, note: kind == "append" ? nil : "gaffer appends to it.")
            } catch {
                return .other("It goes to the journal, where gafferd writes to one: \(error.sentenceEnd)")
            }
        }
        guard let value = literal(key) else { return nil }
        switch value {
        case "journal", "inherit": return .journal
        case "null": return .null
        default: return .other("It goes to the journal, where gafferd writes to one, not to \(value.printable).")
        }
    }
}
