package import GafferModel

/// The words and the environment of a process that is to be started: pure, so that each rule is a unit test.
///
/// The environment, each line winning over those above it:
///
/// 1. gafferd's own, where `os_env` says so, without what is meant for gafferd alone (``private``);
/// 2. `PORT`, where the job has a `port`: one more for each further instance;
/// 3. the `env_file`s, in their order;
/// 4. the job's `env`;
/// 5. the variables of a commit;
/// 6. `GAFFER_SESSION`, `GAFFER_JOB`, `GAFFER_INSTANCE`, `GAFFER_PID`.
package struct LaunchPlan: Sendable, Equatable {
    /// Variables that a supervisor of services hands to gafferd and that would mislead its children.
    package static let `private`: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID",
        "LISTEN_FDNAMES", "FDSTORE", "JOURNAL_STREAM", "INVOCATION_ID", "SYSTEMD_EXEC_PID", "MANAGERPID",
        "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CONFIGURATION_DIRECTORY", "LOGS_DIRECTORY", "CACHE_DIRECTORY",
        "CREDENTIALS_DIRECTORY", "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE",
        "GAFFER_SESSION", "GAFFER_JOB", "GAFFER_INSTANCE", "GAFFER_PID",
    ]

    package var program: String
    package var arguments: [String]
    package var environment: [String: String]

    /// Makes the words of a job's process.
    ///
    /// - Parameters:
    ///   - inherited: gafferd's own environment.
    ///   - files: the variables of each `env_file`.
    /// - Throws: ``GafferError`` (`bad_value`) that names the variable that is unknown, or the words that can't be split.
    package init(
        config: JobConfig,
        name: JobName,
        instance: Int,
        pid: Int,
        commitEnv: [String: String] = [:],
        inherited: [String: String],
        files: [[String: String]] = []
    ) throws(GafferError) {
        var environment: [String: String] = [:]
        if config.osEnv {
            environment = inherited
            for name in LaunchPlan.private { environment[name] = nil }
        }
        if let port = config.port { environment["PORT"] = String(port + instance - 1) }
        for file in files { environment.merge(file) { _, new in new } }
        environment.merge(config.env) { _, new in new }
        environment.merge(commitEnv) { _, new in new }
        environment["GAFFER_SESSION"] = name.session
        environment["GAFFER_JOB"] = name.job
        environment["GAFFER_INSTANCE"] = String(instance)
        environment["GAFFER_PID"] = String(pid)
        if let last = config.port.map({ $0 + instance - 1 }), last > 65_535, environment["PORT"] == String(last) {
            throw GafferError(.badValue, "\(name): PORT would be \(last), and no port is so high (port).")
        }
        self.environment = environment

        if config.shell {
            guard !config.cmd.trimmed.isEmpty else { throw GafferError(.badValue, "\(name): cmd is empty.") }
            // The script is the shell's to expand; further arguments are quoted, so that each stays one.
            let script = ([config.cmd] + config.args.map(ShellWords.quote)).joined(separator: " ")
            program = "/bin/sh"
            arguments = ["-c", script]
            return
        }
        var words: [String] = []
        for word in try ShellWords.split(config.cmd) + config.args {
            do {
                words.append(try VariableExpansion.expand(word) { environment[$0] })
            } catch {
                throw GafferError(.badValue, "\(name): cmd or args: \(error.message)")
            }
        }
        guard let first = words.first, !first.isEmpty else {
            throw GafferError(.badValue, "\(name): cmd is empty.")
        }
        program = first
        arguments = Array(words.dropFirst())
    }

    /// Checks before anything is started what can be known then: with an `env_file` a variable may still come.
    package static func check(
        _ config: JobConfig,
        name: JobName,
        inherited: [String: String]
    ) throws(GafferError) {
        guard config.envFile.isEmpty else {
            let isEmpty = try config.shell ? config.cmd.trimmed.isEmpty : ShellWords.split(config.cmd).isEmpty
            guard !isEmpty else { throw GafferError(.badValue, "\(name): cmd is empty.") }
            return
        }
        _ = try LaunchPlan(config: config, name: name, instance: 1, pid: 1, inherited: inherited)
    }

    /// The path of an output file, the variables of the process replaced; an unknown one stays as it is written.
    func path(of file: OutputFile, directory: String?) -> String {
        let path = (try? VariableExpansion.expand(file.path) { environment[$0] ?? "$\($0)" }) ?? file.path
        guard !path.hasPrefix("/"), let directory else { return path }
        return "\(directory)/\(path)"
    }
}
