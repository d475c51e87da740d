internal import GafferModel

/// Writes an application as units of systemd.
///
/// Each type is a template, `APP-TYPE@.service`, and `APP.target` wants its instances. Where a type has a `PORT` of its
/// own the instance's name is that port, as foreman has it; else instances are counted from 1.
struct UnitExport {
    private(set) var files: [ApplicationExport.File] = []
    private(set) var notes: [String] = []
    private var problems = ExportProblems()

    init(_ application: ProcfileApplication) throws(ConfigErrors) {
        var instances: [String] = []
        for type in application.types {
            let unit = "\(type.name.session)-\(type.name.job)"
            let first = type.port ?? 1
            if type.port != nil, first + type.count - 1 > 65_535 {
                problems.add("\(type.name): PORT would be \(first + type.count - 1), and no port is so high.")
            }
            instances += (0..<type.count).map { "\(unit)@\(first + $0).service" }
            files.append(.init(name: "\(unit)@.service", text: service(type, of: application)))
            if type.redirectsInput {
                notes.append("\(type.name): its stdin is /dev/null; systemd has no pipe that could be written to.")
            }
        }
        files.append(
            .init(
                name: "\(application.name).target",
                text: """
                    [Unit]
                    Description=\(application.name)
                    \(instances.map { "Wants=\($0)" }.joined(separator: "\n"))

                    [Install]
                    WantedBy=multi-user.target

                    """
            )
        )
        try problems.check()
    }

    private mutating func service(_ type: ProcfileApplication.ProcessType, of application: ProcfileApplication)
        -> String
    {
        let config = application.config(of: type)
        var lines = ["Type=exec"]
        if let folder = UnitText.path(application.folder) {
            lines.append("WorkingDirectory=\(folder)")
        } else {
            problems.add("\(application.name): a unit can't hold the folder \(application.folder.cited).")
        }
        for (key, account) in [("User", config.uid), ("Group", config.gid)] {
            guard let account else { continue }
            if let name = UnitText.account(account) {
                lines.append("\(key)=\(name)")
            } else {
                problems.add(
                    "\(application.name): a unit can't hold the name in GAFFER_\(key == "User" ? "UID" : "GID")."
                )
            }
        }
        for (name, value) in config.env.sorted(by: { $0.key < $1.key }) {
            if let line = UnitText.variable(name, value) {
                lines.append("Environment=\(line)")
            } else {
                let reason =
                    UnitText.isVariable(name)
                    ? "a unit can't hold a control character in it" : "a unit can't have a variable of such a name"
                problems.add("\(application.name): \(name.printable): \(reason).")
            }
        }
        if type.port != nil { lines.append("Environment=PORT=%i") }
        lines.append("ExecStart=\(command(type.command, folder: application.folder))")
        return """
            [Unit]
            Description=\(type.name) (%i)
            PartOf=\(application.name).target
            After=network.target
            # It is restarted without end, as by gafferd.
            StartLimitIntervalSec=0

            [Service]
            \(lines.joined(separator: "\n"))
            Restart=always
            RestartSec=1
            KillMode=control-group
            KillSignal=SIGTERM
            TimeoutStopSec=30
            SyslogIdentifier=\(type.name.session)-\(type.name.job)-%i

            [Install]
            WantedBy=\(application.name).target

            """
    }

    /// systemd takes a program by its absolute path, in which no `$` has a meaning; others are run by env(1), which looks
    /// into the `PATH` of the process, or by a shell.
    private func command(_ line: ShellLine, folder: String) -> String {
        var words = [line.program] + line.arguments
        let parts = words[0].split(separator: "/", omittingEmptySubsequences: false)
        if words[0].contains("/"), !parts.contains("..") {
            if !words[0].hasPrefix("/") {
                let name = parts.filter { $0 != "." && !$0.isEmpty }.joined(separator: "/")
                words[0] = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            }
            if UnitText.isPlain(words[0]) { return UnitText.words(words) }
        }
        if words[0].contains("=") || words[0].hasPrefix("-") {
            return UnitText.words(["/bin/sh", "-c", "exec \"$0\" \"$@\""] + words)
        }
        return UnitText.words(["/usr/bin/env"] + words)
    }
}

/// How texts are written in a unit file.
enum UnitText {
    /// Words of an `ExecStart=`, of which nothing is replaced any more.
    static func words(_ words: [String]) -> String {
        words.map { isPlain($0) ? $0 : quoted($0, doubling: ["%", "$"]) }.joined(separator: " ")
    }

    /// One variable of `Environment=`; nil: it can't be there.
    static func variable(_ name: String, _ value: String) -> String? {
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }
        guard isVariable(name), isClean else { return nil }
        return isPlain(value) ? "\(name)=\(value)" : quoted("\(name)=\(value)", doubling: ["%"])
    }

    static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// A path that stands alone, without quotes; nil: a unit can't hold it.
    static func path(_ path: String) -> String? {
        guard path.hasPrefix("/"), path.trimmed == path, !path.hasSuffix("\\"),
            path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return path.doubling("%")
    }

    /// A user or a group; nil: systemd would not take the name.
    static func account(_ account: Account) -> String? {
        switch account {
        case .id(let number): return String(number)
        case .name(let name):
            let isTaken = name.utf8.allSatisfy { isLetterOrDigit($0) || "_-.".utf8.contains($0) }
            return isTaken && !name.hasPrefix("-") && !name.isEmpty ? name : nil
        }
    }

    /// Whether a word means itself without quotes.
    static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { isLetterOrDigit($0) || "-_./:=@+,".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func quoted(_ text: String, doubling: Set<Unicode.Scalar>) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
            case _ where doubling.contains(scalar): result += "\(scalar)\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
