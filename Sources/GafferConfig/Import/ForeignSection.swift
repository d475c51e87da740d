internal import GafferModel

/// A section of a configuration of another program.
struct ForeignSection: Sendable, Hashable {
    struct Setting: Sendable, Hashable {
        var key: String
        var value: String
        var file: String
        var line: Int
        /// The section it stands in, where several make one job.
        var section: String?
    }

    var name: String
    var file: String
    var line: Int
    /// In the order written; a key may stand several times where that means something.
    var settings: [Setting] = []

    subscript(key: String) -> Setting? {
        settings.last { $0.key == key }
    }

    /// What follows `kind:` in its name; nil: it is of another kind.
    func name(after kind: String) -> String? {
        name.hasPrefix(kind + ":") ? String(name.dropFirst(kind.count + 1)).trimmed : nil
    }
}
