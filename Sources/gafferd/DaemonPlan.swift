internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import Glibc
internal import Logging

/// What command line, configuration and environment come to: pure.
struct DaemonPlan: Sendable {
    let options: Options
    let config: DaemonConfig
    let environment: [String: String]
    let source: ConfigSource
    let logLevel: Logger.Level
    let cgroups: CgroupMode
    /// Those to be opened besides the unix socket in the runtime directory.
    let endpoints: [EndpointConfig]

    /// - Throws: ``PlanError`` where an option has a value that can't be used.
    init(
        options: Options,
        config: DaemonConfig,
        environment: [String: String],
        source: ConfigSource
    ) throws(PlanError) {
        self.options = options
        self.config = config
        self.environment = environment
        self.source = source
        let word = options.logLevel ?? config.logLevel ?? "info"
        guard let level = Logger.Level(rawValue: word.lowercased()) else {
            throw PlanError(
                "--log-level \(word): one of \(ConfigReader.logLevels.joined(separator: ", ")) is expected."
            )
        }
        logLevel = level
        guard let cgroups = options.cgroups.map({ CgroupMode(rawValue: $0) }) ?? config.cgroups else {
            throw PlanError("--cgroups \(options.cgroups ?? ""): auto, on or off is expected.")
        }
        self.cgroups = cgroups
        endpoints = try Self.endpoints(options: options, config: config)
    }

    var wantsBackground: Bool { options.daemon || config.daemonize }

    var runtimeDir: String {
        options.runtimeDir ?? config.runtimeDir ?? environment.first("RUNTIME_DIRECTORY")
            ?? (isRoot ? "/run/gaffer" : userFolder("XDG_RUNTIME_DIR", "/tmp/gaffer-\(geteuid())"))
    }

    var stateDir: String {
        options.stateDir ?? config.stateDir ?? environment.first("STATE_DIRECTORY")
            ?? (isRoot
                ? "/var/lib/gaffer"
                : userFolder("XDG_STATE_HOME", "\(environment["HOME"] ?? "/tmp")/.local/state/gaffer"))
    }

    var socketPath: String { "\(runtimeDir)/gafferd.sock" }
    var lockPath: String { "\(runtimeDir)/gafferd.lock" }
    /// Where users and keys are kept.
    var authPath: String { "\(stateDir)/auth.db" }
    var pidfile: String? { options.pidfile ?? config.pidfile }
    var logFile: String? { options.logFile ?? config.logFile }

    static func endpoints(
        options: Options,
        config: DaemonConfig
    ) throws(PlanError) -> [EndpointConfig] {
        var bind = config.bind
        if let text = options.bind {
            guard let address = ListenAddress(parsing: text) else {
                throw PlanError("--bind \(text): give HOST, HOST:PORT, [V6]:PORT, :PORT or unix:PATH.")
            }
            bind = bind ?? EndpointConfig(name: "bind", address: address)
            bind?.address = address
        }
        if let certfile = options.certfile {
            bind?.certfile = certfile
            bind?.keyfile = options.keyfile
        }
        if let cacert = options.cacert { bind?.cacert = cacert }
        if options.requireKey { bind?.requireKey = true }
        if let backlog = options.backlog { bind?.backlog = backlog }
        try check(bind, options)
        return config.endpoints + (bind.map { [$0] } ?? [])
    }

    /// What was said on the command line has to fit what the configuration says, too.
    private static func check(_ bind: EndpointConfig?, _ options: Options) throws(PlanError) {
        guard let bind else {
            let lone = [
                ("--certfile", options.certfile != nil), ("--keyfile", options.keyfile != nil),
                ("--cacert", options.cacert != nil),
                ("--require-key", options.requireKey),
            ].first { $0.1 }
            if let lone { throw PlanError("\(lone.0): it is about --bind, which is missing.") }
            return
        }
        guard options.keyfile == nil || options.certfile != nil else {
            throw PlanError("--keyfile \(options.keyfile ?? ""): it needs a --certfile.")
        }
        guard bind.cacert == nil || bind.certfile != nil else {
            throw PlanError("--cacert \(bind.cacert ?? ""): it needs a --certfile.")
        }
        if case .unix = bind.address, bind.certfile != nil {
            throw PlanError("--certfile \(bind.certfile ?? ""): a unix socket takes no TLS.")
        }
        guard !bind.address.isLocal, !bind.isInsecure else { return }
        guard bind.requireKey, bind.certfile != nil else {
            throw PlanError(
                "--bind \(bind.address): it can be reached by others without \(bind.requireKey ? "TLS" : "a key"); say "
                    + "insecure = true in [gaffer] if you mean it."
            )
        }
    }

    private var isRoot: Bool { geteuid() == 0 }

    private func userFolder(_ variable: String, _ fallback: String) -> String {
        guard let folder = environment[variable], folder.hasPrefix("/") else { return fallback }
        return "\(folder)/gaffer"
    }
}

extension [String: String] {
    /// systemd may name several folders, with colons between them.
    fileprivate func first(_ name: String) -> String? {
        self[name]?.split(separator: ":").first.map(String.init)
    }
}

/// Why gafferd can't run, in a sentence.
struct PlanError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
