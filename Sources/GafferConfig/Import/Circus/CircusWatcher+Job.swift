internal import GafferModel

extension CircusWatcher {
    // MARK: What is run

    mutating func readFolder() {
        guard let setting = section["working_dir"] else { return }
        let value = expand(setting.value).template
        if let literal = value.literal {
            job.set("cwd", literal, from: "working_dir")
        } else {
            job.command.before.append("cd \(value.shellWord)")
            job.changed("working_dir", "cmd begins with a cd, as the folder is known to a process only.")
        }
    }

    mutating func readCommand() {
        guard let setting = section["cmd"], !setting.value.isEmpty else { return job.refuse("it has no cmd") }
        do throws(SettingError) {
            for text in [setting.value, section["args"]?.value ?? ""] {
                let marked = expandCommand(text)
                job.command.words += try PythonWords.split(marked.text).map(marked.template)
            }
        } catch {
            return job.refuse("its command can't be read: \(error.message)")
        }
        if let executable = literal("executable"), !job.command.words.isEmpty {
            job.command.words[0] = ImportTemplate(executable)
            job.changed("executable", "It is the program of cmd, and is called so in its own arguments too.")
        }
        var notes: [String] = []
        for variable in Set(variables).sorted() {
            if !job.command.needsShell, !inherits || context.options.environment[variable] == nil {
                // gafferd would refuse the file: the variable has to be somewhere.
                guard job.setVariable(variable, "") == nil else { continue }
                notes.append("env:\(variable) has to be filled in: it is not known here")
            } else {
                notes.append("$\(variable) is taken from gafferd's environment when a process is started")
            }
        }
        if job.command.needsShell { notes.append("a shell sets what only a process knows") }
        let text = "cmd = \(job.command.cmd.printable)"
        if notes.isEmpty {
            job.carried("cmd", text)
        } else {
            job.changed("cmd", "\(text): \(notes.joined(separator: "; ")).")
        }
        job.carried("args", "They are words of cmd.")
        readShell()
        let isBound = [setting.value, section["args"]?.value ?? ""].contains {
            $0.lowercased().contains("circus.sockets.")
        }
        if isBound { job.hinder("circus gave it a socket that it had opened, gaffer can't") }
    }

    private var variables: [String] {
        job.command.words.flatMap(\.pieces).compactMap { piece in
            if case .variable(let name) = piece { name } else { nil }
        }
    }

    /// circus quotes each word for its shell, which then has nothing to do.
    private mutating func readShell() {
        let isShell = flag("shell")
        if isShell == true {
            job.changed("shell", "The words are run without one: circus quotes each of them, so it changes nothing.")
        } else if isShell == false {
            job.carried("shell", "It is run without one.")
        }
        job.leftOut("shell_args", "There is no shell to be given any.")
    }

    mutating func readAccount() {
        take("uid", as: "uid")
        take("gid", as: "gid")
    }

    // MARK: How it is kept alive

    mutating func readLifetime() {
        take("numprocesses", as: "numprocesses")
        if let isSingle = flag("singleton") {
            job.changed("singleton", isSingle ? "gaffer lets anybody scale the job who may." : "Nothing is needed.")
        }
        if let autostart = flag("autostart") { job.set("start", String(autostart), from: "autostart") }
        if let respawn = flag("respawn") { job.set("restart", respawn ? "always" : "never", from: "respawn") }
        if let greatest = context.priority {
            let written = section["priority"].flatMap { Int($0.value) }
            let note = "gaffer begins with the lowest number, circus with the highest."
            let distance = greatest.subtractingReportingOverflow(min(greatest, written ?? 0))
            job.set("priority", String(distance.overflow ? .max : distance.partialValue), from: "priority", note: note)
        }
        job.changed(
            "max_retry",
            "gaffer goes on trying, with growing pauses (backoff), unless flapping gives a job up."
        )
        for key in ["max_age", "max_age_variance"] {
            job.leftOut(key, "gaffer ends no process for its age: let a timer run gafferctl restart.")
        }
        job.leftOut("warmup_delay", "gaffer starts the processes of a job without pauses.")
        if let isOnDemand = flag("on_demand") {
            if isOnDemand {
                job.leftOut("on_demand", CircusAdvice.socket)
                job.hinder("circus started it when somebody connected, gaffer can't")
            } else {
                job.carried("on_demand", "It is started with the others.")
            }
        }
    }

    mutating func readFlapping() {
        let keys = ["attempts", "window", "retry_in", "max_retry", "active"].map { "flapping.\($0)" }
        let isOff = context.flapping?["active"].flatMap { Bool(parsing: $0) } == false
        guard let plugin = context.flapping, !isOff else {
            for key in keys { job.leftOut(key, "There is no flapping plugin, or it is not active.") }
            job.leftOut("check_flapping", "circus itself no longer looks at it.")
            return
        }
        job.leftOut("check_flapping", "circus itself no longer looks at it.")
        let isActive = flag("flapping.active") ?? true
        func option(_ name: String, _ standard: String) -> String {
            section["flapping.\(name)"]?.value ?? plugin[name] ?? standard
        }
        guard isActive else {
            for key in keys { job.carried(key, "The job has no flapping.") }
            return
        }
        var retries = option("max_retry", "5")
        if retries == "-1" { retries = "10000" }
        let rule = [option("attempts", "2"), option("window", "1"), option("retry_in", "7"), retries]
        let own = keys.filter { section[$0] != nil }
        job.set("flapping", rule.joined(separator: ", "), from: own.first)
        for key in own.dropFirst() {
            job.carried(key, "flapping = \(rule.joined(separator: ", ").printable), as above.")
        }
    }

    mutating func readStop() {
        take("stop_signal", as: "stop_signal")
        take("graceful_timeout", as: "graceful_timeout")
        if let isTree = flag("stop_children") {
            if isTree {
                job.carried("stop_children", "gaffer stops a process with all that it started.")
            } else {
                job.changed("stop_children", "gaffer stops a process with all that it started, always.")
            }
        }
        if let sendsHangup = flag("send_hup") {
            if sendsHangup {
                job.leftOut("send_hup", "A reload restarts what has changed; gafferctl kill JOB HUP sends the signal.")
            } else {
                job.carried("send_hup", "No SIGHUP is sent.")
            }
        }
    }

    mutating func readLimits() {
        for setting in section.settings where setting.key.hasPrefix("rlimit_") {
            let target = setting.key.lowercased()
            guard let value = literal(setting.key) else { continue }
            job.set(target, value.isEmpty || value == "-1" ? "unlimited" : value, from: setting.key)
        }
    }

    mutating func readOthers() {
        for setting in section.settings where setting.key.hasPrefix("hooks.") {
            job.leftOut(setting.key, "gaffer runs no code of others; events come by GET /watch as a stream.")
        }
        job.leftOut("copy_path", "Name env:PYTHONPATH.")
        for key in ["virtualenv", "virtualenv_py_ver"] {
            job.leftOut(key, "Run the virtual environment's own program: its path with /bin/python.")
        }
        if let isUsed = flag("use_sockets") {
            if isUsed {
                job.leftOut("use_sockets", CircusAdvice.socket)
                if job.hindrances.isEmpty { job.hinder("circus gave it sockets that it had opened, gaffer can't") }
            } else {
                job.carried("use_sockets", "It inherits no sockets.")
            }
        }
        if section["stdin_socket"] != nil {
            job.leftOut("stdin_socket", CircusAdvice.socket)
            job.hinder("circus gave it a socket as its stdin, gaffer can't")
        }
    }
}
