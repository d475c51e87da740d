internal import GafferModel

extension SupervisorProgram {
    mutating func readOutput() {
        let isMerged = flag("redirect_stderr")
        switch isMerged {
        case true?: job.set("redirect_output", "stdout, stdout", from: "redirect_stderr")
        case false?: job.carried("redirect_stderr", "stderr is a stream of its own.")
        case nil: break
        }
        readLog("stdout")
        if isMerged == true {
            for key in ["logfile", "logfile_maxbytes", "logfile_backups", "syslog"] {
                job.leftOut("stderr_\(key)", "stderr goes where stdout goes.")
            }
        } else {
            readLog("stderr")
        }
        for stream in ["stdout", "stderr"] {
            job.leftOut("\(stream)_capture_maxbytes", "gaffer does not look for supervisord's marks in the output.")
            job.leftOut(
                "\(stream)_events_enabled",
                "What a process writes is a stream of its own: gafferctl logs --follow."
            )
        }
    }

    private mutating func readLog(_ stream: String) {
        let key = "\(stream)_logfile"
        if let isSyslog = flag("\(stream)_syslog") {
            if isSyslog {
                job.changed("\(stream)_syslog", "It goes to the journal, where gafferd writes to one.")
            } else {
                job.carried("\(stream)_syslog", "Nothing goes to syslog.")
            }
        }
        let size = "\(stream)_logfile_maxbytes"
        let backups = "\(stream)_logfile_backups"
        guard let path = path(key) else {
            for key in [size, backups] { job.leftOut(key, "There is no file to be rotated.") }
            return
        }
        job.set("\(stream)_file", path.text, from: key, note: path.note)
        guard job.setting("\(stream)_file") != nil else {
            for key in [size, backups] { job.leftOut(key, "There is no file to be rotated.") }
            return
        }
        if section[size] != nil {
            take(size, as: "\(stream)_file_max_size")
        } else {
            job.set("\(stream)_file_max_size", "50M")
        }
        take(backups, as: "\(stream)_file_keep")
    }

    /// The path of a log file as gaffer writes it; nil: there is none, and that is told.
    private mutating func path(_ key: String) -> (text: String, note: String?)? {
        guard let setting = section[key] else { return nil }
        guard !setting.value.isEmpty else {
            job.leftOut(key, "It names no file.")
            return nil
        }
        let journal = "gaffer remembers the last of it, and writes it to the journal where gafferd has one"
        switch setting.value.lowercased() {
        case "auto":
            job.changed(key, "There is no file: \(journal).")
            return nil
        case "none", "off":
            job.changed(key, "There is no file, but \(journal); journal = false keeps it out of there.")
            return nil
        case "syslog":
            job.changed(key, "There is no file: \(journal).")
            return nil
        default: break
        }
        if ["/dev/", "/proc/"].contains(where: setting.value.hasPrefix) {
            job.changed(key, "There is no file: \(journal).")
            return nil
        }
        do throws(SettingError) {
            let template = try values.expand(setting, .byName).template
            var path = template.outputPath
            var notes: [String] = []
            for piece in template.pieces {
                switch piece {
                case .text: break
                case .variable(let name), .words(let name): notes.append("$\(name) is taken from gafferd's environment")
                case .number(let offset, let width):
                    if offset != 0 || width > 1 { notes.append("the number in its name is gaffer's own, from 1") }
                }
            }
            if path.hasPrefix("~/") {
                guard let home = values.context.options.environment["HOME"] else {
                    throw SettingError("whose home ~ is, is not known here")
                }
                path = home + path.dropFirst(1)
                notes.append("~ was the home of who imported it")
            } else if !path.hasPrefix("/"), !path.hasPrefix("$") {
                notes.append("it is taken from cwd, not from where supervisord was started")
            }
            return (path, notes.isEmpty ? nil : notes.joined(separator: "; ") + ".")
        } catch {
            job.leftOut(key, error.sentenceEnd)
            return nil
        }
    }
}
