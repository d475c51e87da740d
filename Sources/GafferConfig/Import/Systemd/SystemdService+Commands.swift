internal import GafferModel

extension SystemdService {
    /// One command of an `Exec…=` line.
    private struct Command {
        var words: [ImportTemplate] = []
        /// `-`: its failure is none.
        var mayFail = false
        /// `+` or `!`: it keeps gafferd's own rights.
        var isPrivileged = false
        /// `@`: the second word is what the program is told of its own name.
        var hasOwnName = false

        var script: String {
            let text = words.map(\.shellWord).joined(separator: " ")
            return mayFail ? "(\(text) || true)" : text
        }
    }

    mutating func readCommands() {
        for setting in all("ExecStartPre") {
            do throws(SettingError) {
                let commands = try commands(in: setting.value)
                if commands.contains(where: \.isPrivileged), section["User"] != nil {
                    throw SettingError("it would run as another user than the job: do it when the machine starts")
                }
                job.command.before += commands.map(\.script)
                job.add(setting, .changed, "cmd begins with it: a shell runs it each time before the program.")
            } catch {
                job.add(setting, .leftOut, error.sentenceEnd)
            }
        }
        readStart()
    }

    private mutating func readStart() {
        let lines = all("ExecStart")
        guard !lines.isEmpty else { return job.refuse("it has no ExecStart") }
        var parsed: [(setting: ForeignSection.Setting, commands: [Command])] = []
        for setting in lines {
            do throws(SettingError) {
                parsed.append((setting, try commands(in: setting.value)))
            } catch {
                return job.refuse("its ExecStart can't be read: \(error.message)")
            }
        }
        let all = parsed.flatMap(\.commands)
        guard let last = all.last else { return job.refuse("its ExecStart names no program") }
        job.command.before += all.dropLast().map(\.script)
        job.command.words = last.words
        var notes: [String] = []
        if all.count > 1 { notes.append("a shell runs one after the other") }
        if last.mayFail { notes.append("a failure is one: name it in success_exit") }
        if all.contains(where: \.hasOwnName) { notes.append("the program is told its path for its own name") }
        if last.isPrivileged, job.setting("uid") != nil {
            job.remove("uid")
            job.remove("gid")
            notes.append("it runs as gafferd itself, by its prefix, so there is no uid")
        }
        if last.words.contains(where: { $0.pieces.contains { if case .words = $0 { true } else { false } } }) {
            notes.append("a shell parts the variables that stand alone into words, and takes patterns in them for such")
        } else if job.command.needsShell, all.count == 1 {
            notes.append("a shell runs it, as there is more to do before or with it")
        }
        notes += settleVariables(last.words)
        let text = "cmd = \(job.command.cmd.printable)"
        for (setting, _) in parsed {
            if notes.isEmpty {
                job.add(setting, .carried, text)
            } else {
                job.add(setting, .changed, "\(text): \(notes.joined(separator: "; ")).")
            }
        }
    }

    /// systemd takes an unknown variable for empty, gaffer for an error.
    private mutating func settleVariables(_ words: [ImportTemplate]) -> [String] {
        guard !job.command.needsShell, job.setting("env_file") == nil else { return [] }
        var notes: [String] = []
        for piece in words.flatMap(\.pieces) {
            guard case .variable(let name) = piece, !job.hasVariable(name) else { continue }
            if options.environment[name] == nil {
                guard job.setVariable(name, "") == nil else { continue }
                notes.append("env:\(name) is empty, as nothing here gives it a value")
            } else {
                notes.append("$\(name) is taken from gafferd's environment")
            }
        }
        return notes
    }

    /// The commands of a line, which a `;` parts.
    private func commands(in text: String) throws(SettingError) -> [Command] {
        var result: [Command] = []
        for words in try UnitWords.split(text).split(whereSeparator: \.isSeparator) {
            guard var program = words.first?.text else { continue }
            var command = Command()
            var expands = true
            prefixes: while let first = program.first {
                switch first {
                case "-": command.mayFail = true
                case "@": command.hasOwnName = true
                case ":": expands = false
                case "+", "!": command.isPrivileged = true
                case "|": throw SettingError("a shell for the user (|) is not known here")
                default: break prefixes
                }
                program.removeFirst()
            }
            guard !program.isEmpty else { throw SettingError("it names no program") }
            // The program itself is never a variable.
            command.words = [try specifiers.expand(program).template]
            for word in words.dropFirst(command.hasOwnName ? 2 : 1) {
                let marked = try specifiers.expand(word.text)
                command.words.append(expands ? Self.variables(in: marked) : marked.template)
            }
            result.append(command)
        }
        return result
    }

    /// `$NAME` where it is the whole word, `${NAME}` anywhere, and `$$`.
    private static func variables(in marked: MarkedText) -> ImportTemplate {
        let text = marked.text
        if text.hasPrefix("$"), ImportTemplate.isVariable(String(text.dropFirst())) {
            return ImportTemplate([.words(String(text.dropFirst()))])
        }
        var pieces: [ImportTemplate.Piece] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            pieces += marked.template(String(rest[..<dollar])).pieces
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                pieces.append(.text("$"))
                rest.removeFirst()
            } else if rest.first == "{", let end = rest.firstIndex(of: "}"),
                ImportTemplate.isVariable(String(rest[rest.index(after: rest.startIndex)..<end]))
            {
                pieces.append(.variable(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                pieces.append(.text("$"))
            }
        }
        return ImportTemplate(pieces + marked.template(String(rest)).pieces)
    }

    mutating func readType() {
        guard let type = literal("Type") else { return }
        switch type {
        case "simple", "exec": job.carried("Type", "gaffer has the program in the foreground, too.")
        case "notify", "notify-reload", "dbus":
            job.changed("Type", "gaffer does not wait until the program says that it is ready.")
        case "idle": job.changed("Type", "gaffer starts it with the others.")
        case "oneshot":
            job.changed("Type", "It runs once; gaffer waits for nobody to be done.")
        case "forking":
            job.changed("Type", "gaffer needs the program in the foreground.")
            job.hinder(
                "it goes to the background by itself (Type=forking): give its command what keeps it in the foreground"
            )
        default: job.leftOut("Type", "There is no such type.")
        }
    }
}
