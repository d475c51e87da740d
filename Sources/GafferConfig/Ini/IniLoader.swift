internal import GafferModel

/// Reads an ini file with all that it includes.
struct IniLoader {
    /// How many files may include each other in a row.
    static let maximumDepth = 32

    private let files: any ConfigFileSource
    private(set) var sections: [IniDocument.Section] = []
    private(set) var errors: [ConfigError] = []
    /// The files that were read, by their identity: `a.ini` and `../x/a.ini` may be one.
    private var read: Set<String> = []
    /// The files that include each other down to the one that is being read.
    private var open: [(path: String, identity: String)] = []

    init(files: any ConfigFileSource) {
        self.files = files
    }

    /// Reads one file; false where it is missing, which only the caller can judge.
    mutating func load(_ path: String) -> Bool {
        let content: [UInt8]
        do {
            guard let found = try files.read(path) else { return false }
            content = found
        } catch {
            errors.append(ConfigError(file: path, message: "It can't be read: \(error.reason.printable)."))
            return true
        }
        let identity = files.identity(of: path)
        read.insert(identity)
        open.append((path, identity))
        let document = IniDocument(parsing: content, file: path)
        errors += document.errors
        for section in document.sections { add(section, folder: folder(of: path)) }
        open.removeLast()
        return true
    }

    private mutating func add(_ section: IniDocument.Section, folder: String) {
        // Each file may have its [gaffer]: what is wrong is the same key twice.
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
            let identity = files.identity(of: path)
            if let first = open.firstIndex(where: { $0.identity == identity }) {
                let circle = open[first...].map(\.path.printable) + [path.printable]
                fail(setting, section, "The files include each other: \(circle.joined(separator: " → ")).")
            } else if read.contains(identity) {
                fail(setting, section, "\(path.printable) is included twice.")
            } else if open.count >= Self.maximumDepth {
                fail(setting, section, "\(path.printable) is not read: more than \(Self.maximumDepth) files in a row.")
            } else if !load(path) {
                fail(setting, section, "There is no file \(path.printable).")
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
            do {
                guard let found = try files.iniFiles(below: path) else {
                    fail(setting, section, "There is no folder \(path.printable).")
                    continue
                }
                // What is read already is passed over: a folder may hold the file that includes it.
                let new = found.filter { !read.contains(files.identity(of: $0)) }
                include(new, setting, section, folder: ".")
            } catch {
                fail(setting, section, "The folder \(path.printable) can't be read: \(error.reason.printable).")
            }
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
