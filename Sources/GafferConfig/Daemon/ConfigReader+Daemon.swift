internal import GafferModel

extension ConfigReader {
    /// The keys of `[gaffer]`, besides `lookupd_address` with any suffix.
    package static let daemonKeys: [String] = [
        "bind", "backlog", "require_key", "insecure", "http_endpoints", "runtime_dir", "state_dir", "include",
        "include_dir", "pidfile", "daemonize", "log_level", "log_file", "error_log", "journal", "cgroups", "plugin_dir",
        "plugins_dir",
        "lookupd_address", "broadcast_address", "hosts", "origins",
    ]
    /// The names that the original's source and its manual have for one thing.
    private static let synonyms = ["error_log": "log_file", "plugins_dir": "plugin_dir"]
    /// The words that `log_level` takes.
    package static let logLevels = ["critical", "error", "warning", "notice", "info", "debug", "trace"]

    mutating func readDaemon(_ section: IniDocument.Section) {
        for setting in section.settings {
            // Files that are included may include further ones.
            let isRepeatable = setting.key == "include" || setting.key == "include_dir"
            let key = Self.synonyms[setting.key] ?? setting.key
            if !isRepeatable, let place = daemonSettings[key] {
                fail(section, setting, "It is set twice; the first time at \(place).")
                continue
            }
            daemonSettings[key] = place(section.file, setting.line)
            do throws(SettingError) {
                try setDaemon(setting, section)
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
    }

    private mutating func setDaemon(
        _ setting: IniDocument.Setting,
        _ section: IniDocument.Section
    ) throws(SettingError) {
        let value = setting.value
        switch setting.key {
        case "bind": bind = (value, setting, section)
        case "backlog": bindBacklog = try backlog(value)
        case "require_key": bindRequiresKey = try bool(value)
        case "insecure": bindIsInsecure = try bool(value)
        case "http_endpoints": httpEndpoints = (words(value), setting, section)
        case "runtime_dir": config.runtimeDir = try path(value)
        case "state_dir": config.stateDir = try path(value)
        case "include", "include_dir": break  // The loader has followed them.
        case "pidfile": config.pidfile = try path(value)
        case "daemonize": config.daemonize = try bool(value)
        case "log_file", "error_log": config.logFile = try path(value)
        case "log_level":
            guard Self.logLevels.contains(value.lowercased()) else {
                throw SettingError("one of \(Self.logLevels.joined(separator: ", ")) is expected")
            }
            config.logLevel = value.lowercased()
        case "journal": config.journal = try choice(value)
        case "cgroups": config.cgroups = try choice(value)
        case "hosts": bindHosts = try hosts(value)
        case "origins": bindOrigins = try origins(value)
        case "plugin_dir", "plugins_dir": config.pluginDir = try path(value)
        case "broadcast_address": config.broadcastAddress = try url(value)
        case let key where key.hasPrefix("lookupd_address"):
            for address in words(value) { config.lookupdAddresses.append(try url(address)) }
        default:
            throw unknownKey(setting, in: "[gaffer]", among: Self.daemonKeys)
        }
    }

    // MARK: Values

    func bool(_ text: String) throws(SettingError) -> Bool {
        guard let value = Bool(parsing: text) else { throw SettingError("true or false is expected") }
        return value
    }

    func choice<Value>(_ text: String) throws(SettingError) -> Value
    where Value: RawRepresentable<String> & CaseIterable {
        guard let value = Value(rawValue: text.lowercased()) else {
            let known = Value.allCases.map(\.rawValue)
            throw SettingError("\(known.dropLast().joined(separator: ", ")) or \(known.last ?? "") is expected")
        }
        return value
    }

    func backlog(_ text: String) throws(SettingError) -> Int {
        guard let number = Int(text), (1...65_535).contains(number) else {
            throw SettingError("a whole number from 1 to 65535 is expected")
        }
        return number
    }

    func path(_ text: String) throws(SettingError) -> String {
        guard !text.isEmpty, !text.contains("\n") else { throw SettingError("a path is expected") }
        return text
    }

    func optionalPath(_ text: String) throws(SettingError) -> String? {
        text.isEmpty ? nil : try path(text)
    }

    func url(_ text: String) throws(SettingError) -> String {
        let hosts = ["http://", "https://"].filter { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        guard let host = hosts.first, let first = host.first, first != "/", !host.contains(where: \.isWhitespace) else {
            throw SettingError("a URL is expected, http:// or https://")
        }
        return text
    }

    func address(_ text: String) throws(SettingError) -> ListenAddress {
        guard let address = ListenAddress(parsing: text) else {
            throw SettingError("an address is expected: HOST, HOST:PORT, [V6]:PORT, :PORT or unix:PATH")
        }
        if case .unix(let path) = address, path.utf8.count > ListenAddress.longestPath {
            throw SettingError("the path of a unix socket has room for \(ListenAddress.longestPath) bytes")
        }
        return address
    }

    func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    }
}

/// The known word that differs by a slip of the finger.
func nearest(to word: String, among known: [String]) -> String? {
    let near = known.map { (word: $0, distance: editDistance(Array(word.utf8.prefix(64)), Array($0.utf8))) }
        .min { $0.distance < $1.distance }
    // Half of a short word is no slip any more.
    guard let near, near.distance <= min(2, word.utf8.count / 3) else { return nil }
    return near.word
}

/// How many bytes have to be changed, added, taken away, or exchanged with the next one.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    var above = row
    for (i, a) in left.enumerated() {
        let second = above
        above = row
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            row[j + 1] = min(above[j + 1] + 1, row[j] + 1, above[j] + (a == b ? 0 : 1))
            if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { row[j + 1] = min(row[j + 1], second[j - 1] + 1) }
        }
    }
    return row[right.count]
}
