internal import GafferModel

/// Makes a job of one `[program:x]`.
struct SupervisorProgram {
    /// Every key that a program can have.
    static let keys: [String] = [
        "command", "process_name", "numprocs", "numprocs_start", "priority", "autostart", "startsecs", "startretries",
        "autorestart", "exitcodes", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "user",
        "redirect_stderr", "stdout_logfile", "stdout_logfile_maxbytes", "stdout_logfile_backups",
        "stdout_capture_maxbytes", "stdout_events_enabled", "stdout_syslog", "stderr_logfile",
        "stderr_logfile_maxbytes", "stderr_logfile_backups", "stderr_capture_maxbytes", "stderr_events_enabled",
        "stderr_syslog", "environment", "directory", "umask", "serverurl",
    ]

    var job: JobImport
    var values: SupervisorValues
    let section: ForeignSection
    private let context: SupervisorImport.Context

    init(_ section: ForeignSection, program: String, group: String?, context: SupervisorImport.Context) {
        self.section = section
        self.context = context
        job = JobImport(section, secrets: SupervisorAdvice.secrets)
        values = SupervisorValues(context: context, program: program, group: group)
    }

    mutating func read(isFastCGI: Bool) {
        readNumbers()
        readEnvironment()
        readDirectory()
        readCommand()
        readStart()
        readRestart()
        readStop()
        readUser()
        readOutput()
        if isFastCGI {
            for key in ["socket", "socket_owner", "socket_mode", "socket_backlog"] {
                job.leftOut(key, "gaffer opens no socket for a job: let the program bind it by itself.")
            }
            job.hinder("supervisord gave it a socket for FastCGI as its stdin, gaffer can't")
        }
    }

    mutating func finish() {
        job.finish { _ in SupervisorAdvice.unknown }
    }

    /// A key's value, `%` replaced; nil: it is not there, or was left out.
    mutating func literal(_ key: String) -> String? {
        guard let setting = section[key] else { return nil }
        do throws(SettingError) {
            return try values.literal(setting)
        } catch {
            job.leftOut(key, error.sentenceEnd)
            return nil
        }
    }

    /// Takes a key over as it is.
    mutating func take(_ key: String, as target: String) {
        guard let value = literal(key) else { return }
        job.set(target, value, from: key)
    }

    /// Takes a switch over.
    mutating func flag(_ key: String) -> Bool? {
        guard let value = literal(key) else { return nil }
        guard let flag = Bool(parsing: value) else {
            job.leftOut(key, "true or false is expected.")
            return nil
        }
        return flag
    }

    mutating func number(_ key: String) -> Int? {
        guard let value = literal(key) else { return nil }
        guard let number = Int(value), (-1_000_000_000...1_000_000_000).contains(number) else {
            job.leftOut(key, "A whole number is expected.")
            return nil
        }
        return number
    }

    // MARK: What is run

    private mutating func readNumbers() {
        if let start = number("numprocs_start") {
            values.numprocsStart = start
            job.changed(
                "numprocs_start",
                "gaffer counts the processes of a job from 1; %(process_num) is reckoned from that."
            )
        }
        if let count = number("numprocs") {
            job.set("numprocesses", String(count), from: "numprocs")
            if (0...ScaleOperation.maximum).contains(count) { values.numprocs = count }
        }
        if values.numprocs == 1, let name = literal("process_name"), name == values.program {
            job.carried("process_name", "The job has the program's name.")
        } else if section["process_name"] != nil, job.findings.allSatisfy({ $0.key != "process_name" }) {
            job.changed("process_name", "gaffer numbers the processes of a job itself, from 1.")
        }
    }

    private mutating func readEnvironment() {
        for (name, value) in context.environment where job.setVariable(name, value) == nil {
            values.environment[name] = value
        }
        guard let setting = section["environment"] else { return }
        var told: [String] = []
        var note: String?
        do throws(SettingError) {
            let text = try values.expand(setting, .byName)
            for (name, written) in try PythonWords.pairs(text.text) {
                let value = text.template(written)
                if let literal = value.literal {
                    if let problem = job.setVariable(name, literal) { throw SettingError(problem) }
                    values.environment[name] = literal
                    told.append("env:\(name.printable)")
                } else if name == "PORT", let first = value.firstNumber(of: values.numprocs), first > 0 {
                    job.set("port", String(first))
                    told.append("port = \(first)")
                } else if value.pieces == [.variable(name)] {
                    told.append("os_env = true, by which \(name.printable) is inherited")
                } else if ImportTemplate.isVariable(name) {
                    job.command.before.append("export \(name)=\(value.shellWord)")
                    told.append(name)
                    note = "what only a process knows is set by a shell, in cmd"
                } else {
                    throw SettingError("\(name.cited) can't name a variable of a shell")
                }
            }
        } catch {
            return job.leftOut("environment", error.sentenceEnd)
        }
        let list = told.isEmpty ? "It names none." : told.joined(separator: ", ")
        if let note { job.changed("environment", "\(list): \(note).") } else { job.carried("environment", list) }
    }

    private mutating func readDirectory() {
        if let setting = section["directory"] {
            do throws(SettingError) {
                let value = try values.expand(setting, .byName).template
                if let literal = value.literal {
                    job.set("cwd", literal, from: "directory")
                } else {
                    job.command.before.append("cd \(value.shellWord)")
                    job.changed("directory", "cmd begins with a cd, as the folder differs from process to process.")
                }
            } catch {
                job.leftOut("directory", error.sentenceEnd)
            }
        }
        if section["umask"] != nil {
            take("umask", as: "umask")
        } else if let umask = context.umask {
            job.set("umask", umask)
        }
    }

    private mutating func readCommand() {
        guard let setting = section["command"] else { return job.refuse("it has no command") }
        do throws(SettingError) {
            let text = try values.expand(setting, .byName)
            job.command.words = try PythonWords.split(text.text).map(text.template)
        } catch {
            return job.refuse("its command can't be read: \(error.message)")
        }
        var notes: [String] = []
        if job.command.needsShell {
            notes.append("a shell works out what differs from process to process")
        }
        for variable in Set(inherited).sorted() {
            var note = "$\(variable) is taken from gafferd's environment when a process is started"
            if !job.command.needsShell, context.options.environment[variable] == nil {
                // gafferd would refuse the file: the variable has to be somewhere.
                if job.setVariable(variable, "") == nil {
                    note = "env:\(variable) has to be filled in: it is not known here"
                }
            }
            notes.append(note)
        }
        if setting.value.contains("SUPERVISOR_") {
            notes.append("there are no SUPERVISOR_ variables, but GAFFER_SESSION, GAFFER_JOB and GAFFER_INSTANCE")
        }
        let text = "cmd = \(job.command.cmd.printable)"
        if notes.isEmpty {
            job.carried("command", text)
        } else {
            job.changed("command", "\(text): \(notes.joined(separator: "; ")).")
        }
    }

    /// The inherited variables in the command.
    private var inherited: [String] {
        job.command.words.flatMap(\.pieces).compactMap { piece in
            if case .variable(let name) = piece { name } else { nil }
        }
    }

    private mutating func readUser() {
        take("user", as: "uid")
        job.leftOut("serverurl", "There is no such variable: a program finds gafferd by $GAFFER_ENDPOINT, if at all.")
    }
}
