internal import GafferTool

/// What `--watch` asks for: which files restart which types; pure.
///
/// `GLOB` restarts all that are started, `TYPE,...:GLOB` these types. A pattern is taken from the application's folder.
struct WatchPlan: Sendable, Hashable {
    struct Rule: Sendable, Hashable {
        /// Empty: all.
        var types: Set<String>
        var pattern: GlobPattern
    }

    /// How many folders are watched at most.
    static let folderLimit = 8192

    /// The application's folder.
    let folder: String
    let rules: [Rule]

    /// Reads the values of `--watch`.
    ///
    /// - Parameters:
    ///   - folder: the application's, an absolute path.
    ///   - types: those that are started.
    /// - Throws: ``Failure`` (`usage`).
    init(parsing texts: [String], folder: String, types: [String]) throws(Failure) {
        self.folder = folder
        var rules: [Rule] = []
        for text in texts {
            var glob = text[...]
            var chosen: Set<String> = []
            if let colon = text.firstIndex(of: ":") {
                let names = text[..<colon].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                if let unknown = names.first(where: { !types.contains($0) }) {
                    let known = types.joined(separator: ", ")
                    throw Failure(
                        .usage,
                        "--watch \(text.escaped): \(unknown.quoted) is no type that is started (\(known))."
                    )
                }
                chosen = Set(names)
                glob = text[text.index(after: colon)...]
            }
            guard !glob.isEmpty, let patterns = GlobPattern.expand(String(glob)) else {
                throw Failure(.usage, "--watch \(text.escaped): it is no pattern of files, as 'lib/**/*.rb'.")
            }
            for pattern in patterns {
                let path = pattern.hasPrefix("/") ? pattern : "\(folder)/\(pattern)"
                guard !path.split(separator: "/").contains("..") else {
                    throw Failure(.usage, "--watch \(text.escaped): a pattern can't have \"..\" in it.")
                }
                rules.append(Rule(types: chosen, pattern: GlobPattern(path)))
            }
        }
        self.rules = rules
    }

    /// Whether a folder has to be watched.
    func wants(_ folder: String) -> Bool {
        let parts = folder.split(separator: "/")
        return rules.contains { $0.pattern.mayContain(parts) }
    }

    /// The types that a file restarts, empty for all; nil: none.
    func types(for path: String) -> Set<String>? {
        let parts = path.split(separator: "/")
        guard let name = parts.last, !Self.isTemporary(name) else { return nil }
        let matching = rules.filter { $0.pattern.matches(parts) }
        guard !matching.isEmpty else { return nil }
        return matching.contains { $0.types.isEmpty } ? [] : matching.reduce(into: []) { $0.formUnion($1.types) }
    }

    /// As it is shown: from the application's folder on.
    func shown(_ path: String) -> String {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.utf8.count + 1)) : path
    }

    /// Whether an editor makes files of that name for a moment.
    private static func isTemporary(_ name: Substring) -> Bool {
        name.hasSuffix("~") || name.hasPrefix("#") || name.hasSuffix(".swp") || name.hasSuffix(".swx") || name == "4913"
    }
}
