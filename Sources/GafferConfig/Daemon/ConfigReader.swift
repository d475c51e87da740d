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
    var endpointSections: [String: IniDocument.Section] = [:]
    var httpEndpoints: (names: [String], setting: IniDocument.Setting, section: IniDocument.Section)?
    var bind: (text: String, setting: IniDocument.Setting, section: IniDocument.Section)?
    var bindRequiresKey = true
    var bindIsInsecure = false
    var bindBacklog: Int?
    var bindHosts: [String] = []
    var bindOrigins: [String] = []
    var ssl: SSLSection?
    var environments: [JobName: (section: IniDocument.Section, values: [String: String])] = [:]
    /// The sections of the jobs, in the order of ``DaemonConfig/jobs``.
    var jobSections: [IniDocument.Section] = []
    private var places: [String: String] = [:]

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
            var errors = reader.errors.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
            if errors.count >= ConfigErrors.limit {
                errors.append(ConfigError(file: path, message: "There are more errors, which are not told."))
            }
            throw ConfigErrors(errors)
        }
        return reader.config
    }

    private static let sectionKinds = ["gaffer", "endpoint", "process", "job", "env", "webhooks", "auth", "ssl"]

    private mutating func read(_ section: IniDocument.Section) {
        let parts = section.name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = parts[0].trimmed.lowercased()
        let name = parts.count > 1 ? parts[1].trimmed : ""
        switch (kind, parts.count) {
        case ("gaffer", 1):
            // An included file may have one too, with other keys.
            guard isFirst(section, as: "[gaffer] in \(section.file.printable)") else { return }
            readDaemon(section)
        case ("endpoint", 2): readEndpoint(section, name: name)
        case ("process", 2), ("job", 2): readJob(section, name: name)
        case ("env", 2): readEnvironment(section, name: name)
        case ("webhooks", 1): readWebhooks(section)
        case ("ssl", 1): readSSL(section)
        case ("auth", 1): readAuth(section)
        case ("lookup_ssl", 1), ("plugin", _):
            let whole = ([kind] + parts.dropFirst().map(\.trimmed)).joined(separator: ":").printable
            guard isFirst(section, as: "[\(whole)]") else { return }
            config.warnings.append("[\(whole)] (\(place(section.file, section.line))) is not active in this version.")
        default:
            let near = nearest(to: kind, among: Self.sectionKinds).map { "; did you mean \($0)?" }
            fail(
                section,
                "There is no such section"
                    + (near ?? "; known are gaffer, endpoint:NAME, process:NAME, env:NAME, auth and webhooks.")
            )
        }
    }

    private mutating func readWebhooks(_ section: IniDocument.Section) {
        guard isFirst(section, as: "[webhooks]") else { return }
        for setting in section.settings {
            do throws(SettingError) {
                config.webhooks.append(Webhook(event: setting.key, url: try url(setting.value)))
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
    }

    private mutating func finish() {
        finishEndpoints()
        if let ssl, config.bind == nil, bind == nil {
            fail(
                ssl.section,
                "It is about bind of [gaffer], which is missing; an [endpoint:NAME] has its own certfile."
            )
        }
        finishJobs()
        if !config.webhooks.isEmpty { config.warnings.append("webhooks are not active in this version.") }
        if config.pluginDir != nil { config.warnings.append("plugins are not active in this version.") }
        if !config.lookupdAddresses.isEmpty || config.broadcastAddress != nil {
            config.warnings.append("lookup servers are not active in this version.")
        }
    }

    // MARK: Errors

    mutating func fail(_ section: IniDocument.Section, _ message: String) {
        append(ConfigError(file: section.file, line: section.line, section: section.name, message: message))
    }

    mutating func fail(_ section: IniDocument.Section, _ setting: IniDocument.Setting, _ message: String) {
        append(
            ConfigError(
                file: section.file,
                line: setting.line,
                section: section.name,
                key: setting.key,
                value: setting.value,
                message: message
            )
        )
    }

    /// Blames the setting of that name, or the section where it has none.
    mutating func fail(_ section: IniDocument.Section, key: String, _ message: String) {
        if let setting = section.settings.first(where: { $0.key == key }) {
            fail(section, setting, message)
        } else {
            fail(section, message)
        }
    }

    /// A file that is no configuration at all must not make gigabytes of errors.
    private mutating func append(_ error: ConfigError) {
        if errors.count < ConfigErrors.limit { errors.append(error) }
    }

    /// The error of a key that is not among the known ones, with the one that is nearest to it.
    func unknownKey(_ setting: IniDocument.Setting, in section: String, among known: [String]) -> SettingError {
        let start = "There is no such key in \(section)"
        guard errors.count < ConfigErrors.limit, let near = nearest(to: setting.key, among: known) else {
            return SettingError("\(start).")
        }
        return SettingError("\(start); did you mean \(near)?")
    }

    /// Whether the thing that a section describes was not described before; where it was, that is an error.
    ///
    /// - Parameter thing: as a message names it.
    mutating func isFirst(_ section: IniDocument.Section, as thing: String) -> Bool {
        if let place = places[thing] {
            fail(section, "\(thing) stands twice; the first time at \(place).")
            return false
        }
        places[thing] = place(section.file, section.line)
        return true
    }

    func place(_ file: String, _ line: Int) -> String {
        "\(file.printable):\(line)"
    }
}
