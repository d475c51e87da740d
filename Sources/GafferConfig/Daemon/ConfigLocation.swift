/// Which configuration is read.
package struct ConfigLocation: Sendable, Hashable {
    package var path: String
    /// Whether it is an error where it is missing: somebody named it.
    package var mustExist: Bool

    /// The first of: what the command line names, `$GAFFERD_CONFIG`, the default of root or of an ordinary user.
    ///
    /// - Returns: nil where an ordinary user has neither `XDG_CONFIG_HOME` nor `HOME`.
    package static func resolve(
        named path: String?,
        environment: [String: String],
        isRoot: Bool
    ) -> ConfigLocation? {
        if let path { return ConfigLocation(path: path, mustExist: true) }
        if let path = environment["GAFFERD_CONFIG"], !path.isEmpty {
            return ConfigLocation(path: path, mustExist: true)
        }
        if isRoot { return ConfigLocation(path: "/etc/gaffer/gafferd.ini", mustExist: false) }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        return folder.map { ConfigLocation(path: "\($0)/gaffer/gafferd.ini", mustExist: false) }
    }
}
