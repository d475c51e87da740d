internal import GafferModel

/// Writes an application as programs of supervisord, in one group.
struct SupervisorExport {
    private(set) var file: ApplicationExport.File
    private(set) var notes: [String] = []
    private var problems = ExportProblems()

    init(_ application: ProcfileApplication) throws(ConfigErrors) {
        file = ApplicationExport.File(name: "\(application.name).conf", text: "")
        var sections: [String] = []
        for type in application.types { sections.append(program(type, of: application)) }
        let names = application.types.map { "\($0.name.session)-\($0.name.job)" }
        sections.append("[group:\(application.name)]\nprograms=\(names.joined(separator: ","))\n")
        try problems.check()
        file.text = sections.joined(separator: "\n")
    }

    private mutating func program(_ type: ProcfileApplication.ProcessType, of application: ProcfileApplication)
        -> String
    {
        let config = application.config(of: type)
        var words = [type.command.program] + type.command.arguments
        // supervisord would look for it from the folder that it was started in itself.
        if words[0].contains("/"), !words[0].hasPrefix("/") {
            let name = words[0].hasPrefix("./") ? words[0].dropFirst(2) : words[0][...]
            words[0] = application.folder == "/" ? "/\(name)" : "\(application.folder)/\(name)"
        }
        var pairs: [String] = []
        var assignments: [String] = []
        for (name, value) in config.env.sorted(by: { $0.key < $1.key }) {
            if let pair = SupervisorText.pair(name, value) {
                pairs.append(pair)
            } else if !name.contains("="),
                !value.utf8.contains(0x0A)
            {
                assignments.append("\(name)=\(value)")
            } else {
                problems.add(
                    "\(application.name): \(name.printable): supervisord can't have a line feed in a variable."
                )
            }
        }
        if !assignments.isEmpty {
            // env(1) would take a program with an = for one more variable.
            let program = words[0].contains("=") ? ["/bin/sh", "-c", "exec \"$0\" \"$@\""] + words : words
            words = ["/usr/bin/env"] + assignments + program
        }
        var lines = ["process_name=\(type.count == 1 ? "%(program_name)s" : "%(program_name)s_%(process_num)02d")"]
        lines.append("numprocs=\(type.count)")
        if let port = type.port {
            if type.count == 1 {
                pairs.append("PORT=\"\(port)\"")
            } else if port % 100 == 0, type.count <= 100 {
                pairs.append("PORT=\"\(port / 100)%(process_num)02d\"")
            } else {
                lines.append("numprocs_start=\(port)")
                pairs.append("PORT=\"%(process_num)d\"")
            }
            if port + type.count - 1 > 65_535 {
                problems.add("\(type.name): PORT would be \(port + type.count - 1), and no port is so high.")
            }
        }
        if words.contains(where: { $0.utf8.contains(0x0A) }) {
            problems.add("\(type.name): supervisord can't have a line feed in a command.")
        }
        let command = words.map(SupervisorText.word).joined(separator: " ")
        lines.insert("command=\(SupervisorText.doubled(command))", at: 0)
        if let folder = SupervisorText.value(application.folder) {
            lines.append("directory=\(folder)")
        } else {
            problems.add("\(application.name): supervisord can't have the folder \(application.folder.cited).")
        }
        if !pairs.isEmpty { lines.append("environment=\(pairs.joined(separator: ","))") }
        switch config.uid {
        case .id(let number)?: lines.append("user=\(number)")
        case .name(let name)?:
            if let text = SupervisorText.value(name) {
                lines.append("user=\(text)")
            } else {
                problems.add("\(application.name): supervisord can't have the name in GAFFER_UID.")
            }
        case nil: break
        }
        if config.gid != nil {
            notes.append("\(type.name): it has the primary group of its user; supervisord takes no other one.")
        }
        lines += [
            "autostart=true",
            "autorestart=true",
            "startsecs=1",
            // supervisord gives a program up after that, gafferd never.
            "startretries=999",
            "stopsignal=TERM",
            "stopwaitsecs=30",
            "stopasgroup=true",
            "killasgroup=true",
            "priority=\(type.position + 1)",
        ]
        return "[program:\(type.name.session)-\(type.name.job)]\n\(lines.joined(separator: "\n"))\n"
    }
}

/// How texts are written for supervisord, which replaces `%(…)s`, and takes ` ;` and ` #` for comments wherever they
/// stand, within quotes too.
enum SupervisorText {
    /// A word of a command as `shlex` reads it; between a blank and what would begin a comment stand two quotes.
    static func word(_ word: String) -> String {
        var quoted = ""
        var previous: Unicode.Scalar?
        for scalar in ShellWords.quote(word).unicodeScalars {
            let isComment = (scalar == ";" || scalar == "#") && previous.map(isBlank) == true
            if isComment { quoted += "''" }
            quoted.unicodeScalars.append(scalar)
            previous = scalar
        }
        return quoted
    }

    /// A value without quotes; nil: it can't be there.
    static func value(_ text: String) -> String? {
        let hasControl = text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        guard !hasControl, text.trimmed == text, !text.isEmpty, !hasComment(text) else { return nil }
        return doubled(text)
    }

    /// `KEY="value"`; nil: the value can't be written so.
    static func pair(_ name: String, _ value: String) -> String? {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: "/.+-():".utf8.contains(byte)
            }
        }
        let hasControl = value.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        guard isName, !name.isEmpty, !hasControl, !hasComment(value) else { return nil }
        // All quotes at both ends are cut off.
        let scalars = value.unicodeScalars
        for end in [scalars.first, scalars.last] where end == "'" || end == "\"" { return nil }
        let quote: Unicode.Scalar = scalars.contains("\"") ? "'" : "\""
        guard !scalars.contains(quote) else { return nil }
        return "\(name)=\(quote)\(doubled(value))\(quote)"
    }

    static func doubled(_ text: String) -> String {
        text.doubling("%")
    }

    private static func hasComment(_ text: String) -> Bool {
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == ";" || scalar == "#", previous.map(isBlank) == true { return true }
            previous = scalar
        }
        return false
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        // What Python calls so.
        scalar.properties.isWhitespace
    }
}
