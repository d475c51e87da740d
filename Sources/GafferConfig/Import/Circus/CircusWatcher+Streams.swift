internal import GafferModel

extension CircusWatcher {
    mutating func readStreams() {
        if let isClosed = flag("close_child_stdin") {
            if isClosed {
                job.carried("close_child_stdin", "stdin is /dev/null.")
            } else {
                job.changed("close_child_stdin", "stdin is /dev/null; redirect_input = true makes it a pipe.")
            }
        }
        let closed = ["stdout", "stderr"].filter { flag("close_child_\($0)") == true }
        switch closed.count {
        case 2:
            for stream in closed { job.set("redirect_output", "none", from: "close_child_\(stream)") }
        case 1 where closed[0] == "stderr":
            job.set("redirect_output", "stdout", from: "close_child_stderr")
        case 1:
            job.leftOut("close_child_stdout", "gaffer can't send stdout alone to /dev/null.")
        default: break
        }
        for stream in ["stdout", "stderr"] {
            if section["close_child_\(stream)"] != nil, !closed.contains(stream) {
                job.carried("close_child_\(stream)", "It is a stream of its own.")
            }
            readStream(stream, isClosed: closed.contains(stream))
        }
    }

    private mutating func readStream(_ stream: String, isClosed: Bool) {
        let prefix = "\(stream)_stream."
        let options = section.settings.filter { $0.key.hasPrefix(prefix) }
        guard !options.isEmpty else { return }
        func option(_ name: String) -> String? { section[prefix + name]?.value }
        let type = option("class")?.split(separator: ".").last.map(String.init) ?? "FileStream"
        let journal = "gaffer remembers the last of it, and writes it to the journal where gafferd has one"
        guard type.hasSuffix("FileStream"), option("filename") != nil || option("class") != nil else {
            let isOutput = ["StdoutStream", "FancyStdoutStream"].contains(type)
            for setting in options {
                if isOutput, setting.key == prefix + "class" {
                    job.changed(setting.key, "There: \(journal).")
                } else {
                    job.leftOut(setting.key, "\(isOutput ? "There" : "No such class is run, but there"): \(journal).")
                }
            }
            return
        }
        guard !isClosed, let path = path(prefix + "filename") else {
            for setting in options { job.leftOut(setting.key, "There is no file: \(journal).") }
            return
        }
        let file = "\(stream)_file"
        job.set(file, path.text, from: prefix + "filename", note: path.note)
        guard job.setting(file) != nil else { return }
        job.carried(prefix + "class", "\(file) is one.")
        readRotation(prefix, file, type)
        for setting in options {
            switch setting.key.dropFirst(prefix.count) {
            case "time_format", "strftime_format", "strftime":
                job.leftOut(setting.key, "gaffer keeps bytes as they come; the journal has the times.")
            case "refresh_time": job.carried(setting.key, "gaffer writes at once.")
            case "utc": job.leftOut(setting.key, "Files are rotated by their age, not by the clock.")
            case "encoding": job.carried(setting.key, "gaffer keeps bytes as they come.")
            default: break
            }
        }
    }

    private mutating func readRotation(_ prefix: String, _ file: String, _ type: String) {
        let count = section[prefix + "backup_count"].flatMap { Int($0.value) } ?? 0
        // Python's handler never rotates without a count.
        if section[prefix + "max_bytes"] != nil {
            if count == 0 {
                job.set(
                    "\(file)_max_size",
                    "0",
                    from: prefix + "max_bytes",
                    note: "without backup_count it is never rotated."
                )
            } else {
                take(prefix + "max_bytes", as: "\(file)_max_size")
            }
        } else {
            job.set("\(file)_max_size", "0")
        }
        if section[prefix + "backup_count"] != nil { take(prefix + "backup_count", as: "\(file)_keep") }
        guard type == "TimedRotatingFileStream" else {
            for key in ["rotate_when", "rotate_interval"] { job.leftOut(prefix + key, "\(type) has no such option.") }
            return
        }
        let interval = section[prefix + "rotate_interval"].flatMap { Int($0.value) } ?? 1
        let unit = (section[prefix + "rotate_when"]?.value ?? "H").uppercased()
        let units = ["S": 1, "M": 60, "H": 3600, "D": 86_400, "MIDNIGHT": 86_400]
        guard let seconds = units[unit] ?? (unit.hasPrefix("W") ? 604_800 : nil), (1...100_000).contains(interval)
        else {
            for key in ["rotate_when", "rotate_interval"] { job.leftOut(prefix + key, "There is no such time.") }
            return
        }
        let note = "a file is rotated at that age, whatever the clock says."
        let keys = ["rotate_when", "rotate_interval"].map { prefix + $0 }.filter { section[$0] != nil }
        job.set("\(file)_max_age", String(seconds * interval), from: keys.first, note: note)
        for key in keys.dropFirst() { job.changed(key, "\(file)_max_age = \(seconds * interval), as above.") }
    }

    /// The path of a file as gaffer writes it.
    private mutating func path(_ key: String) -> (text: String, note: String?)? {
        guard let setting = section[key] else { return nil }
        var notes: [String] = []
        let template = expand(setting.value).template
        for case .variable(let name) in template.pieces {
            notes.append("$\(name) is taken from the environment of the process")
        }
        let path = template.outputPath
        if !path.hasPrefix("/"), !path.hasPrefix("$") {
            notes.append("it is taken from cwd, not from where circusd was started")
        }
        return path.isEmpty ? nil : (path, notes.isEmpty ? nil : notes.joined(separator: "; ") + ".")
    }
}
