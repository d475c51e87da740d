/// Waits until nothing has changed for a moment, so that many changes are one; pure.
struct Debouncer: Sendable {
    /// What is said of changes that belong together.
    struct Finding: Sendable, Hashable {
        /// The types to restart; empty: all.
        var types: Set<String>
        /// The first file.
        var path: String
        /// How many other files.
        var others: Int

        /// As `lib/a.rb and 2 others changed`.
        var reason: String {
            switch others {
            case 0: "\(path) changed"
            case 1: "\(path) and another file changed"
            default: "\(path) and \(others) other files changed"
            }
        }
    }

    /// How long nothing has to change.
    static let quiet: Duration = .milliseconds(300)
    /// After which time it is told though changes go on.
    static let longest: Duration = .seconds(2)

    private var first: Duration = .zero
    private var last: Duration = .zero
    private var paths: Set<String> = []
    private var finding: Finding?

    /// When it is to be told; nil: there is nothing.
    var due: Duration? {
        finding == nil ? nil : min(last + Self.quiet, first + Self.longest)
    }

    /// A file has changed.
    ///
    /// - Parameter types: those that it restarts; empty: all.
    mutating func changed(_ path: String, types: Set<String>, at now: Duration) {
        last = now
        guard var finding else {
            first = now
            paths = [path]
            finding = Finding(types: types, path: path, others: 0)
            return
        }
        // No more are counted than anybody reads.
        if paths.count < 1000 { paths.insert(path) }
        finding.others = paths.count - 1
        finding.types = finding.types.isEmpty || types.isEmpty ? [] : finding.types.union(types)
        self.finding = finding
    }

    /// Takes what is due.
    mutating func take(at now: Duration) -> Finding? {
        guard let due, due <= now else { return nil }
        defer { finding = nil }
        return finding
    }
}
