internal import GafferModel

/// Makes sections for gaffer's ini of another program's configuration, and tells what became of each key of it.
///
/// Nothing is read but what is given: files that one includes come by ``Options/include``.
package enum ConfigImport {
    /// What can be imported.
    package enum Format: String, Sendable, CaseIterable {
        /// `supervisord.conf`, and files that it includes.
        case supervisor
        /// `circus.ini`.
        case circus
        /// A `.service` unit.
        case systemd
    }

    /// A file.
    package struct Source: Sendable, Hashable {
        /// Its path, as it was named.
        package var file: String
        package var content: [UInt8]

        package init(file: String, content: [UInt8]) {
            self.file = file
            self.content = content
        }

        package init(file: String, _ text: String) {
            self.init(file: file, content: Array(text.utf8))
        }
    }

    package struct Options: Sendable {
        /// The session of jobs that no group gives another one.
        package var session: String
        /// The environment in which the other program ran, as far as it is known: for `%(ENV_X)s` and `$(circus.env.x)`.
        package var environment: [String: String]
        /// The name of the machine; nil: unknown.
        package var hostName: String?
        /// Gives the files that a pattern of an include names, taken from the folder of the file it stands in; nil:
        /// nothing is included, and that is told.
        package var include: (@Sendable (_ pattern: String, _ folder: String) -> [Source])?

        package init(
            session: String = JobName.defaultSession,
            environment: [String: String] = [:],
            hostName: String? = nil,
            include: (@Sendable (_ pattern: String, _ folder: String) -> [Source])? = nil
        ) {
            self.session = session
            self.environment = environment
            self.hostName = hostName
            self.include = include
        }
    }

    /// The longest file that is read, in bytes.
    package static let maximumSize = 512 << 10
    /// The most settings of a file with all that it includes, or of a unit with its drop-ins.
    package static let maximumSettings = 5000
    /// The most jobs that come of a file: a program may be in many groups.
    package static let maximumJobs = 2000
    /// The most variables of all jobs together.
    package static let maximumVariables = 100_000

    /// What a file is, by its name and what stands in it; nil: nobody could tell.
    package static func format(of source: Source) -> Format? {
        let unitKinds = [".service", ".socket", ".timer", ".target", ".mount", ".path", ".slice"]
        if unitKinds.contains(where: source.file.hasSuffix) { return .systemd }
        for line in String(decoding: source.content.prefix(maximumSize), as: UTF8.self).split(
            whereSeparator: \.isNewline
        ) {
            let line = line.trimmed
            guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { continue }
            let section = line[line.index(after: line.startIndex)..<end]
            let kind = section.prefix { $0 != ":" }
            switch kind {
            case "supervisord", "program", "group", "eventlistener", "fcgi-program", "unix_http_server",
                "inet_http_server", "supervisorctl", "rpcinterface", "include":
                return .supervisor
            case "circus", "watcher", "socket", "plugin": return .circus
            case "Unit", "Service", "Install": return .systemd
            default: continue
            }
        }
        return nil
    }

    /// Imports a configuration.
    ///
    /// - Parameter dropIns: the drop-ins of a systemd unit, in their order.
    /// - Throws: ``ConfigErrors`` where a file is none of its kind.
    package static func run(
        _ source: Source,
        as format: Format,
        dropIns: [Source] = [],
        options: Options = Options()
    ) throws(ConfigErrors) -> ImportedConfiguration {
        guard JobName.isValid(options.session) else {
            throw ConfigErrors([ConfigError(file: "", message: "\(options.session.cited) can't name a session.")])
        }
        for source in [source] + dropIns { try check(source) }
        switch format {
        case .supervisor: return try SupervisorImport.run(source, options)
        case .circus: return try CircusImport.run(source, options)
        case .systemd: return try SystemdImport.run(source, dropIns, options)
        }
    }

    /// Refuses what is no text.
    static func check(_ source: Source) throws(ConfigErrors) {
        func refuse(_ message: String) -> ConfigErrors {
            ConfigErrors([ConfigError(file: source.file, message: message)])
        }
        guard source.content.count <= maximumSize else {
            throw refuse("It is longer than \(ByteSize.human(UInt64(maximumSize))).")
        }
        guard !source.content.contains(0), let text = String(validating: source.content, as: UTF8.self) else {
            throw refuse("It is not UTF-8, or holds a NUL.")
        }
        guard !text.unicodeScalars.contains(where: { $0.value >= 0x100000 }) else {
            throw refuse("It has characters for private use, from U+100000 on, which are not taken.")
        }
    }

    /// Refuses what is no configuration of anybody, before it takes minutes.
    static func check(settings count: Int, of file: String) throws(ConfigErrors) {
        try check(count, atMost: maximumSettings, "settings", of: file)
    }

    static func check(
        _ count: Int,
        atMost limit: Int,
        _ things: String,
        of file: String
    ) throws(ConfigErrors) {
        guard count <= limit else {
            throw ConfigErrors([ConfigError(file: file, message: "It has more than \(limit) \(things).")])
        }
    }

    /// Puts together what was read.
    static func result(_ jobs: [JobImport], _ others: [ImportFinding], files: [String]) -> ImportedConfiguration {
        let kept = jobs.filter { $0.refusal == nil }
        let names = kept.compactMap(\.name)
        // In the order of the files, and of the lines in them; what is of a whole section stands before its keys.
        var places: [String: Int] = [:]
        for file in files where places[file] == nil { places[file] = places.count }
        let findings = (jobs.flatMap(\.findings) + others).enumerated().sorted { left, right in
            let leftPlace = (places[left.element.file] ?? .max, left.element.line, left.offset)
            let rightPlace = (places[right.element.file] ?? .max, right.element.line, right.offset)
            return leftPlace < rightPlace
        }
        return ImportedConfiguration(
            ini: kept.map(\.ini).joined(separator: "\n"),
            jobs: names,
            findings: findings.map(\.element)
        )
    }
}
