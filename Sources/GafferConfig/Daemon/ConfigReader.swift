internal import GafferModel

/// Makes a ``DaemonConfig`` of an ini file and all that it includes, or tells everything that is wrong with them.
package struct ConfigReader {
    /// Which users and groups there are.
    package struct Accounts: Sendable {
        package var userExists: @Sendable (String) -> Bool
        package var groupExists: @Sendable (String) -> Bool

        package init(
            userExists: @escaping @Sendable (String) -> Bool,
            groupExists: @escaping @Sendable (String) -> Bool
        ) {
            self.userExists = userExists
            self.groupExists = groupExists
        }
    }

    let files: any ConfigFileSource
    let accounts: Accounts
    /// gafferd's environment, which jobs with `os_env` inherit.
    let inherited: [String: String]

    var config = DaemonConfig()
    var errors: [ConfigError] = []
    /// Where each setting of `[gaffer]` was found first, for duplicates across files.
    var daemonSettings: [String: String] = [:]
    var httpEndpoints: (names: [String], setting: IniDocument.Setting, section: IniDocument.Section)?
    var bind: (text: String, setting: IniDocument.Setting, section: IniDocument.Section)?
    var bindRequiresKey = true
    var bindIsInsecure = false
    var bindBacklog: Int?
    var environments: [JobName: (section: IniDocument.Section, values: [String: String])] = [:]
    var places: [String: String] = [:]

    private init(files: any ConfigFileSource, accounts: Accounts, inherited: [String: String]) {
        self.files = files
        self.accounts = accounts
        self.inherited = inherited
    }

    /// Reads a configuration.
    ///
    /// - Parameter location: a file, or a folder with `gafferd.ini`; nil: there is none, all is default.
    /// - Throws: ``ConfigErrors`` with everything that is wrong.
    package static func load(
        _ location: ConfigLocation?,
        files: any ConfigFileSource,
        accounts: Accounts,
        inherited: [String: String]
    ) throws(ConfigErrors) -> DaemonConfig {
        guard let location else { return DaemonConfig() }
        var path = location.path
        if files.isFolder(path) {
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            path += "/gafferd.ini"
        }
        var loader = IniLoader(files: files)
        guard loader.load(path) else {
            guard location.mustExist else { return DaemonConfig() }
            throw ConfigErrors([ConfigError(file: path, message: "There is no such file.")])
        }
        var reader = ConfigReader(files: files, accounts: accounts, inherited: inherited)
        reader.errors = loader.errors
        for section in loader.sections { reader.read(section) }
        reader.finish()
        guard reader.errors.isEmpty else {
            throw ConfigErrors(reader.errors.sorted { ($0.file, $0.line) < ($1.file, $1.line) })
        }
        return reader.config
    }

    private mutating func read(_ section: IniDocument.Section) {
        let parts = section.name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = parts[0].lowercased()
        let name = parts.count > 1 ? parts[1].trimmed : ""
        switch (kind, parts.count) {
        case ("gaffer", 1): readDaemon(section)
        case ("endpoint", 2): readEndpoint(section, name: name)
        case ("process", 2), ("job", 2): readJob(section, name: name)
        case ("env", 2): readEnvironment(section, name: name)
        case ("webhooks", 1): readWebhooks(section)
        case ("auth", 1), ("ssl", 1), ("lookup_ssl", 1), ("plugin", _):
            config.warnings.append("[\(section.name)] (\(section.file):\(section.line)) is not active in this version.")
        default:
            fail(section, "There is no such section; known are gaffer, endpoint:NAME, process:NAME, env:NAME, webhooks.")
        }
    }

    private mutating func readWebhooks(_ section: IniDocument.Section) {
        guard isFirst(section, as: "webhooks") else { return }
        for setting in section.settings {
            guard setting.value.hasPrefix("http://") || setting.value.hasPrefix("https://") else {
                fail(section, setting, "a URL is expected, http:// or https://")
                continue
            }
            config.webhooks.append(Webhook(event: setting.key, url: setting.value))
        }
    }

    private mutating func finish() {
        finishEndpoints()
        finishJobs()
        if !config.webhooks.isEmpty { config.warnings.append("webhooks are not active in this version.") }
        if config.pluginDir != nil { config.warnings.append("plugins are not active in this version.") }
        if !config.lookupdAddresses.isEmpty || config.broadcastAddress != nil {
            config.warnings.append("lookup servers are not active in this version.")
        }
    }

    // MARK: Errors

    mutating func fail(_ section: IniDocument.Section, _ message: String) {
        errors.append(ConfigError(file: section.file, line: section.line, section: section.name, message: message))
    }

    mutating func fail(_ section: IniDocument.Section, _ setting: IniDocument.Setting, _ message: String) {
        errors.append(
            ConfigError(
                file: section.file,
                line: setting.line,
                section: section.name,
                key: setting.key,
                value: setting.value,
                message: message.hasSuffix(".") ? message : message + "."
            )
        )
    }

    /// Whether the thing that a section describes was not described before.
    mutating func isFirst(_ section: IniDocument.Section, as thing: String) -> Bool {
        if let place = places[thing] {
            fail(section, "\(thing) stands twice; the first time at \(place).")
            return false
        }
        places[thing] = "\(section.file):\(section.line)"
        return true
    }
}
