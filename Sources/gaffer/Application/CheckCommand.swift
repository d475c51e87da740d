internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import GafferTool
internal import Glibc

extension ForegroundCommands {
    static let check = Command(
        name: "check",
        group: .look,
        abstract: "Checks the Procfile and the .env files.",
        discussion: """
            All errors are told, each with its file and line, then warnings, as of programs
            that are not found. The exit code is 1 where there is an error.
            """,
        options: [.concurrency, .basePort] + Option.selection,
        examples: [
            Command.Example("check", "./Procfile and ./.env"),
            Command.Example("check -f Procfile.dev -e test.env", "others"),
        ],
        json: #"{"ok": true, "findings": [{"severity": "error" or "warning", "file", "line", "column", "message"}], "#
            + #""types": ["web", ...]}; line and column are left out where there are none"#
    ) { invocation in
        let current = try invocation.currentFolder()
        let sources: ApplicationSources
        do throws(ConfigErrors) {
            sources = try ApplicationSources.read(
                procfile: invocation.line.value("procfile"),
                folder: invocation.line.value("root"),
                environment: invocation.line.values("env"),
                currentFolder: current,
                files: SystemConfigFiles()
            )
        } catch {
            return invocation.report(error.errors.map { ConfigFinding(.error, $0) }, types: [])
        }
        let options = try invocation.applicationOptions()
        let findings = ProcfileApplication.check(sources, options: options, lookups: .system(folder: sources.folder))
        let application = try? ProcfileApplication(sources, options: options)
        return invocation.report(findings, types: application?.types.map(\.name.job) ?? [])
    }
}

extension Invocation {
    fileprivate func report(_ findings: [ConfigFinding], types: [String]) -> ExitCode {
        let errors = findings.count { $0.severity == .error }
        if wantsJSON {
            print([
                "ok": .bool(errors == 0),
                "findings": .array(findings.map(Self.json)),
                "types": .array(types.map(JSON.string)),
            ])
        } else {
            for finding in findings { output.line("\(finding)".escaped) }
            if errors == 0 { confirm("OK: \(types.joined(separator: ", "))") }
        }
        return errors == 0 ? .ok : .failed
    }

    private static func json(_ finding: ConfigFinding) -> JSON {
        let error = finding.error
        var members: [JSON.Member] = [
            .init("severity", .string(finding.severity.rawValue)), .init("file", .string(error.file)),
        ]
        if error.line > 0 { members.append(.init("line", .integer(Int64(error.line)))) }
        if error.column > 0 { members.append(.init("column", .integer(Int64(error.column)))) }
        return .object(members + [.init("message", .string(error.message))])
    }
}

extension ProcfileApplication.Lookups {
    /// This machine, as seen from the application's folder.
    fileprivate static func system(folder: String) -> Self {
        Self(
            programExists: { word, variables in
                let path = variables["PATH"] ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
                let folders = word.contains("/") ? [""] : path.split(separator: ":").map { "\($0)/" }
                return folders.contains { prefix in
                    let path = prefix + word
                    return access(path.hasPrefix("/") ? path : "\(folder)/\(path)", X_OK) == 0
                }
            },
            accounts: ConfigReader.Accounts(
                userExists: { name in (try? SystemAccounts().user(named: name)) ?? nil != nil },
                groupExists: { name in (try? SystemAccounts().group(named: name)) ?? nil != nil }
            )
        )
    }
}
