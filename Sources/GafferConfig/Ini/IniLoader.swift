internal import GafferModel

/// Reads an ini file with all that it includes.
struct IniLoader {
    private let files: any ConfigFileSource
    private(set) var sections: [IniDocument.Section] = []
    private(set) var errors: [ConfigError] = []
    private var read: Set<String> = []
    /// The files that include each other down to the one that is being read.
    private var open: [String] = []

    init(files: any ConfigFileSource) {
        self.files = files
    }

    /// Reads one file; nil where it is missing, which only the caller can judge.
    mutating func load(_ path: String) -> Bool {
        let content: [UInt8]
        do {
            guard let found = try files.read(path) else { return false }
            content = found
        } catch {
            errors.append(ConfigError(file: path, message: "It can't be read: \(error.reason)."))
            return true
        }
        read.insert(path)
        open.append(path)
        let document = IniDocument(parsing: content, file: path)
        errors += document.errors
        for section in document.sections { add(section, folder: folder(of: path)) }
        open.removeLast()
        return true
    }

    private mutating func add(_ section: IniDocument.Section, folder: String) {
        // Each file may say something of gafferd itself; only the same key twice is wrong.
        sections.append(section)
        guard section.name.lowercased() == "gaffer" else { return }
        for setting in section.settings {
            switch setting.key {
            case "include": include(words(setting.value), setting, section, folder: folder)
            case "include_dir": includeFolders(words(setting.value), setting, section, folder: folder)
            default: break
            }
        }
    }

    private mutating func include(
        _ paths: [String],
        _ setting: IniDocument.Setting,
        _ section: IniDocument.Section,
        folder: String
    ) {
        for path in paths {
            let path = absolute(path, folder)
            if open.contains(path) {
                fail(setting, section, "The files include each other: \((open + [path]).joined(separator: " → ")).")
            } else if read.contains(path) {
                fail(setting, section, "\(path.escaped) is included twice.")
            } else if !load(path) {
                fail(setting, section, "There is no file \(path.escaped).")
            }
        }
    }

    private mutating func includeFolders(
        _ paths: [String],
        _ setting: IniDocument.Setting,
        _ section: IniDocument.Section,
        folder: String
    ) {
        for path in paths {
            let path = absolute(path, folder)
            guard let found = files.iniFiles(below: path) else {
                fail(setting, section, "There is no folder \(path.escaped).")
                continue
            }
            include(found.filter { !read.contains($0) }, setting, section, folder: folder)
        }
    }

    private mutating func fail(_ setting: IniDocument.Setting, _ section: IniDocument.Section, _ message: String) {
        errors.append(
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

    private func words(_ value: String) -> [String] {
        value.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "," }.map(String.init)
    }

    private func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func absolute(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
    }
}
