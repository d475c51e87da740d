internal import GafferModel

/// Makes a job of one `[watcher:x]`.
struct CircusWatcher {
    /// Every key that a watcher can have, but for `rlimit_…`, `hooks.…`, `flapping.…` and those of the streams.
    static let keys: [String] = [
        "cmd", "args", "shell", "shell_args", "executable", "working_dir", "uid", "gid", "copy_env", "copy_path",
        "virtualenv", "virtualenv_py_ver", "numprocesses", "singleton", "autostart", "on_demand", "priority",
        "respawn", "max_retry", "max_age", "max_age_variance", "warmup_delay", "graceful_timeout", "stop_signal",
        "stop_children", "send_hup", "use_sockets", "stdin_socket", "close_child_stdin", "close_child_stdout",
        "close_child_stderr", "check_flapping",
    ]

    let name: String
    var job: JobImport
    let section: ForeignSection
    let context: CircusImport.Context
    /// Variables whose values are known.
    var environment: [String: String] = [:]
    /// Whether circus' own environment is inherited.
    let inherits: Bool

    init(_ section: ForeignSection, name: String, context: CircusImport.Context) {
        self.section = section
        self.name = name
        self.context = context
        job = JobImport(section, secrets: CircusAdvice.secrets)
        inherits = section["copy_env"].flatMap { Bool(parsing: $0.value) } ?? false
    }

    mutating func read() {
        job.set("os_env", String(inherits), from: section["copy_env"] == nil ? nil : "copy_env")
        readFolder()
        readCommand()
        readAccount()
        readLifetime()
        readFlapping()
        readStop()
        readLimits()
        readStreams()
        readOthers()
        if let umask = context.umask { job.set("umask", umask) }
    }

    /// A key's value, `$(circus.…)` replaced; nil: it is not there, or was left out.
    mutating func literal(_ key: String) -> String? {
        guard let setting = section[key] else { return nil }
        guard let value = expand(setting.value).template.literal else {
            job.leftOut(key, "It differs from process to process, or is not known here.")
            return nil
        }
        return value
    }

    mutating func take(_ key: String, as target: String, note: String? = nil) {
        guard let value = literal(key) else { return }
        job.set(target, value, from: key, note: note)
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let value = literal(key) else { return nil }
        guard let flag = Bool(parsing: value) else {
            job.leftOut(key, "True or False is expected.")
            return nil
        }
        return flag
    }

    // MARK: $(circus.…)

    /// Replaces what stands in a text as `$(circus.wid)` or `((circus.env.home))`.
    func expand(_ text: String) -> MarkedText {
        Self.expand(text, with: piece)
    }

    /// Replaces it in a command: circus does it twice, so that a variable's value may hold one more.
    func expandCommand(_ text: String) -> MarkedText {
        let once = Self.expand(text) { option in
            guard option.hasPrefix("env."), case .text(let value)? = piece(option) else { return nil }
            return .text(value)
        }
        return expand(once.text)
    }

    /// - Parameter piece: what a name stands for; nil: it stays as it is written.
    private static func expand(_ text: String, with piece: (String) -> ImportTemplate.Piece?) -> MarkedText {
        var result = MarkedText()
        var rest = text[...]
        while let next = rest.firstIndex(where: { $0 == "$" || $0 == "(" }) {
            result.append(rest[..<next])
            rest = rest[next...]
            let isDollar = rest.first == "$"
            let start = isDollar ? "$(circus." : "((circus."
            let end = isDollar ? ")" : "))"
            guard rest.prefix(start.count).lowercased() == start else {
                result.append(String(rest.removeFirst()))
                continue
            }
            let body = rest.dropFirst(start.count)
            let option = body.prefix { $0.isLetter || $0.isNumber || "_.-".contains($0) }
            guard body[option.endIndex...].hasPrefix(end), let piece = piece(option.lowercased()) else {
                result.append(String(rest.removeFirst()))
                continue
            }
            result.append(piece)
            rest = body[option.endIndex...].dropFirst(end.count)
        }
        result.append(rest)
        return result
    }

    private func piece(_ option: String) -> ImportTemplate.Piece? {
        if option == "wid" { return .number(offset: 0, width: 0) }
        if option.hasPrefix("env.") {
            let variable = option.dropFirst(4)
            func find(_ values: [String: String]) -> String? {
                values.sorted { $0.key < $1.key }.first { $0.key.lowercased() == variable }?.key
            }
            if let name = find(environment), let value = environment[name] { return .text(value) }
            let name = find(context.options.environment)
            if !inherits, let name, let value = context.options.environment[name] { return .text(value) }
            let guess = name ?? variable.uppercased()
            return ImportTemplate.isVariable(guess) ? .variable(guess) : nil
        }
        if option.hasPrefix("sockets.") { return nil }
        let isOwn = ["working_dir", "uid", "gid", "numprocesses", "args"].contains(option)
        return isOwn ? section[option].map { .text($0.value) } : nil
    }

    /// In `[env]` circus knows its own environment only.
    private func generalPiece(_ option: String) -> ImportTemplate.Piece? {
        let variables = context.options.environment.sorted { $0.key < $1.key }
        return variables.first { option == "env.\($0.key.lowercased())" }.map { .text($0.value) }
    }

    // MARK: The environment

    /// Takes one variable of `[env]` or `[env:x]`.
    ///
    /// - Returns: why it is left out, or what is different; nothing where it is just taken.
    mutating func setVariable(
        _ setting: ForeignSection.Setting,
        isGeneral: Bool
    ) -> (problem: String?, note: String?) {
        // Of the two sections circus replaces its own names in this one only.
        let text = isGeneral ? Self.expand(setting.value, with: generalPiece).template : ImportTemplate(setting.value)
        var pieces: [ImportTemplate.Piece] = []
        for piece in text.pieces {
            if case .text(let text) = piece { pieces += Self.variables(in: text) } else { pieces.append(piece) }
        }
        var note: String?
        if !inherits {
            pieces = pieces.map { piece in
                guard case .variable(let name) = piece, let value = context.options.environment[name] else {
                    return piece
                }
                note = "\(setting.key.printable) has the value of $\(name) at the time of the import."
                return .text(value)
            }
        }
        let value = ImportTemplate(pieces)
        if let literal = value.literal {
            if let problem = job.setVariable(setting.key, literal) { return ("\(problem).", nil) }
            environment[setting.key] = literal
            return (nil, note)
        }
        if value.pieces == [.variable(setting.key)], inherits { return (nil, nil) }
        guard inherits else {
            return ("It has a variable of circus' own environment that is not known here.", nil)
        }
        guard ImportTemplate.isVariable(setting.key) else {
            return ("\(setting.key.cited) can't name a variable of a shell.", nil)
        }
        job.command.before.append("export \(setting.key)=\(value.shellWord)")
        return (nil, "A shell sets it, in cmd, since it takes in an inherited one.")
    }

    /// `$NAME` with capital letters, which circus replaces in values of variables.
    private static func variables(in text: String) -> [ImportTemplate.Piece] {
        var pieces: [ImportTemplate.Piece] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            pieces.append(.text(String(rest[..<dollar])))
            let after = rest[rest.index(after: dollar)...]
            let name = after.prefix { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
            if let first = name.first, ("A"..."Z").contains(first) {
                pieces.append(.variable(String(name)))
                rest = after[name.endIndex...]
            } else {
                pieces.append(.text("$"))
                rest = after
            }
        }
        return pieces + [.text(String(rest))]
    }
}
